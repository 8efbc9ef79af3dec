"""Shares of few cases with an honest interval; knows no library, so it serves when nothing else can.

Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 209-212:

>>> [round(bound, 3) for bound in wilson(3, 10)]
[0.154, 0.503]
>>> wilson(0, 0)
(0.0, 1.0)
"""

Z_80 = 1.2816  # two-sided 80 % of the normal distribution


def wilson(successes, trials, z=Z_80):
    """The interval of a share."""
    if not trials:
        return 0.0, 1.0
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    half = z * (share * (1 - share) / trials + spread / (4 * trials)) ** 0.5 / (1 + spread)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def stage_rates(closed):
    """The chance to win of each stage: the share of deals that were there and were won, with its interval.

    :param closed: tuples of stage, deals that were in it and have ended, and how many of them were won

    >>> rates = stage_rates([(1, 100, 20), (2, 10, 5)])
    >>> rates[1]["chance"], rates[2]["chance"], rates[None]["chance"]
    (0.2, 0.5, 0.2)
    >>> rates[2]["high"] - rates[2]["low"] > rates[1]["high"] - rates[1]["low"]
    True
    """
    rates = {stage: _rate(won, ended) for stage, ended, won in closed}
    _stage, ended, won = max(closed, key=lambda row: row[1], default=(None, 0, 0))
    return {**rates, None: _rate(won, ended)}


def _rate(won, ended):
    low, high = wilson(won, ended)
    return {"chance": won / ended if ended else 0.0, "low": low, "high": high}
