"""What code of ours tells other code through the context, and a caller from outside must not be able to say."""

# As the value of a key: whoever calls over RPC sends only what JSON or XML can express, never this very object.
INSIDE = object()


def is_simulated(env):
    """Whether a journey is only played through: nobody is written to, nothing is made."""
    return env.context.get("crm_simulated") is INSIDE


class StagesBefore(dict):
    """The stage of each deal before the move, by id; a class of its own, so that nobody outside can claim one."""


class JourneyMessages(dict):
    """The outbox row of each customer whom a journey writes to just now, by the customer's id; again our own class."""

    @classmethod
    def of(cls, env):
        """Those of this environment: none outside a journey's sending."""
        messages = env.context.get("crm_journey_messages")
        return messages if isinstance(messages, cls) else cls()


class BatchAddresses(tuple):
    """The addresses of the batch of a mailing that is prepared just now; again our own class."""

    @classmethod
    def of(cls, env):
        """Those of this environment; None where no batch is prepared, and all addresses are meant."""
        addresses = env.context.get("crm_addresses")
        return addresses if isinstance(addresses, cls) else None


class LinkMemory(dict):
    """The trackers of the links met so far while a batch of mails is made, by their values; its own class, as above."""


class RecipientMemory(dict):
    """The addresses of the recipients of a batch of mails, by what the mails say of them; its own class, as above."""
