"""What customers fill in about a topic, from the texts of a form to values of properties; plain Python, no ORM.

>>> definition = [
...     {"name": "a", "type": "char", "string": "Serial"},
...     {"name": "b", "type": "integer", "string": "Pieces"},
...     {"name": "c", "type": "selection", "string": "Colour", "selection": [["red", "Red"]]},
...     {"name": "d", "type": "many2one", "string": "Customer", "comodel": "res.partner"},
... ]
>>> [question["name"] for question in list_questions(definition)]
['a', 'b', 'c']
>>> read_answers(definition, {"property_a": " X1 ", "property_b": "3", "property_c": "red", "property_d": "7"})
({'a': 'X1', 'b': 3, 'c': 'red'}, [])

What cannot be understood is named; what is left empty is not asked for again:

>>> read_answers(definition, {"property_b": "three", "property_c": "blue"})
({}, ['Pieces', 'Colour'])
>>> read_answers(definition, {"property_a": "", "property_b": ""})
({}, [])
"""

from datetime import date

TEXT_LIMIT = 1_000
INPUTS = {"char": "text", "text": "text", "integer": "number", "float": "number", "boolean": "checkbox", "date": "date"}


def list_questions(definition):
    """The details that a form can ask outsiders for: nothing that would let them search in our records.

    :param definition: of properties, as Odoo keeps it
    """
    return [
        {**question, "input": INPUTS.get(question["type"], "")}
        for question in definition or []
        if question["type"] in INPUTS or question["type"] == "selection"
    ]


def read_answers(definition, form):
    """Values by the name of the property, and the labels of what was not understood.

    :param form: texts by `property_` and the name
    """
    values, wrong = {}, []
    for question in list_questions(definition):
        text = str(form.get(f"property_{question['name']}") or "").strip()[:TEXT_LIMIT]
        if not text:
            continue
        try:
            values[question["name"]] = _read(question, text)
        except ValueError:
            wrong.append(question["string"])
    return values, wrong


def _read(question, text):
    kind = question["type"]
    if kind == "integer":
        return int(text)
    if kind == "float":
        return float(text.replace(",", "."))
    if kind == "date":
        return date.fromisoformat(text).isoformat()
    if kind == "boolean":
        return True
    if kind == "selection" and text not in {value for value, _label in question.get("selection") or []}:
        raise ValueError(text)
    return text


def describe_answers(definition, values, yes):
    """Label and text of each answer that was given, for the customer to read.

    :param yes: the word for a box that was ticked
    """
    found = []
    for question in list_questions(definition):
        value = (values or {}).get(question["name"])
        if value not in (None, False, ""):
            labels = dict(question.get("selection") or [])
            text = yes if value is True else labels.get(value, value)
            found.append((question["string"], str(text)))
    return found
