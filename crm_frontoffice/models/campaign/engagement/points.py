"""How much a customer is engaged: points for what he did, which lose half of their worth with each half-life.

A click today, one a month ago, and a meeting two months ago:

>>> score([("campaign", 5, 0), ("campaign", 5, 30), ("contact", 20, 60)])
(12, {'campaign': 7.5, 'contact': 5.0})

No group says it all, however much somebody clicks:

>>> score([("campaign", 5, 0)] * 30)
(40, {'campaign': 40})
>>> score([(kind, 100, 0) for kind in ("campaign", "contact", "order")])[0]
100

Who left takes his points along, but nobody has fewer than none:

>>> score([("campaign", 5, 0), ("campaign", -20, 0)])
(0, {'campaign': 0})
"""

HALF_LIFE_DAYS = 30
CAP = 40  # points of one group
MOST = 100
DAYS = 240  # after eight half-lives nothing is left that anybody would see
POINTS = {
    "campaign_opened": 1,
    "campaign_clicked": 5,
    "campaign_answered": 10,
    "campaign_unsubscribed": -20,
    "form_answered": 15,
    "message_in": 8,
    "note_portal": 6,
    "sms_in": 8,
    "chat": 6,
    "call_in": 10,
    "meeting_held": 20,
    "visit": 20,
    "order_web": 25,
    "order_confirmed": 20,
    "ticket_opened": 3,
}
WARM, HOT = 15, 40  # from how many points on


def score(deeds):
    """The score, and the points of each group, for `(group, points, days ago)`."""
    groups = {}
    for group, points, days in deeds:
        groups[group] = groups.get(group, 0) + points * 0.5 ** (days / HALF_LIFE_DAYS)
    groups = {group: max(0, min(CAP, points)) for group, points in groups.items()}
    return int(min(MOST, sum(groups.values()))), groups
