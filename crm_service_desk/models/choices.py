"""Words that several models of the service desk share."""

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]

CATEGORIES = [
    ("new", "New"),
    ("open", "In Progress"),
    ("waiting_customer", "Waiting for Customer"),
    ("waiting_third_party", "Waiting for Third Party"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]

CHANNELS = [
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("form", "Public Form"),
    ("phone", "Phone"),
    ("chat", "Chat"),
    ("rpc", "External System"),
    ("rule", "Event Rule"),
    ("staff", "Staff"),
]

LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
