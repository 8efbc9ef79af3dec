"""What the best judge could know: the chance of an open deal by the laws it was drawn from, for benchmarks only."""

import numpy as np
from scipy.stats import gamma

from .parameters import Behaviour

LEAST_DAYS = 0.1


def chance_of_open(drawn, pace, stages, days, passed, behaviour=None):
    """The chance that deals are won, given the chance they were drawn with and how they have gone since.

    By Bayes: the odds drawn, times how much likelier a won deal is to have gone so than a lost one. Won ones reach
    every stage and are faster; lost ones end in any stage and stall more often.

    :param drawn: the chances of creation
    :param pace: that of each salesperson
    :param stages: number of the stage that each deal is in, from zero
    :param days: how long it has been there
    :param passed: array of one row for each deal: days in each of the stages before, nan where it was not in one
    """
    behaviour = behaviour or Behaviour()
    reach = np.cumsum(behaviour.lost_in_stage[::-1])[::-1]
    won = _likelihood(behaviour, 1, pace, stages, days, passed)
    lost = _likelihood(behaviour, 0, pace * behaviour.lost_lingers, stages, days, passed) * reach[stages]
    odds = drawn / (1 - drawn) * won / lost
    return odds / (1 + odds)


def _likelihood(behaviour, won, pace, stages, days, passed):
    """How likely those times are, over deals that stall and those that do not."""
    means = np.array(behaviour.stage_days)
    share = behaviour.stalled_share[won]
    total = np.zeros(len(days))
    for weight, factor in ((share, behaviour.stalled_factor), (1 - share, 1.0)):
        scales = means[None, :] * (pace * factor)[:, None] / behaviour.stage_shape
        here = scales[np.arange(len(days)), stages]
        likelihood = gamma.sf(np.maximum(days, LEAST_DAYS), behaviour.stage_shape, scale=here)
        times = gamma.pdf(np.maximum(passed, LEAST_DAYS), behaviour.stage_shape, scale=scales)
        total += weight * likelihood * np.prod(np.where(np.isnan(passed), 1.0, times), axis=1)
    return total
