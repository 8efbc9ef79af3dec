"""How urgent a ticket is: impact times urgency, as ITIL has it; plain Python, no ORM."""

LEVELS = ("low", "medium", "high")
# Rows: impact from low to high; columns: urgency from low to high.
MATRIX = (
    ("0", "0", "1"),
    ("0", "1", "2"),
    ("1", "2", "3"),
)


def priority_of(impact, urgency):
    """The priority that follows from both, or None if one is not known.

    >>> priority_of("high", "high"), priority_of("low", "high"), priority_of("medium", "low")
    ('3', '1', '0')
    >>> priority_of("high", None) is None
    True
    """
    if impact not in LEVELS or urgency not in LEVELS:
        return None
    return MATRIX[LEVELS.index(impact)][LEVELS.index(urgency)]
