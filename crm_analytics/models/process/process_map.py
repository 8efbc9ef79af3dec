"""The drawing of a process: stages in a row, arrows between them, and a bar below for what was lost.

Directly-follows graph as in van der Aalst (2016), "Process Mining: Data Science in Action", chapter 6. An arrow tells
how often one stage came right after another, and how long the first one had lasted by then.

>>> drawing = draw([1, 2], [{"from": 1, "to": 2, "count": 8}, {"from": 1, "to": "lost", "count": 2}])
>>> [(node["key"], node["x"], node["y"]) for node in drawing["nodes"]]
[(1, 30, 30), (2, 330, 30), ('won', 630, 30), ('lost', 30, 230)]
>>> [edge["path"] for edge in drawing["edges"]]
['M 220 67 L 324 67', 'M 125 104 L 125 224']
"""

WIDTH, HEIGHT, GAP, MARGIN = 190, 74, 110, 30
# From the top of the stages to the top of the bar, and how tall the bar is.
DROP, BAR_HEIGHT = 200, 44
LEAP = 34  # how much higher an arrow gets for each stage that it leaps over
TIP = 6  # the point of an arrow
THINNEST, THICKEST = 1.5, 9.0


def draw(stages, edges):
    """Place the stages and the arrows between them.

    :param stages: keys of the stages in the order in which cases pass them
    :param edges: dicts with `from`, `to` (a stage, "won" or "lost") and `count`
    """
    places = {key: MARGIN + number * (WIDTH + GAP) for number, key in enumerate([*stages, "won"])}
    order = {key: number for number, key in enumerate(places)}
    leaps = [order[edge["to"]] - order[edge["from"]] for edge in edges if {edge["to"], edge["from"]} <= order.keys()]
    row = MARGIN + (LEAP * max(leaps) if max(leaps, default=1) > 1 else 0)
    bar = row + DROP
    nodes = [{"key": key, "x": x, "y": row, "width": WIDTH, "height": HEIGHT} for key, x in places.items()]
    width = places["won"] + WIDTH + MARGIN
    nodes.append({"key": "lost", "x": MARGIN, "y": bar, "width": width - 2 * MARGIN, "height": BAR_HEIGHT})
    most = max((edge["count"] for edge in edges), default=1)
    drawn = [{**edge, **_arrow(edge, places, row, most)} for edge in edges if edge["from"] in places]
    return {"nodes": nodes, "edges": drawn, "width": width, "height": bar + BAR_HEIGHT + MARGIN}


def thickness(count, most):
    """How thick an arrow is: the square root, so that rare ones can still be seen.

    >>> thickness(100, 100), thickness(0, 100), thickness(25, 100)
    (9.0, 1.5, 5.25)
    """
    return THINNEST + (THICKEST - THINNEST) * (count / most) ** 0.5


def _arrow(edge, places, row, most):
    start, end = places[edge["from"]], places.get(edge["to"])
    stroke = {"stroke": round(thickness(edge["count"], most), 2)}
    if edge["to"] == "lost":
        x, top, tip = start + WIDTH // 2, row + HEIGHT, row + DROP - TIP
        return {**stroke, **_shape(f"M {x} {top} L {x} {tip}", x + 8, (top + tip) // 2, "start")}
    steps = round((end - start) / (WIDTH + GAP))
    if steps == 1:
        y = row + HEIGHT // 2
        path = f"M {start + WIDTH} {y} L {end - TIP} {y}"
        return {**stroke, **_shape(path, start + WIDTH + GAP // 2, y - 12)}
    return {**stroke, **_arc(start, end, row, steps)}


def _arc(start, end, row, steps):
    """Leaps forward go above the row, steps back below it; the wider, the higher."""
    if steps > 0:
        x1, x2, y, bend, tip = start + WIDTH * 2 // 3, end + WIDTH // 3, row, -LEAP * steps, -TIP
    else:
        x1, x2, y, bend, tip = start + WIDTH // 4, end + WIDTH * 3 // 4, row + HEIGHT, LEAP * max(-steps, 1), TIP
    path = f"M {x1} {y} C {x1} {y + bend}, {x2} {y + bend}, {x2} {y + tip}"
    return _shape(path, (x1 + x2) // 2, round(y + 0.75 * bend) + (-8 if steps > 0 else 14))


def _shape(path, x, y, anchor="middle"):
    return {"path": path, "x": x, "y": y, "anchor": anchor}
