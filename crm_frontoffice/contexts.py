"""What code of ours tells other code through the context, and a caller from outside must not be able to say."""

# As the value of a key: whoever calls over RPC sends only what JSON or XML can express, never this very object.
INSIDE = object()


class StagesBefore(dict):
    """The stage of each deal before the move, by id; a class of its own, so that nobody outside can claim one."""


class LinkMemory(dict):
    """The trackers of the links met so far while a batch of mails is made, by their values; its own class, as above."""
