"""Which plan is best for a junction now: candidates, their costs, and the one to follow, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


from controller.predictive.compiled import compiled
from controller.predictive.model import PEOPLE, RED, TRAM, Array, Model
from controller.predictive.rollout import Now, Scratch, Weights, leave_in_s, play

HOLDS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 31, 37], np.int32)
"""Seconds after the earliest possible moment at which a change of stage is tried."""
WORTHWHILE = 3
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
def _useful(m: Model, n: Now, j: int, target: int) -> bool:
    """Whether ``target`` gives green to anybody who wants it and has none."""
    here, there = m.stage0[j] + n.stage[j], m.stage0[j] + target
    for g in range(m.group_count[j]):
        if m.kind[j, g] == PEOPLE and m.green[there, g] != RED and m.green[here, g] == RED and n.people[j, g] > 0.05:
            return True
    horizon = n.arrivals.shape[1]
    for l in range(m.lane0[j], m.lane0[j + 1]):
        gains = False
        for e in range(m.entry0[l], m.entry0[l + 1]):
            g = m.entry_group[e]
            # More green than now: from red, or from yielding to protected.
            if m.green[there, g] != RED and (m.green[here, g] == RED or (m.green[here, g] == 2 and m.green[there, g] == 1)):
                gains = True
        if gains:
            total = 0.0
            for t in range(horizon):
                total += n.arrivals[l, t]
            if total > 0.2:
                return True
    return False


@compiled
def _sensible(m: Model, n: Now, j: int, target: int) -> bool:
    """Of the variants of a stage, only two are worth a look: the leanest, and the one with just those who are there."""
    first = m.stage0[j]
    full = m.variant_of[first + target]
    count = m.stage0[j + 1] - first
    lean, asked, lean_size, asked_size = -1, -1, 1000, 1000
    for v in range(count):
        if m.variant_of[first + v] != full:
            continue
        size, all_in = 0, True
        for g in range(m.group_count[j]):
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
    if m.kind[j, g] == PEOPLE:
        return n.people[j, g] > 0.05
    if m.kind[j, g] == TRAM:
        for l in range(m.lane0[j], m.lane0[j + 1]):
            for e in range(m.entry0[l], m.entry0[l + 1]):
                if m.entry_group[e] == g:
                    total = 0.0
                    for t in range(min(20, n.arrivals.shape[1])):
                        total += n.arrivals[l, t]
                    if total > 0.5:
                        return True
        return False
    return True


@compiled
def _is_part(m: Model, j: int, part: int, whole: int) -> bool:
    first = m.stage0[j]
    fewer = False
    for g in range(m.group_count[j]):
        if m.green[first + part, g] != RED and m.green[first + whole, g] == RED:
            return False
        if m.green[first + part, g] == RED and m.green[first + whole, g] != RED:
            fewer = True
    return fewer


@compiled
def decide(m: Model, n: Now, w: Weights, s: Scratch, j: int, margin: float, out: Choice, plan: Array, trace: Array) -> None:
    """Search junction ``j``. ``plan`` (4) takes the best plan as (at, stage, at, stage); ``trace`` what it lets out."""
    first = m.stage0[j]
    count = m.stage0[j + 1] - first
    stage = int(n.stage[j])
    horizon = n.arrivals.shape[1]
    nothing = trace
    # Hysteresis is against staying for good only. Were it against a later change too, that change would be put off for ever:
    # a second's delay always costs less than any margin.
    stay = play(m, n, w, s, j, horizon if margin >= 0 else 1, -1, 0, -1, 1e30, nothing, False) - margin
    plan[0], plan[1], plan[2], plan[3] = 1, -1, 0, -1
    switch, target = 1e30, -1
    drop, second_at, second = -1, 0, -1
    for p in range(count):
        out.cost[j, p] = np.nan
        out.at_s[j, p] = np.nan
    usable = np.zeros(count, np.uint8)
    at_once = np.full(count, 1e30)
    for p in range(count):
        if p == stage:
            continue
        if _is_part(m, j, p, stage):
            wait = leave_in_s(m, n, j, p)
            if wait <= 1e-3 and (drop < 0 or _is_part(m, j, p, drop)):
                drop = p
            continue
        if not _sensible(m, n, j, p) or not _useful(m, n, j, p):
            continue
        usable[p] = 1
        wait = int(np.ceil(leave_in_s(m, n, j, p) - 1e-3))
        if wait >= horizon:
            usable[p] = 0
            continue
        at_once[p] = play(m, n, w, s, j, wait, p, 0, -1, 1e30, nothing, False)
        out.cost[j, p], out.at_s[j, p] = at_once[p], wait
        if wait == 0:
            if at_once[p] < switch:
                switch, target = at_once[p], p
        elif at_once[p] < stay:
            stay = at_once[p]
            plan[0], plan[1], plan[2], plan[3] = wait, p, 0, -1
    order = np.argsort(at_once)
    for r in range(min(WORTHWHILE, count)):
        p = order[r]
        if usable[p] == 0:
            break
        wait = int(np.ceil(leave_in_s(m, n, j, p) - 1e-3))
        for h in HOLDS:
            if wait + h >= horizon - 5:
                break
            # A change now is weighed against the best of waiting; what is worse than both decides nothing.
            bound = min(stay, switch)
            cost = play(m, n, w, s, j, wait + h, p, 0, -1, bound, nothing, False)
            if cost < bound:
                stay = cost
                plan[0], plan[1], plan[2], plan[3] = wait + h, p, 0, -1
                if cost < out.cost[j, p]:
                    out.cost[j, p], out.at_s[j, p] = cost, wait + h
    if drop >= 0:
        # People's green may end before the traffic's: their clearance then runs beside it.
        cost = play(m, n, w, s, j, 0, drop, 0, -1, 1e30, nothing, False)
        then_at, then = 0, -1
        for r in range(min(WORTHWHILE, count)):
            p = order[r]
            if usable[p] == 0:
                break
            for h in HOLDS:
                if h >= horizon - 5:
                    break
                bound = min(cost, min(stay, switch))
                other = play(m, n, w, s, j, 0, drop, h, p, bound, nothing, False)
                if other < bound:
                    cost, then_at, then = other, h, p
        out.cost[j, drop], out.at_s[j, drop] = cost, 0
        if cost < switch:
            switch, target = cost, drop
            second_at, second = then_at, then
    out.cost_stay[j] = stay
    if target >= 0 and switch <= stay:
        out.stage[j] = target
        out.saves[j] = stay - switch
        plan[0], plan[1], plan[2], plan[3] = 0, target, 0, -1
        if target == drop:
            plan[2], plan[3] = second_at, second
    else:
        out.stage[j] = -1
        out.saves[j] = 0.0
    for x in range(trace.shape[0]):
        for t in range(horizon):
            trace[x, t] = 0.0
    play(m, n, w, s, j, plan[0], plan[1], plan[2], plan[3], 1e30, trace, True)
