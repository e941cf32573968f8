"""One plan played through the model of one junction, second by second, compiled.

The traffic model: vehicles reach the stop line at the second the estimate says, wait in a point queue, and leave at the lane's
saturation flow after its start-up loss (Gazis 1964; HCM for the numbers). On a lane that several signal groups serve, a driver
whose group is red blocks those behind him: ``open`` is the probability that nobody does. Yielding movements discharge by gap
acceptance against what the model itself lets through in the other lanes (HCM: exp(-flow x critical gap)). A movement whose exit
is full stands still. Clearance is exact: each group starts when all its intergreens have run, as in the cabinet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


from controller.predictive.compiled import compiled
from controller.predictive.model import *

LONG_AGO = -1e6
NEVER = 1e6
# Columns of the arrays below.
GREEN_S, ENDED_S, RED_S, PEOPLE_N, PEOPLE_VPS = 0, 1, 2, 3, 4
FLOW_VPS, LOST_VEH, READY_VEH = 0, 1, 2
SHARE, HEAD = 0, 1
ROOM_VEH, DRAIN_VPS = 0, 1
QUEUE, TOKENS, OPEN, MASS, SLOW, MOVED, GONE = 0, 1, 2, 3, 4, 5, 6
S_BEGIN, S_ENDED, S_START, S_PEOPLE_N = 0, 1, 2, 3


class Now(NamedTuple):
    """What is believed of this moment. Shapes as in :class:`Model`, with H seconds of horizon.

    ``stage[j]`` local index. ``group[j, g]``: age of its green (s, -1 while not green), time since its green ended, how long
    somebody has waited at red, people waiting and coming per second. ``arrivals[l, t]``: vehicles that would reach the stop
    line in second t from now; ``total[l, t]`` those before second t. ``lane[l]``: saturation flow (veh/s), what a start from rest costs (vehicles), and the same for
    a green that already runs. ``entry[e]``: share of the lane's vehicles, and probability that its first driver wants it.
    ``exit[x]``: room (vehicles) and how fast it grows.
    """

    stage: Array
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
    """a waiting second more at the maximum red than at the start of red"""
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
    part, what moved last, what left since its green; per group begin, end and coming start of green, and people."""

    lane: Array
    mask: Array
    show: Array
    group: Array
    out: Array
    blocked: Array


def scratch(lanes: int, groups: int, exits: int) -> Scratch:
    f, i = np.float32, np.int32
    return Scratch(np.zeros((lanes, 7), f), np.zeros(lanes, i), np.zeros(groups, i), np.zeros((groups, 4), f),
                   np.zeros(exits, f), np.zeros(exits, i))


@compiled
def leave_in_s(m: Model, n: Now, j: int, target: int) -> float:
    """Seconds until every green that ``target`` ends has run its minimum."""
    first = m.junction[j, STAGE0]
    wait = 0.0
    for g in range(m.junction[j, GROUPS]):
        if n.group[j, g, GREEN_S] >= 0 and m.green[first + target, g] == RED:
            wait = max(wait, m.group[j, g, MIN_GREEN_S] - n.group[j, g, GREEN_S])
    return wait


@compiled
def _may_leave(m: Model, s: Scratch, j: int, target: int, t: float) -> bool:
    row = m.junction[j, STAGE0] + target
    for g in range(m.junction[j, GROUPS]):
        if s.show[g] != RED and m.green[row, g] == RED and t - s.group[g, S_BEGIN] < m.group[j, g, MIN_GREEN_S] - 1e-3:
            return False
    return True


@compiled
def _start_of(m: Model, s: Scratch, j: int, g: int, row: int, t: float) -> float:
    """When group ``g`` can start, if the stage of ``row`` is asked for at ``t``."""
    at = t
    for h in range(m.junction[j, GROUPS]):
        seconds = m.intergreen[j, h, g]
        if seconds >= 0:
            ending = t if (s.show[h] != RED and m.green[row, h] == RED) else s.group[h, S_ENDED]
            if ending + seconds > at:
                at = ending + seconds
    return at


@compiled
def _settle_in_s(m: Model, s: Scratch, j: int, target: int, t: float) -> float:
    """Seconds from asking for ``target`` at ``t`` to all its groups being green."""
    row = m.junction[j, STAGE0] + target
    at = t
    for g in range(m.junction[j, GROUPS]):
        if m.green[row, g] != RED and s.show[g] == RED:
            at = max(at, _start_of(m, s, j, g, row, t))
        elif s.show[g] != RED and m.green[row, g] == RED and m.group[j, g, KIND_OF] != PEOPLE:
            at = max(at, t + m.site[j, YELLOW_S])
    return at - t


@compiled
def _begin_transition(m: Model, s: Scratch, j: int, target: int, t: float) -> float:
    """Ends what ``target`` does not have, dates what it adds; returns when it is complete."""
    row = m.junction[j, STAGE0] + target
    at = t
    for g in range(m.junction[j, GROUPS]):
        s.group[g, S_START] = NEVER
        if m.green[row, g] == RED:
            continue
        if s.show[g] == RED:
            s.group[g, S_START] = _start_of(m, s, j, g, row, t)
            at = max(at, s.group[g, S_START])
        elif s.show[g] == YIELDS and m.green[row, g] == GREEN:
            s.group[g, S_START] = _start_of(m, s, j, g, row, t)
            at = max(at, s.group[g, S_START])
        elif m.green[row, g] == YIELDS:
            s.show[g] = YIELDS
    for g in range(m.junction[j, GROUPS]):
        if s.show[g] != RED and m.green[row, g] == RED:
            s.show[g] = RED
            s.group[g, S_ENDED] = t
            if m.group[j, g, KIND_OF] != PEOPLE:
                at = max(at, t + m.site[j, YELLOW_S])
    return at


@compiled
def _serve(m: Model, n: Now, w: Weights, s: Scratch, j: int, t: float) -> None:
    """What each lane can discharge under the heads of second ``t``: served share, yielding part, state of its head."""
    lane0 = m.junction[j, LANE0]
    for l in range(lane0, m.junction[j + 1, LANE0]):
        i = l - lane0
        mass, slow, heads, mask, bit, every = 0.0, 0.0, 0.0, 0, 1, True
        for e in range(m.lane[l, ENTRY0], m.lane[l + 1, ENTRY0]):
            g = m.entry[e, GROUP]
            shown = s.show[g]
            running = shown != RED or (m.group[j, g, KIND_OF] != PEOPLE and t - s.group[g, S_ENDED] < w.yellow_s)
            x = m.entry[e, EXIT]
            if running and (x < 0 or s.blocked[x] == 0):
                mass += n.entry[e, SHARE]
                heads += n.entry[e, HEAD]
                mask |= bit
                if shown == YIELDS:
                    slow += n.entry[e, SHARE] * _crowd(m, n, w, s, j, e, t)
            else:
                every = False
            bit <<= 1
        was = s.mask[i]
        if mask != was:
            if every:
                s.lane[i, OPEN] = 1.0
            elif was == 0 or s.lane[i, MASS] >= 0.999:
                s.lane[i, OPEN] = heads if s.lane[i, GONE] < 0.5 else mass
            elif mask & was == was:
                rest = max(1e-6, 1.0 - s.lane[i, MASS])
                s.lane[i, OPEN] += (1.0 - s.lane[i, OPEN]) * (mass - s.lane[i, MASS]) / rest
            elif mask & was == 0:
                rest = max(1e-6, 1.0 - s.lane[i, MASS])
                s.lane[i, OPEN] = s.lane[i, OPEN] * mass + (1.0 - s.lane[i, OPEN]) * min(1.0, mass / rest)
            else:
                s.lane[i, OPEN] *= min(1.0, mass / max(s.lane[i, MASS], 1e-6))
            if was == 0:
                s.lane[i, TOKENS] = -n.lane[l, LOST_VEH] if s.lane[i, QUEUE] > 0.5 else 0.0
            s.mask[i] = mask
        s.lane[i, MASS] = mass
        s.lane[i, SLOW] = slow


@compiled
def _crowd(m: Model, n: Now, w: Weights, s: Scratch, j: int, e: int, t: float) -> float:
    """Share of its capacity, 0..1, that yielding entry ``e`` loses to those it gives way to."""
    lane0 = m.junction[j, LANE0]
    row, horizon = int(t), n.arrivals.shape[1]
    flow = 0.0
    for f in range(m.entry[e, FOE0], m.entry[e + 1, FOE0]):
        foe = m.foe[f, FOE_ENTRY]
        if s.show[m.entry[foe, GROUP]] == RED:
            continue
        l = m.foe[f, FOE_LANE]
        coming = (n.total[l, min(row + 3, horizon)] - n.total[l, row]) / 3.0
        flow += n.entry[foe, SHARE] * max(s.lane[l - lane0, MOVED], min(coming, n.lane[l, FLOW_VPS]))
    people = 0.0
    g = m.entry[e, GROUP]
    for h in range(m.junction[j, GROUPS]):
        if m.group[j, h, KIND_OF] == PEOPLE and s.show[h] != RED and m.intergreen[j, g, h] >= 0:
            # Those who waited cross in the first seconds of their green.
            age = t - s.group[h, S_BEGIN]
            people = max(people, 0.7 if (age < 8.0 and n.group[j, h, PEOPLE_N] > 0) else 0.1)
    return 1.0 - np.exp(-flow * w.gap_s) * (1.0 - people)


@compiled
def _worth(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int, running: bool) -> float:
    """Vehicles a second that ``stage`` would move, clearance and minimum green counted: what the plan's tail goes by."""
    lane0 = m.junction[j, LANE0]
    row = m.junction[j, STAGE0] + stage
    horizon = n.arrivals.shape[1]
    settle = 0.0 if running else _settle_in_s(m, s, j, stage, float(t))
    least = 0.0
    if not running:
        for g in range(m.junction[j, GROUPS]):
            if m.green[row, g] != RED and s.show[g] == RED:
                least = max(least, m.group[j, g, MIN_GREEN_S])
    span = settle + w.look_s
    demand, clear = 0.0, least
    for l in range(lane0, m.junction[j + 1, LANE0]):
        mass = 0.0
        for e in range(m.lane[l, ENTRY0], m.lane[l + 1, ENTRY0]):
            shown = m.green[row, m.entry[e, GROUP]]
            x = m.entry[e, EXIT]
            if shown != RED and (x < 0 or s.blocked[x] == 0):
                mass += n.entry[e, SHARE] * (0.5 if shown == YIELDS and n.entry[e, SHARE] > 0.1 else 1.0)
        if mass <= 0.0:
            continue
        i = l - lane0
        waiting = s.lane[i, QUEUE]
        waiting += n.total[l, min(horizon, t + int(span) + 1)] - n.total[l, t]
        if waiting <= 0.05:
            continue
        served = waiting * mass
        if running:
            if mass < 0.999:
                served *= s.lane[i, OPEN]
            served = min(served, n.lane[l, FLOW_VPS] * w.look_s)
        else:
            served = min(served, n.lane[l, FLOW_VPS] * 40.0)
            clear = max(clear, served / n.lane[l, FLOW_VPS])
        demand += served * m.weight[l]
    for g in range(m.junction[j, GROUPS]):
        if m.group[j, g, KIND_OF] == PEOPLE and m.green[row, g] != RED and s.show[g] == RED:
            demand += w.person * s.group[g, S_PEOPLE_N]
    if running:
        return demand / w.look_s
    return demand / (settle + max(clear, w.look_s))


@compiled
def _tail(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int) -> int:
    """The stage a plan goes to next after its scripted part: the one that moves most; -1 to stay."""
    row = m.junction[j, STAGE0]
    count = m.junction[j + 1, STAGE0] - row
    best, worth = -1, max(_worth(m, n, w, s, j, stage, t, True) * w.keep, 1e-3)
    for other in range(count):
        if other == stage or not _may_leave(m, s, j, other, float(t)):
            continue
        gain = False
        for g in range(m.junction[j, GROUPS]):
            if m.green[row + other, g] != RED and s.show[g] == RED:
                gain = True
                break
        if not gain:
            continue
        value = _worth(m, n, w, s, j, other, t, False)
        if value > worth:
            best, worth = other, value
    return best


@compiled
def play(m: Model, n: Now, w: Weights, s: Scratch, j: int, at1: int, stage1: int, at2: int, stage2: int, bound: float,
         trace: Array, record: bool) -> float:
    """Cost of a plan, vehicle seconds: ``stage1`` asked for in second ``at1``, ``stage2`` in ``at2`` or as soon after as its
    minimum greens allow (-1: none), then whatever moves most. With ``stage1`` -1 the present stage stays until ``at1``. Stops early, at a cost of at least ``bound``, once it is that bad.

    With ``record``, ``trace[x, t]`` is filled with the vehicles that leave by exit x in second t.
    """
    lane0, lane1, groups = m.junction[j, LANE0], m.junction[j + 1, LANE0], m.junction[j, GROUPS]
    exit0, exit1 = m.junction[j, EXIT0], m.junction[j + 1, EXIT0]
    horizon = n.arrivals.shape[1]
    stage, target, settled = int(n.stage[j]), -1, 0.0
    row0 = m.junction[j, STAGE0]
    finite = False
    for x in range(exit0, exit1):
        s.out[x - exit0] = 0.0
        s.blocked[x - exit0] = 1 if n.exit[x, ROOM_VEH] < 1.0 and n.exit[x, DRAIN_VPS] <= 0.01 else 0
        if n.exit[x, ROOM_VEH] < 100.0:
            finite = True
    for g in range(groups):
        s.group[g, S_PEOPLE_N] = n.group[j, g, PEOPLE_N]
        s.group[g, S_ENDED] = -n.group[j, g, ENDED_S]
        s.group[g, S_START] = NEVER
        if n.group[j, g, GREEN_S] >= 0:
            s.show[g] = m.green[row0 + stage, g]
            s.group[g, S_BEGIN] = -n.group[j, g, GREEN_S]
        else:
            s.show[g] = RED
            s.group[g, S_BEGIN] = LONG_AGO
    for l in range(lane0, lane1):
        i = l - lane0
        s.lane[i, QUEUE], s.lane[i, MOVED], s.mask[i], s.lane[i, MASS], s.lane[i, OPEN], s.lane[i, GONE] = 0.0, 0.0, 0, 0.0, 1.0, 0.0
    _serve(m, n, w, s, j, 0.0)
    for l in range(lane0, lane1):
        s.lane[l - lane0, TOKENS] = n.lane[l, READY_VEH]
    cost, scripted, dirty = 0.0, 0 if stage1 >= 0 else 2, False
    yields = False
    for t in range(horizon):
        now = float(t)
        if target < 0:
            wish = -1
            if scripted == 0:
                if t >= at1:
                    wish = stage1
            elif scripted == 1:
                if t >= at2 and _may_leave(m, s, j, stage2, now):
                    wish = stage2
            elif t >= at1 and t % 2 == 0 and w.keep < 50.0:
                wish = _tail(m, n, w, s, j, stage, t)
            if wish >= 0:
                if scripted < 2:
                    scripted = scripted + 1 if (scripted == 0 and stage2 >= 0) else 2
                if wish != stage:
                    settled = _begin_transition(m, s, j, wish, now)
                    target = wish
                    dirty = True
        if target >= 0:
            for g in range(groups):
                if s.group[g, S_START] <= now + 1e-3:
                    if s.show[g] == RED:
                        s.group[g, S_BEGIN] = now
                        if m.group[j, g, KIND_OF] == PEOPLE:
                            s.group[g, S_PEOPLE_N] = 0.0
                    s.show[g] = m.green[row0 + target, g]
                    s.group[g, S_START] = NEVER
                    dirty = True
            if now >= settled - 1e-3:
                stage, target = target, -1
            dirty = True
        if finite:
            for x in range(exit0, exit1):
                full = 1 if s.out[x - exit0] + 0.999 > n.exit[x, ROOM_VEH] + n.exit[x, DRAIN_VPS] * now else 0
                if full != s.blocked[x - exit0]:
                    s.blocked[x - exit0] = full
                    dirty = True
        if dirty or yields:
            _serve(m, n, w, s, j, now)
            dirty = target >= 0
            yields = False
        for l in range(lane0, lane1):
            i = l - lane0
            a = n.arrivals[l, t]
            q = s.lane[i, QUEUE]
            weight = m.weight[l]
            if s.lane[i, MASS] <= 0.0:
                cost += w.stop_s * a * weight
                s.lane[i, MOVED] = 0.0
                q += a
            else:
                if q > 0.5:
                    cost += w.stop_s * a * weight
                flow = n.lane[l, FLOW_VPS]
                s.lane[i, TOKENS] = min(s.lane[i, TOKENS] + flow, 1.0 + flow)
                free = s.lane[i, OPEN]
                pace = 1.0
                if s.lane[i, SLOW] > 0.0:
                    pace = 1.0 - s.lane[i, SLOW] / s.lane[i, MASS]
                    yields = True
                m_ = min(q + a, max(s.lane[i, TOKENS], 0.0)) * pace
                s.lane[i, TOKENS] -= m_
                m_ *= free
                if s.lane[i, MASS] < 0.999:
                    s.lane[i, OPEN] *= 1.0 - (1.0 - s.lane[i, MASS]) * min(1.0, m_ / max(free, 1e-3))
                    if m_ > 0.0:
                        s.lane[i, GONE] += m_
                s.lane[i, MOVED] = m_
                q = q + a - m_
                if m_ > 0.0 and (finite or record):
                    for e in range(m.lane[l, ENTRY0], m.lane[l + 1, ENTRY0]):
                        x = m.entry[e, EXIT]
                        if x >= 0 and s.lane[i, MASS] > 0 and (s.show[m.entry[e, GROUP]] != RED):
                            part = m_ * n.entry[e, SHARE] / s.lane[i, MASS]
                            s.out[x] += part
                            if record:
                                trace[x, t] += part
            s.lane[i, QUEUE] = q
            cost += q * weight
        for g in range(groups):
            if m.group[j, g, KIND_OF] == PEOPLE:
                if s.show[g] == RED:
                    s.group[g, S_PEOPLE_N] += n.group[j, g, PEOPLE_VPS]
                    cost += w.person * s.group[g, S_PEOPLE_N]
            elif s.show[g] == RED and n.group[j, g, RED_S] > 0.0 and s.group[g, S_BEGIN] <= 0.0:
                part = (n.group[j, g, RED_S] + now) / m.site[j, MAX_RED_S]
                cost += w.fairness * part * part * part
        if cost >= bound:
            return cost
    for l in range(lane0, lane1):
        i = l - lane0
        q = s.lane[i, QUEUE]
        if q > 0.0:
            rest = q * q / (2.0 * n.lane[l, FLOW_VPS])
            if s.lane[i, MASS] < 0.999 or target >= 0:
                rest += q * w.after_s
            cost += rest * m.weight[l]
    for g in range(groups):
        if m.group[j, g, KIND_OF] == PEOPLE and s.show[g] == RED:
            cost += w.person * s.group[g, S_PEOPLE_N] * w.after_s
    return cost
