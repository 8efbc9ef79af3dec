"""The words of consent: over which channels, what was decided, and what follows from it."""

CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("messenger", "Messenger"),
]

DECISIONS = [
    ("requested", "Asked to confirm"),
    ("confirmed", "Confirmed"),
    ("given", "Given"),
    ("withdrawn", "Withdrawn"),
]

STATES = [("granted", "Granted"), ("pending", "Waiting for confirmation"), ("refused", "Refused")]

STATE_AFTER = {"requested": "pending", "confirmed": "granted", "given": "granted", "withdrawn": "refused"}

SOURCES = [
    ("portal", "Customer portal"),
    ("link", "Preference page by link"),
    ("confirmation", "Confirmation link"),
    ("form", "Web form"),
    ("paper", "Signed paper"),
    ("call", "Phone call"),
    ("conversation", "Conversation"),
    ("import", "Import"),
    ("gateway", "External system"),
    ("blacklist", "Blacklist"),
    ("subscription", "Mailing list"),
    ("erasure", "Erasure of personal data"),
]

# What an employee may name when he notes what a customer told him.
STAFF_SOURCES = [source for source in SOURCES if source[0] in ("form", "paper", "call", "conversation")]

# Whoever decides there has shown that the mailbox is his; everywhere else anybody could type the address.
PROVEN_SOURCES = frozenset({"portal", "link", "confirmation", "blacklist"})

LEGAL_BASES = [
    ("consent", "Consent"),
    ("legitimate_interest", "Legitimate interest"),
    ("contract", "Contract"),
    ("legal_obligation", "Legal obligation"),
]

CONFIRMATION_HOURS = 24 * 7  # how long the link of a confirmation mail works

# The channels that are one address, and the column of a partner that holds it.
ADDRESS_COLUMNS = {"email": "email_normalized", "sms": "phone_sanitized", "phone": "phone_sanitized"}
