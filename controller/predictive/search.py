"""Which plan is best for a junction now: candidates, their costs, and the one to follow, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controller.predictive.arrays import PEOPLE_N, Now, Scratch, Weights
from controller.predictive.clearance import leave_in_s
from controller.predictive.compiled import compiled
from controller.predictive.model import ENTRY0, GROUP, GROUPS, KIND_OF, LANE0, PEOPLE, RED, STAGE0, TRAM, Array, Model
from controller.predictive.rollout import play

HOLDS = np.array([1, 2, 3, 5, 7, 10, 14, 19, 25, 32], np.int32)
"""Seconds after the earliest possible moment at which a change of stage is tried."""
WORTHWHILE = 2
"""Stages for which later changes are tried: those that look best if changed to at once."""
GIVE_UP = 100
"""Later changes in a row that are no improvement, after which no still later one is tried."""


class Choice(NamedTuple):
    """What was found for each junction: ``stage`` to go to now (-1 to stay) with what it saves over staying, and for the
    explanation ``cost_stay``, and for each stage the best cost found (``cost``) and when the change would come (``at_s``)."""

    stage: Array
    saves: Array
    cost_stay: Array
    cost: Array
    at_s: Array


@compiled
def _useful(m: Model, n: Now, j: int, target: int) -> bool:
    """Whether ``target`` gives green to anybody who wants it and has none."""
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
            if m.green[there, g] != RED and (m.green[here, g] == RED or (m.green[here, g] == 2 and m.green[there, g] == 1)):
                gains = True
        if gains:
            if n.total[lane, horizon] > 0.2:
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
def _is_part(m: Model, j: int, part: int, whole: int) -> bool:
    first = m.junction[j, STAGE0]
    fewer = False
    for g in range(m.junction[j, GROUPS]):
        if m.green[first + part, g] != RED and m.green[first + whole, g] == RED:
            return False
        if m.green[first + part, g] == RED and m.green[first + whole, g] != RED:
            fewer = True
    return fewer


@compiled
def may_change(m: Model, n: Now, j: int) -> bool:
    """Whether any other stage could be asked for now."""
    for p in range(m.junction[j + 1, STAGE0] - m.junction[j, STAGE0]):
        if p != n.stage[j] and leave_in_s(m, n, j, p) <= 1e-3:
            return True
    return False


STAY, CHANGE, DROP, LATER, DROP_LATER, DONE = 0, 1, 2, 3, 4, 5


@compiled
def decide(m: Model, n: Now, w: Weights, s: Scratch, j: int, margin: float, out: Choice, plan: Array, trace: Array) -> None:
    """Search junction ``j``. ``plan`` (4) takes the best plan as (at, stage, at, stage); ``trace`` what it lets out.

    Plans are tried in this order: staying; each sensible stage as soon as may be; ending people's green early; the best of the
    stages later; and both. Hysteresis is against staying for good only. Were it against a later change too, that change would
    be put off for ever: a second's delay always costs less than any margin.
    """
    first = m.junction[j, STAGE0]
    count = m.junction[j + 1, STAGE0] - first
    stage = int(n.stage[j])
    horizon = n.arrivals.shape[1]
    at_once = np.full(count, 1e30)
    waits = np.zeros(count, np.int32)
    drop = -1
    for p in range(count):
        out.cost[j, p] = np.nan
        out.at_s[j, p] = np.nan
        waits[p] = -1
        if p == stage:
            continue
        wait = int(np.ceil(leave_in_s(m, n, j, p) - 1e-3))
        if _is_part(m, j, p, stage):
            if wait == 0 and (drop < 0 or _is_part(m, j, p, drop)):
                drop = p
        elif wait < horizon - 5 and _sensible(m, n, j, p) and _useful(m, n, j, p):
            waits[p] = wait
    stay, switch, target = 1e30, 1e30, -1
    dropped, drop_at, drop_to = 1e30, 0, -1
    plan[0], plan[1], plan[2], plan[3] = horizon, -1, 0, -1
    phase, p, rank, hold, misses = STAY, -1, 0, 0, 0
    order = np.argsort(at_once)
    for x in range(trace.shape[0]):
        for t in range(horizon):
            trace[x, t] = 0.0
    while phase != DONE:
        # What to try next.
        at1, stage1, at2, stage2, bound = horizon, -1, 0, -1, 1e30
        if phase == CHANGE:
            p += 1
            while p < count and waits[p] < 0:
                p += 1
            if p >= count:
                phase = DROP
                continue
            at1, stage1 = waits[p], p
        elif phase == DROP:
            if drop < 0:
                phase, order = LATER, np.argsort(at_once)
                continue
            at1, stage1 = 0, drop
        elif phase in (LATER, DROP_LATER):
            if rank >= min(WORTHWHILE, count) or waits[order[rank]] < 0:
                if phase == LATER and drop >= 0:
                    phase, rank, hold, misses = DROP_LATER, 0, 0, 0
                    continue
                break
            p = order[rank]
            base = waits[p] if phase == LATER else 0
            if misses >= GIVE_UP or hold >= HOLDS.shape[0] or base + HOLDS[hold] >= horizon - 5:
                rank, hold, misses = rank + 1, 0, 0
                continue
            if phase == LATER:
                at1, stage1, bound = base + HOLDS[hold], p, min(stay, switch)
            else:
                at1, stage1, at2, stage2, bound = 0, drop, HOLDS[hold], p, min(dropped, min(stay, switch))
            hold += 1
        cost = play(m, n, w, s, j, at1, stage1, at2, stage2, bound, trace, False)
        if phase == STAY:
            stay = cost - margin
            phase = CHANGE
        elif phase == CHANGE:
            at_once[p] = cost
            out.cost[j, p], out.at_s[j, p] = cost, at1
            if at1 == 0:
                if cost < switch:
                    switch, target = cost, p
            elif cost < stay:
                stay = cost
                plan[0], plan[1], plan[2], plan[3] = at1, p, 0, -1
        elif phase == DROP:
            dropped = cost
            phase, order = LATER, np.argsort(at_once)
        elif phase == LATER:
            misses = 0 if cost < bound else misses + 1
            if cost < bound:
                stay = cost
                plan[0], plan[1], plan[2], plan[3] = at1, p, 0, -1
                if cost < out.cost[j, p]:
                    out.cost[j, p], out.at_s[j, p] = cost, at1
        elif cost >= bound:
            misses += 1
        else:
            misses = 0
            dropped, drop_at, drop_to = cost, at2, p
    if drop >= 0:
        out.cost[j, drop], out.at_s[j, drop] = dropped, 0
        if dropped < switch:
            switch, target = dropped, drop
    out.cost_stay[j] = stay
    out.stage[j], out.saves[j] = -1, 0.0
    if target >= 0 and switch <= stay:
        out.stage[j], out.saves[j] = target, stay - switch
        plan[0], plan[1], plan[2], plan[3] = 0, target, 0, -1
        if target == drop:
            plan[2], plan[3] = drop_at, drop_to
    play(m, n, w, s, j, plan[0], plan[1], plan[2], plan[3], 1e30, trace, True)
