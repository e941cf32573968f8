"""From what cameras see each second to numbers per lane: arrivals at the stop line, learnt flows and turns. Compiled.

What is learnt, lane by lane and with forgetting: the rate of arrivals, the saturation flow, how the lane's vehicles
divide among its signal groups, and what the driver at its head wants if he has let his chance go by.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controller.predictive.compiled import compiled
from controller.predictive.model import ENTRY0, EXIT, EXIT0, GROUP, Array, Layout, Model

RATE_MEMORY_S = 300.0
FIRST_RATE_VPS = 0.06
FLOW_MEMORY_S = 400.0
FLOW_PRIOR_S = 60.0
"""How many seconds of measured discharge the prior saturation flow weighs."""
SHARE_MEMORY = 0.99
SHARE_PRIOR_VEH = 6.0
START_S = 6.0
"""A queue is up to speed after so much green."""
LOST_MEMORY = 0.9
"""What remains of the belief about a start after one more was seen."""
MOST_LOST_VEH = 2.0
DENSE_M = 30.0
HEAD_M = 9.0
STANDING_MPS = 1.0
STUCK_S = 4.0
ACCEL_MPS2 = 2.0
ENDING = 3
"""A head that shows yellow after green, beside 0 for red, 1 for green and 2 for green that yields."""


class Sight(NamedTuple):
    """Memory of the estimate. Lanes L, entries E."""

    passed: Array
    """vehicles that had crossed the stop line by the last look; -1 before the first"""
    inside: Array
    """vehicles in view then"""
    rate_vps: Array
    age_s: Array
    dense: Array
    """1 where the lane discharged a queue at the last look"""
    discharge_s: Array
    discharge_veh: Array
    flow_vps: Array
    start_veh: Array
    """crossed since a green began with a queue; -1 where nothing is learnt from this green"""
    lost_veh: Array
    """what a start from rest costs, vehicles"""
    stuck_s: Array
    """how long the head has stood while some of its groups were green"""
    known: Array
    """1 where the head's wish is known from its standing still"""
    head: Array
    credit_veh: Array
    """vehicles credited to each entry, with forgetting"""
    share: Array
    unseen_veh: Array
    """queued beyond the camera's range"""
    standing_veh: Array
    """believed to stand at a lane that nobody sees"""


def first_sight(model: Model, layout: Layout, flow_vps: Array, lost_veh: float) -> Sight:
    lanes = len(layout.lanes)

    def zeros(n: int) -> Array:
        return np.zeros(n, np.float32)

    ones = layout.prior_share
    return Sight(np.full(lanes, -1.0, np.float32), zeros(lanes), np.full(lanes, FIRST_RATE_VPS, np.float32), zeros(lanes),
                 np.zeros(lanes, np.uint8), np.full(lanes, FLOW_PRIOR_S, np.float32),
                 (flow_vps * FLOW_PRIOR_S).astype(np.float32), flow_vps.astype(np.float32), np.full(lanes, -1.0, np.float32),
                 np.full(lanes, lost_veh, np.float32), zeros(lanes), np.zeros(lanes, np.uint8), ones.copy(),
                 (ones * SHARE_PRIOR_VEH).astype(np.float32), ones.copy(), zeros(lanes), zeros(lanes))


@compiled
def reach_s(distance_m: float, speed_mps: float, free_mps: float) -> float:
    """Seconds to the stop line for a vehicle that speeds up to ``free_mps`` and is not held up."""
    v = min(max(speed_mps, 0.0), free_mps)
    ramp_s = (free_mps - v) / ACCEL_MPS2
    ramp_m = (free_mps + v) / 2.0 * ramp_s
    if distance_m <= ramp_m:
        return (np.sqrt(v * v + 2.0 * ACCEL_MPS2 * distance_m) - v) / ACCEL_MPS2
    return ramp_s + (distance_m - ramp_m) / free_mps


@compiled
def look(m: Model, k: Sight, begin: Array, distance_m: Array, speed_mps: Array, passed: Array, free_mps: Array,
         range_m: Array, show: Array, since_s: Array, lane_junction: Array, exit_full: Array, arrivals: Array,
         elapsed_s: float) -> None:
    """One second. ``begin[l]:begin[l + 1]`` are the vehicles of lane l, nearest first; ``passed[l]`` is -1 for a lane that
    nobody sees. ``show[j, g]`` heads, ``since_s[j, g]`` their age. Fills ``arrivals`` and brings ``k`` up to date."""
    horizon = arrivals.shape[1]
    for lane in range(passed.shape[0]):
        for t in range(horizon):
            arrivals[lane, t] = 0.0
        j = lane_junction[lane]
        first, last = begin[lane], begin[lane + 1]
        count = last - first
        green, whole, freely, age = False, True, True, 1e6
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            g = m.entry[e, GROUP]
            if show[j, g] == 0 or show[j, g] == ENDING:
                whole = False
            else:
                green = True
                age = min(age, since_s[j, g])
                if show[j, g] == 2:
                    freely = False
        if passed[lane] < 0:
            _unseen(m, k, lane, green, arrivals, elapsed_s)
            continue
        crossed = max(0.0, passed[lane] - k.passed[lane]) if k.passed[lane] >= 0 else 0.0
        if k.passed[lane] >= 0:
            _learn_rate(k, lane, crossed + count - k.inside[lane], elapsed_s)
        k.passed[lane], k.inside[lane] = passed[lane], count
        _learn_flow(k, lane, crossed, elapsed_s)
        k.dense[lane] = 1 if (green and whole and freely and age >= 4.0 and count >= 2
                           and distance_m[first] < 15.0 and distance_m[first + 1] < DENSE_M) else 0
        queued = count >= 2 and distance_m[first] < HEAD_M and distance_m[first + 1] < DENSE_M
        _learn_start(k, lane, crossed, green and whole and freely, age, queued, elapsed_s)
        _head(m, k, lane, j, show, crossed, count, first, distance_m, speed_mps, green, age, exit_full, elapsed_s)
        for v in range(first, last):
            t = int(reach_s(distance_m[v], speed_mps[v], free_mps[lane]))
            arrivals[lane, min(t, horizon - 1)] += 1.0
        _beyond(k, lane, first, last, distance_m, speed_mps, free_mps[lane], range_m[lane], arrivals, elapsed_s)


@compiled
def _learn_rate(k: Sight, lane: int, came: float, elapsed_s: float) -> None:
    if k.unseen_veh[lane] > 0.5:
        return
    k.age_s[lane] = min(k.age_s[lane] + elapsed_s, RATE_MEMORY_S)
    share = elapsed_s / max(k.age_s[lane] + 60.0, 1.0)
    k.rate_vps[lane] += share * (max(came, -1.0) / elapsed_s - k.rate_vps[lane])
    k.rate_vps[lane] = min(max(k.rate_vps[lane], 0.0), 0.7)


@compiled
def _learn_flow(k: Sight, lane: int, crossed: float, elapsed_s: float) -> None:
    if k.dense[lane] == 0 or elapsed_s > 2.0:
        return
    k.discharge_s[lane] += elapsed_s
    k.discharge_veh[lane] += crossed
    if k.discharge_s[lane] > FLOW_MEMORY_S:
        k.discharge_s[lane] *= 0.5
        k.discharge_veh[lane] *= 0.5
    k.flow_vps[lane] = min(max(k.discharge_veh[lane] / k.discharge_s[lane], 0.15), 0.9)


@compiled
def _learn_start(k: Sight, lane: int, crossed: float, free: bool, age: float, queued: bool, elapsed_s: float) -> None:
    """What the first seconds of green lack of saturation flow. A queue has to stand when the green begins and to be there still
    after ``START_S``. Of the vehicle that is crossing half has crossed on average, which a count does not show."""
    if not free:
        k.start_veh[lane] = -1.0
    elif age < elapsed_s:
        k.start_veh[lane] = 0.0 if queued else -1.0
    elif k.start_veh[lane] >= 0.0:
        k.start_veh[lane] += crossed
        if age >= START_S:
            if k.dense[lane] == 1:
                lost = k.flow_vps[lane] * age - k.start_veh[lane] - 0.5
                k.lost_veh[lane] += (1.0 - LOST_MEMORY) * (min(max(lost, 0.0), MOST_LOST_VEH) - k.lost_veh[lane])
            k.start_veh[lane] = -1.0


@compiled
def _head(m: Model, k: Sight, lane: int, j: int, show: Array, crossed: float, count: int, first: int, distance_m: Array,
          speed_mps: Array, green: bool, age: float, exit_full: Array, elapsed_s: float) -> None:
    """Credits who crossed to the movements that were green, and reads the wish of a head that stays although it may go."""
    e0, e1 = m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]
    if e1 - e0 < 2:
        return
    if crossed > 0:
        total = 0.0
        for e in range(e0, e1):
            if show[j, m.entry[e, GROUP]] != 0:
                total += k.head[e] if k.known[lane] == 1 else k.share[e]
        for e in range(e0, e1):
            k.credit_veh[e] *= SHARE_MEMORY
            if show[j, m.entry[e, GROUP]] != 0 and total > 1e-6:
                belief = k.head[e] if k.known[lane] == 1 else k.share[e]
                k.credit_veh[e] += crossed * belief / total
        _shares(k, e0, e1)
        k.known[lane] = 0
        k.stuck_s[lane] = 0.0
        for e in range(e0, e1):
            k.head[e] = k.share[e]
    standing = count > 0 and distance_m[first] < HEAD_M and speed_mps[first] < STANDING_MPS
    if not standing:
        k.stuck_s[lane] = 0.0
        if k.known[lane] == 1 and count == 0:
            k.known[lane] = 0
        if k.known[lane] == 0:
            for e in range(e0, e1):
                k.head[e] = k.share[e]
        return
    if not green or age < 3.0:
        return
    k.stuck_s[lane] += elapsed_s
    if k.stuck_s[lane] < STUCK_S:
        return
    # It could have gone by any protected green with room behind the junction: so it wants something else.
    rest = 0.0
    for e in range(e0, e1):
        x = m.entry[e, EXIT]
        free = show[j, m.entry[e, GROUP]] == 1 and (x < 0 or exit_full[m.junction[j, EXIT0] + x] == 0)
        if not free:
            rest += k.head[e]
    if rest > 1e-4:
        for e in range(e0, e1):
            x = m.entry[e, EXIT]
            free = show[j, m.entry[e, GROUP]] == 1 and (x < 0 or exit_full[m.junction[j, EXIT0] + x] == 0)
            k.head[e] = 0.0 if free else k.head[e] / rest
        k.known[lane] = 1


@compiled
def _shares(k: Sight, e0: int, e1: int) -> None:
    total = 0.0
    for e in range(e0, e1):
        total += k.credit_veh[e] + 0.05
    for e in range(e0, e1):
        k.share[e] = (k.credit_veh[e] + 0.05) / total


@compiled
def _beyond(k: Sight, lane: int, first: int, last: int, distance_m: Array, speed_mps: Array, free_mps: float, range_m: float,
            arrivals: Array, elapsed_s: float) -> None:
    """A queue that reaches past the view is longer than it looks."""
    full = False
    if last > first:
        tail = distance_m[last - 1]
        full = tail > range_m - 12.0 and speed_mps[last - 1] < 3.0
    if full:
        k.unseen_veh[lane] = min(k.unseen_veh[lane] + k.rate_vps[lane] * elapsed_s, 60.0)
    elif k.unseen_veh[lane] > 0.0:
        # What was hidden comes into view at saturation flow, or was never there.
        k.unseen_veh[lane] = max(0.0, k.unseen_veh[lane] - k.flow_vps[lane] * elapsed_s)
        if last == first:
            k.unseen_veh[lane] = 0.0
    start = int(range_m / free_mps)
    horizon = arrivals.shape[1]
    hidden = k.unseen_veh[lane]
    t = min(start, horizon - 1)
    while hidden > 0.0 and t < horizon:
        part = min(hidden, k.flow_vps[lane])
        arrivals[lane, t] += part
        hidden -= part
        t += 1


@compiled
def _unseen(m: Model, k: Sight, lane: int, green: bool, arrivals: Array, elapsed_s: float) -> None:
    """Nobody looks: what usually comes is believed to have come."""
    k.passed[lane] = -1.0
    if green:
        k.standing_veh[lane] = max(0.0, k.standing_veh[lane] - k.flow_vps[lane] * elapsed_s)
    else:
        k.standing_veh[lane] = min(k.standing_veh[lane] + k.rate_vps[lane] * elapsed_s, 20.0)
    arrivals[lane, 0] += k.standing_veh[lane]
