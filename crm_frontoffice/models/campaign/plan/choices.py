"""The words of a campaign's plan."""

COST_CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("messenger", "Messenger"),
    ("ads", "Advertisements"),
    ("event", "Events"),
    ("social", "Social networks"),
    ("other", "Other"),
]

MEASURES = [
    ("contacts", "Contacts reached"),
    ("leads", "Leads and deals"),
    ("meetings", "Meetings"),
    ("orders", "Orders"),
    ("revenue", "Invoiced revenue"),
    ("margin", "Margin"),
]

PLAN_STATES = [
    ("draft", "Idea"),
    ("planned", "Planned"),
    ("running", "Running"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]

# How far a member has come; a later word outranks those before it.
MEMBER_STATES = [
    ("targeted", "Targeted"),
    ("sent", "Got a message"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("answered", "Answered"),
    ("deal", "Has a deal"),
    ("customer", "Has ordered"),
]
