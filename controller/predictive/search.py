"""Which plan is best for a junction now: candidates, their costs, and the one to follow, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controller.predictive.arrays import PEOPLE_N, Now, Scratch, Weights
from controller.predictive.clearance import leave_in_s, lets_in, protects
from controller.predictive.compiled import compiled
from controller.predictive.model import (
    ENTRY0,
    GREEN,
    GROUP,
    GROUPS,
    KIND_OF,
    LANE0,
    PEOPLE,
    RED,
    STAGE0,
    TRAM,
    YIELDS,
    Array,
    Model,
)
from controller.predictive.rollout import play
from controller.predictive.tail import prepare

HOLDS = np.array([1, 3, 7, 14, 25, 40, 60], np.int32)
"""Seconds after the earliest possible moment at which a change of stage is tried; then halfway to either side of the best."""
NEAR_S = 8
"""Who is nearer than this is in view."""
UNSEEN_VEH_S = 1.0
"""What a change for those who are not has to save."""
WORTHWHILE = 2
"""Stages for which later changes are tried: those that look best if changed to at once."""


class Choice(NamedTuple):
    """What was found for each junction: ``stage`` to go to now (-1 to stay) with what it saves over staying, and for the
    explanation ``cost_stay``, and for each stage the best cost found (``cost``) and when the change would come (``at_s``)."""

    stage: Array
    saves: Array
    cost_stay: Array
    cost: Array
    at_s: Array


@compiled
def _useful(m: Model, n: Now, j: int, target: int, within_s: int) -> bool:
    """Whether ``target`` gives green to anybody who wants it within so many seconds and has none."""
    here, there = m.junction[j, STAGE0] + n.stage[j], m.junction[j, STAGE0] + target
    for g in range(m.junction[j, GROUPS]):
        gains = m.green[there, g] != RED and m.green[here, g] == RED
        if gains and m.group[j, g, KIND_OF] == PEOPLE and n.group[j, g, PEOPLE_N] > 0.05:
            return True
    horizon = n.arrivals.shape[1]
    for lane in range(m.junction[j, LANE0], m.junction[j + 1, LANE0]):
        gains = False
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            g = m.entry[e, GROUP]
            # More green than now: from red, or from yielding to protected.
            was, shows = m.green[here, g], m.green[there, g]
            gains = gains or (was == RED and shows != RED) or (was == YIELDS and shows == GREEN)
        if gains and n.total[lane, min(within_s, horizon)] > 0.2:
            return True
    return False


@compiled
def _sensible(m: Model, n: Now, j: int, target: int) -> bool:
    """Of the variants of a stage, only two are worth a look: the leanest, and the one with just those who are there."""
    first = m.junction[j, STAGE0]
    full = m.variant_of[first + target]
    count = m.junction[j + 1, STAGE0] - first
    lean, asked, lean_size, asked_size = -1, -1, 1000, 1000
    for v in range(count):
        if m.variant_of[first + v] != full:
            continue
        size, all_in = 0, True
        for g in range(m.junction[j, GROUPS]):
            if m.green[first + v, g] != RED:
                size += 1
            elif m.green[first + full, g] != RED and _wanted(m, n, j, g):
                all_in = False
        if size < lean_size:
            lean, lean_size = v, size
        if all_in and size < asked_size:
            asked, asked_size = v, size
    return target in (lean, asked)


@compiled
def _wanted(m: Model, n: Now, j: int, g: int) -> bool:
    if m.group[j, g, KIND_OF] == PEOPLE:
        return n.group[j, g, PEOPLE_N] > 0.05
    if m.group[j, g, KIND_OF] == TRAM:
        for lane in range(m.junction[j, LANE0], m.junction[j + 1, LANE0]):
            for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
                if m.entry[e, GROUP] == g:
                    if n.total[lane, min(20, n.arrivals.shape[1])] > 0.5:
                        return True
        return False
    return True


@compiled
def _is_leaner(m: Model, j: int, part: int, whole: int) -> bool:
    """Whether ``part`` is ``whole`` without some of its people or trams. To end those is no change of its own: it is part of the
    change that comes next (:attr:`Model.drop`)."""
    first = m.junction[j, STAGE0]
    if m.variant_of[first + part] != m.variant_of[first + whole]:
        return False
    inside = True
    for g in range(m.junction[j, GROUPS]):
        inside = inside and (m.green[first + part, g] == RED or m.green[first + whole, g] != RED)
    return inside


@compiled
def _helper(m: Model, n: Now, j: int, waits: Array, at_once: Array) -> int:
    """The cheapest stage that could begin now and protects those who wait inside for a gap; -1 without one."""
    best = -1
    for p in range(waits.shape[0]):
        if waits[p] == 0 and protects(m, n, j, p) and (best < 0 or at_once[p] < at_once[best]):
            best = p
    return best


@compiled
def may_change(m: Model, n: Now, j: int) -> bool:
    """Whether any other stage could be asked for now."""
    for p in range(m.junction[j + 1, STAGE0] - m.junction[j, STAGE0]):
        if p != n.stage[j] and leave_in_s(m, n, j, p) <= 1e-3:
            return True
    return False


@compiled
def _later_s(step: int, best: int, rank: int) -> int:
    """Seconds of the ``step``-th later change to try, where ``best`` of :data:`HOLDS` (-1: none) was worth it so far; 0 to skip
    the step, -1 when all are tried."""
    count = HOLDS.shape[0]
    if step < count:
        # Of what looked second best, every other one.
        return 0 if rank > 0 and step % 2 == 0 else HOLDS[step]
    if best < 0 or best >= count or step > count + 1:
        return -1
    if step == count:
        return (HOLDS[best] + HOLDS[best - 1]) // 2 if best > 0 else 0
    return (HOLDS[best] + HOLDS[best + 1]) // 2 if best + 1 < count else 0


STAY, CHANGE, LATER = 0, 1, 2


@compiled
def decide(m: Model, n: Now, w: Weights, s: Scratch, j: int, margin: float, out: Choice, plan: Array, trace: Array) -> None:
    """Search junction ``j``. ``plan`` (2) takes the best plan as (second, stage); ``trace`` what it lets out.

    Plans are tried in this order: staying; each sensible stage as soon as may be; the best of them later. Hysteresis is against
    staying for good only. Were it against a later change too, that change would be put off for ever: a second's delay always
    costs less than any margin. Even so, one more vehicle in view can make it look better to wait each time; the longer
    a change has been put off, the more it may cost.
    """
    first = m.junction[j, STAGE0]
    count = m.junction[j + 1, STAGE0] - first
    stage = int(n.stage[j])
    horizon = n.arrivals.shape[1]
    prepare(m, n, s, j)
    at_once = np.full(count, 1e30)
    waits = np.zeros(count, np.int32)
    for p in range(count):
        out.cost[j, p], out.at_s[j, p] = np.nan, np.nan
        wait = int(np.ceil(leave_in_s(m, n, j, p) - 1e-3))
        if wait < n.hold_s[j] and lets_in(m, n, j, p):
            wait = int(n.hold_s[j])
        fits = p != stage and wait < horizon - 5 and not _is_leaner(m, j, p, stage)
        helps = n.hold_s[j] > 0 and protects(m, n, j, p)
        waits[p] = wait if fits and _sensible(m, n, j, p) and (helps or _useful(m, n, j, p, horizon)) else -1
    for x in range(trace.shape[0]):
        for t in range(horizon):
            trace[x, t] = 0.0
    stay, switch, target = 1e30, 1e30, -1
    plan[0], plan[1] = horizon, -1
    phase, p, rank, hold = STAY, -1, 0, 0
    order, best, best_cost = np.argsort(at_once), -1, 1e30
    while True:
        at, to, bound = horizon, -1, 1e30
        if phase == CHANGE:
            p += 1
            while p < count and waits[p] < 0:
                p += 1
            if p >= count:
                phase, order = LATER, np.argsort(at_once)
                continue
            at, to = waits[p], p
        elif phase == LATER:
            if rank >= min(WORTHWHILE, count) or waits[order[rank]] < 0:
                break
            p = order[rank]
            later_s = _later_s(hold, best, rank)
            hold += 1
            if later_s < 0:
                rank, hold, best, best_cost = rank + 1, 0, -1, 1e30
                continue
            if later_s == 0 or waits[p] + later_s >= horizon - 5:
                continue
            # A change now is weighed against the best of waiting; what is worse than both decides nothing.
            at, to, bound = waits[p] + later_s, p, min(stay, switch)
        cost = play(m, n, w, s, j, at, to, bound, trace, False)
        if phase == STAY:
            stay, phase = cost - margin, CHANGE
            continue
        if phase == CHANGE:
            at_once[p] = cost
        elif cost < min(bound, best_cost):
            best, best_cost = hold - 1, cost
        if not cost >= out.cost[j, p]:
            out.cost[j, p], out.at_s[j, p] = cost, at
        if at == 0:
            if cost < switch:
                switch, target = cost, p
        elif cost < stay:
            stay = cost
            plan[0], plan[1] = at, p
    out.cost_stay[j] = stay
    out.stage[j], out.saves[j] = -1, 0.0
    patience = w.impatience * n.put_off_s[j]
    helper = _helper(m, n, j, waits, at_once) if n.hold_s[j] > 0 else -1
    if helper >= 0:
        target, switch, patience = helper, at_once[helper], 1e30
    # Nobody is sent off for drivers who may never come: for those not in view yet a change has to save something.
    if target >= 0 and helper < 0 and not _useful(m, n, j, target, NEAR_S):
        patience = -UNSEEN_VEH_S
    if target >= 0 and switch <= stay + patience:
        out.stage[j], out.saves[j] = target, stay - switch
        plan[0], plan[1] = 0, target
    elif plan[1] >= 0:
        part = m.drop[first + stage, plan[1]]
        if part >= 0 and plan[0] <= m.lead_s[first + stage, plan[1]] and leave_in_s(m, n, j, part) <= 1e-3:
            out.stage[j] = part
    play(m, n, w, s, j, plan[0], plan[1], 1e30, trace, True)
