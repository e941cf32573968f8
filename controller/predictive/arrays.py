"""What rollouts read and write: the belief about now, the weights of a cost, working memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controller.predictive.model import Array

LONG_AGO = -1e6
NEVER = 1e6
# Columns of the arrays below.
GREEN_S, ENDED_S, RED_S, PEOPLE_N, PEOPLE_VPS = 0, 1, 2, 3, 4
FLOW_VPS, LOST_VEH = 0, 1
SHARE, HEAD = 0, 1
ROOM_VEH, DRAIN_VPS = 0, 1
QUEUE, TOKENS, OPEN, MASS, SLOW, MOVED, GONE = 0, 1, 2, 3, 4, 5, 6
BEGUN, ENDED, SHOWS_FROM, WAITING = 0, 1, 2, 3


class Now(NamedTuple):
    """What is believed of this moment. Shapes as in :class:`Model`, with H seconds of horizon.

    ``stage[j]`` local index; ``put_off_s[j]`` how long a change has been planned for later and later; ``hold_s[j]`` for how long
    nobody may be let in across the present greens, because somebody still stands in the conflict area. ``group[j, g]``: age of
    its green (s, -1 while not green), time since its green ended, how long somebody has waited at red, people waiting and
    coming per second. ``arrivals[l, t]``: vehicles that would reach the stop line in second t from now; ``total[l, t]`` those
    before second t. ``lane[l]``: saturation flow (veh/s), and what a start from rest costs (vehicles). ``entry[e]``: share of
    the lane's vehicles, and probability that its first driver wants it.
    ``exit[x]``: room (vehicles) and how fast it grows.
    """

    stage: Array
    put_off_s: Array
    hold_s: Array
    group: Array
    arrivals: Array
    total: Array
    lane: Array
    entry: Array
    exit: Array


class Weights(NamedTuple):
    """Cost of a plan: vehicle seconds of delay, plus these. All in vehicle seconds."""

    stop_s: float
    """one stop"""
    person: float
    """a second of one person's wait at a crossing"""
    fairness: float
    """a second of somebody's wait at a crossing more at the maximum red than at the start of red"""
    impatience: float
    """what a change may cost more than the plan that waits, for each second it was put off"""
    after_s: float
    """a vehicle left over at the end of the horizon, beyond its service time"""
    gap_s: float
    """critical gap of a yielding movement"""
    yellow_s: float
    """seconds of yellow that are still driven through"""
    look_s: float
    """how far ahead the plan's tail looks when it compares stages"""
    keep: float
    """factor by which another stage must beat the running one in the plan's tail"""


class Scratch(NamedTuple):
    """Working memory of one rollout: per lane queue, tokens of service, probability that nobody blocks, served share, yielding
    part, what moved last, what left since its green; per group begin, end and coming start of green, and people.
    ``serves[p, l]`` share of lane l's vehicles that stage p serves; ``people`` the groups of people, -1 after the last."""

    lane: Array
    mask: Array
    show: Array
    group: Array
    out: Array
    blocked: Array
    serves: Array
    people: Array


def scratch(lanes: int, groups: int, exits: int, stages: int) -> Scratch:
    f, i = np.float32, np.int32
    return Scratch(np.zeros((lanes, 7), f), np.zeros(lanes, i), np.zeros(groups, i), np.zeros((groups, 4), f),
                   np.zeros(exits, f), np.zeros(exits, i), np.zeros((stages, lanes), f), np.full(groups + 1, -1, i))
