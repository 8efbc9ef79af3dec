"""Places of the steps of a flow: each below those that lead to it, branches side by side.

>>> lay_out(1, [(1, 2), (2, 3), (2, 4), (3, 5), (4, 5)], [1, 2, 3, 4, 5])
{1: {'column': 0.5, 'row': 0}, 2: {'column': 0.5, 'row': 1}, 3: {'column': 0, 'row': 2}, 4: {'column': 1, 'row': 2},
 5: {'column': 0, 'row': 3}}

Steps to which no way leads stand beside the others:

>>> lay_out(1, [], [1, 2])
{1: {'column': 0, 'row': 0}, 2: {'column': 1, 'row': 0}}
>>> lay_out(False, [], [])
{}
"""


def lay_out(start, ways, steps):
    """Column and row of each step.

    :param start: the id of the first step
    :param ways: pairs of ids, without circles
    :param steps: the ids of all
    """
    targets = {step: [] for step in steps}
    for source, target in ways:
        if target in targets:
            targets[source].append(target)
    rows = _find_rows(targets)
    columns = {}
    free = 0
    for step in [start, *steps]:
        if step in targets and step not in columns:
            free = _place(step, targets, columns, free)
    return {step: {"column": columns[step], "row": rows[step]} for step in sorted(steps)}


def _find_rows(targets):
    """The length of the longest way to each step."""
    rows = dict.fromkeys(targets, 0)
    for _round in targets:
        moved = False
        for source, found in targets.items():
            for target in found:
                if rows[target] <= rows[source]:
                    rows[target], moved = rows[source] + 1, True
        if not moved:
            break
    return rows


def _place(step, targets, columns, free):
    """Put a step in the middle above those that only it has reached so far; gives the next free column."""
    columns[step] = free
    own = [target for target in dict.fromkeys(targets[step]) if target not in columns]
    placed = []
    for target in own:
        if target not in columns:
            placed.append(target)
            free = _place(target, targets, columns, free)
    if not placed:
        return free + 1
    columns[step] = _tidy((columns[placed[0]] + columns[placed[-1]]) / 2)
    return free


def _tidy(number):
    return int(number) if number == int(number) else number
