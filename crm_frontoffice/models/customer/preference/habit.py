"""Over which channel, and at what time of day, a customer answers best.

The score of a choice is the posterior mean of the answer rate under a Beta prior (beta-binomial model; Gelman et al.,
Bayesian Data Analysis, 3rd ed., section 2.4):

    score = (answered + ALPHA) / (tried + ALPHA + BETA)

The prior says "one of four contacts is answered" with the weight of four contacts: few tries stay near it, so that
luck does not beat experience.
"""

ALPHA, BETA = 1, 3
FEWEST_TRIES = 3  # before that nothing is claimed


def get_score(answered, tried):
    """
    >>> round(get_score(1, 1), 3), round(get_score(14, 17), 3)
    (0.4, 0.714)
    """
    return (answered + ALPHA) / (tried + ALPHA + BETA)


def choose(counts):
    """The best of several choices, or None where nothing can be claimed yet.

    :param counts: dict of choice to (answered, tried)

    >>> choose({"email": (1, 1), "sms": (14, 17), "phone": (2, 9)})
    'sms'
    >>> choose({"email": (2, 2)}) is choose({"email": (0, 9)}) is None
    True
    >>> choose({"sms": (4, 8), "email": (4, 8)})  # the same for everybody who computes it
    'email'
    """
    known = {
        name: get_score(answered, tried)
        for name, (answered, tried) in counts.items()
        if answered and tried >= FEWEST_TRIES
    }
    return min(known, key=lambda name: (-known[name], name), default=None)


def learn(rows):
    """What one customer's contacts tell.

    :param rows: (channel, daypart or None, answered, tried) of the customer
    :return: dict of `learned_channel`, `learned_daypart`, `answered_count` and `contact_count` of that channel

    >>> learn([("sms", "morning", 12, 13), ("sms", "evening", 2, 4), ("email", "morning", 1, 9)])
    {'learned_channel': 'sms', 'learned_daypart': 'morning', 'answered_count': 14, 'contact_count': 17}
    >>> learn([("email", "morning", 0, 5)])
    {'learned_channel': None, 'learned_daypart': None, 'answered_count': 0, 'contact_count': 0}
    """
    channels, dayparts = {}, {}
    for channel, daypart, answered, tried in rows:
        before = channels.get(channel, (0, 0))
        channels[channel] = (before[0] + answered, before[1] + tried)
        if daypart:
            dayparts.setdefault(channel, {})[daypart] = (answered, tried)
    channel = choose(channels)
    answered, tried = channels[channel] if channel else (0, 0)
    return {
        "learned_channel": channel,
        "learned_daypart": choose(dayparts.get(channel, {})),
        "answered_count": answered,
        "contact_count": tried,
    }
