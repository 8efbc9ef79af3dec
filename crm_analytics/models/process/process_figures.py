"""From counts to what a reader looks for: how many came through, what waits where, which ways were taken.

>>> stages = [(1, 10, 3, 48), (2, 4, 3, 24)]
>>> funnel([dict(zip(("key", "cases", "won", "median_hours"), stage, strict=True)) for stage in stages])
[{'key': 1, 'cases': 10, 'share': 1.0, 'onward': 0.4, 'won_share': 0.3, 'median_hours': 48}, \
{'key': 2, 'cases': 4, 'share': 0.4, 'onward': 0.75, 'won_share': 0.75, 'median_hours': 24}]
"""


def funnel(stages):
    """The share of the first stage, what went on, and what was won in the end, stage by stage.

    :param stages: in their order, dicts with `key`, `cases` that were there, `won` of them, and `median_hours`
    """
    most = max((stage["cases"] for stage in stages), default=0)
    rows = []
    for number, stage in enumerate(stages):
        onward = stages[number + 1]["cases"] if number + 1 < len(stages) else stage["won"]
        rows.append(
            {
                "key": stage["key"],
                "cases": stage["cases"],
                "share": _ratio(stage["cases"], most),
                "onward": min(_ratio(onward, stage["cases"]), 1.0),
                "won_share": _ratio(stage["won"], stage["cases"]),
                "median_hours": stage["median_hours"],
            }
        )
    return rows


def bottlenecks(rows, limit=12):
    """Where the most time is spent waiting, the worst first, each with its share of all waiting.

    >>> bottlenecks([{"stage": 1, "hours": 30}, {"stage": 2, "hours": 90}])
    [{'stage': 2, 'hours': 90, 'share': 0.75}, {'stage': 1, 'hours': 30, 'share': 0.25}]
    """
    total = sum(row["hours"] for row in rows)
    ordered = sorted(rows, key=lambda row: -row["hours"])[:limit]
    return [{**row, "share": _ratio(row["hours"], total)} for row in ordered]


def variants(rows, limit=12):
    """The most frequent ways, each with its share of all cases.

    >>> variants([{"way": [1, 2], "count": 3}, {"way": [1], "count": 1}], limit=1)
    [{'way': [1, 2], 'count': 3, 'share': 0.75}]
    """
    total = sum(row["count"] for row in rows)
    ordered = sorted(rows, key=lambda row: -row["count"])[:limit]
    return [{**row, "share": _ratio(row["count"], total)} for row in ordered]


def _ratio(part, whole):
    return part / whole if whole else 0.0
