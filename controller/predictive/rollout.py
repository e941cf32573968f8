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
from controller.predictive.model import GREEN, PEOPLE, RED, YIELDS, Array, Model

LONG_AGO = -1e6
NEVER = 1e6


class Now(NamedTuple):
    """What is believed of this moment. Shapes as in :class:`Model`, with H seconds of horizon.

    ``arrivals[l, t]`` vehicles that would reach the stop line of lane l in second t from now. ``flow_vps`` saturation flow,
    ``lost_veh`` what a start from rest costs, in vehicles; ``ready_veh`` the same for a green that already runs. ``head[e]``
    probability that the first driver of the lane wants entry e. ``room_veh``, ``drain_vps`` space in each exit road and how
    fast it grows. ``red_s`` how long somebody has waited for a group.
    """

    stage: Array
    green_s: Array
    ended_s: Array
    red_s: Array
    arrivals: Array
    flow_vps: Array
    lost_veh: Array
    ready_veh: Array
    share: Array
    head: Array
    people: Array
    people_vps: Array
    room_veh: Array
    drain_vps: Array


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
    """Working memory of one rollout."""

    queue: Array
    tokens: Array
    open: Array
    mass: Array
    slow: Array
    moved: Array
    head_free: Array
    mask: Array
    show: Array
    begin: Array
    ended: Array
    start: Array
    people: Array
    out: Array
    blocked: Array


def scratch(lanes: int, groups: int, exits: int) -> Scratch:
    f, i = np.float32, np.int32
    return Scratch(np.zeros(lanes, f), np.zeros(lanes, f), np.zeros(lanes, f), np.zeros(lanes, f), np.zeros(lanes, f),
                   np.zeros(lanes, f), np.zeros(lanes, f), np.zeros(lanes, i), np.zeros(groups, i), np.zeros(groups, f),
                   np.zeros(groups, f), np.zeros(groups, f), np.zeros(groups, f), np.zeros(exits, f), np.zeros(exits, i))


@compiled
def leave_in_s(m: Model, n: Now, j: int, target: int) -> float:
    """Seconds until every green that ``target`` ends has run its minimum."""
    first = m.stage0[j]
    wait = 0.0
    for g in range(m.group_count[j]):
        if n.green_s[j, g] >= 0 and m.green[first + target, g] == RED:
            wait = max(wait, m.min_green_s[j, g] - n.green_s[j, g])
    return wait


@compiled
def _may_leave(m: Model, s: Scratch, j: int, target: int, t: float) -> bool:
    row = m.stage0[j] + target
    for g in range(m.group_count[j]):
        if s.show[g] != RED and m.green[row, g] == RED and t - s.begin[g] < m.min_green_s[j, g] - 1e-3:
            return False
    return True


@compiled
def _start_of(m: Model, s: Scratch, j: int, g: int, row: int, t: float) -> float:
    """When group ``g`` can start, if the stage of ``row`` is asked for at ``t``."""
    at = t
    for h in range(m.group_count[j]):
        seconds = m.intergreen[j, h, g]
        if seconds >= 0:
            ending = t if (s.show[h] != RED and m.green[row, h] == RED) else s.ended[h]
            if ending + seconds > at:
                at = ending + seconds
    return at


@compiled
def _settle_in_s(m: Model, s: Scratch, j: int, target: int, t: float) -> float:
    """Seconds from asking for ``target`` at ``t`` to all its groups being green."""
    row = m.stage0[j] + target
    at = t
    for g in range(m.group_count[j]):
        if m.green[row, g] != RED and s.show[g] == RED:
            at = max(at, _start_of(m, s, j, g, row, t))
        elif s.show[g] != RED and m.green[row, g] == RED and m.kind[j, g] != PEOPLE:
            at = max(at, t + m.yellow_s[j])
    return at - t


@compiled
def _begin_transition(m: Model, s: Scratch, j: int, target: int, t: float) -> float:
    """Ends what ``target`` does not have, dates what it adds; returns when it is complete."""
    row = m.stage0[j] + target
    at = t
    for g in range(m.group_count[j]):
        s.start[g] = NEVER
        if m.green[row, g] == RED:
            continue
        if s.show[g] == RED:
            s.start[g] = _start_of(m, s, j, g, row, t)
            at = max(at, s.start[g])
        elif s.show[g] == YIELDS and m.green[row, g] == GREEN:
            s.start[g] = _start_of(m, s, j, g, row, t)
            at = max(at, s.start[g])
        elif m.green[row, g] == YIELDS:
            s.show[g] = YIELDS
    for g in range(m.group_count[j]):
        if s.show[g] != RED and m.green[row, g] == RED:
            s.show[g] = RED
            s.ended[g] = t
            if m.kind[j, g] != PEOPLE:
                at = max(at, t + m.yellow_s[j])
    return at


@compiled
def _serve(m: Model, n: Now, w: Weights, s: Scratch, j: int, t: float) -> None:
    """What each lane can discharge under the heads of second ``t``: served share, yielding part, state of its head."""
    lane0 = m.lane0[j]
    for l in range(lane0, m.lane0[j + 1]):
        i = l - lane0
        mass, slow, heads, mask, bit, every = 0.0, 0.0, 0.0, 0, 1, True
        for e in range(m.entry0[l], m.entry0[l + 1]):
            g = m.entry_group[e]
            shown = s.show[g]
            running = shown != RED or (m.kind[j, g] != PEOPLE and t - s.ended[g] < w.yellow_s)
            x = m.entry_exit[e]
            if running and (x < 0 or s.blocked[x] == 0):
                mass += n.share[e]
                heads += n.head[e]
                mask |= bit
                if shown == YIELDS:
                    slow += n.share[e] * _crowd(m, n, w, s, j, e, t)
            else:
                every = False
            bit <<= 1
        was = s.mask[i]
        if mask != was:
            if every:
                s.open[i] = 1.0
            elif was == 0 or s.mass[i] >= 0.999:
                s.open[i] = heads if s.head_free[i] < 0.5 else mass
            elif mask & was == was:
                rest = max(1e-6, 1.0 - s.mass[i])
                s.open[i] += (1.0 - s.open[i]) * (mass - s.mass[i]) / rest
            elif mask & was == 0:
                rest = max(1e-6, 1.0 - s.mass[i])
                s.open[i] = s.open[i] * mass + (1.0 - s.open[i]) * min(1.0, mass / rest)
            else:
                s.open[i] *= min(1.0, mass / max(s.mass[i], 1e-6))
            if was == 0:
                s.tokens[i] = -n.lost_veh[l] if s.queue[i] > 0.5 else 0.0
            s.mask[i] = mask
        s.mass[i] = mass
        s.slow[i] = slow


@compiled
def _crowd(m: Model, n: Now, w: Weights, s: Scratch, j: int, e: int, t: float) -> float:
    """Share of its capacity, 0..1, that yielding entry ``e`` loses to those it gives way to."""
    lane0 = m.lane0[j]
    row = int(t)
    flow = 0.0
    for f in range(m.foe0[e], m.foe0[e + 1]):
        foe = m.foe_entries[f]
        if s.show[m.entry_group[foe]] == RED:
            continue
        l = m.foes[f]
        coming = (n.arrivals[l, min(row, n.arrivals.shape[1] - 1)] + n.arrivals[l, min(row + 1, n.arrivals.shape[1] - 1)]
                  + n.arrivals[l, min(row + 2, n.arrivals.shape[1] - 1)]) / 3.0
        flow += n.share[foe] * max(s.moved[l - lane0], min(coming, n.flow_vps[l]))
    people = 0.0
    g = m.entry_group[e]
    for h in range(m.group_count[j]):
        if m.kind[j, h] == PEOPLE and s.show[h] != RED and m.intergreen[j, g, h] >= 0:
            # Those who waited cross in the first seconds of their green.
            age = t - s.begin[h]
            people = max(people, 0.7 if (age < 8.0 and n.people[j, h] > 0) else 0.1)
    return 1.0 - np.exp(-flow * w.gap_s) * (1.0 - people)


@compiled
def _worth(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int, running: bool) -> float:
    """Vehicles a second that ``stage`` would move, clearance and minimum green counted: what the plan's tail goes by."""
    lane0 = m.lane0[j]
    row = m.stage0[j] + stage
    horizon = n.arrivals.shape[1]
    settle = 0.0 if running else _settle_in_s(m, s, j, stage, float(t))
    least = 0.0
    if not running:
        for g in range(m.group_count[j]):
            if m.green[row, g] != RED and s.show[g] == RED:
                least = max(least, m.min_green_s[j, g])
    span = settle + w.look_s
    demand, clear = 0.0, least
    for l in range(lane0, m.lane0[j + 1]):
        mass = 0.0
        for e in range(m.entry0[l], m.entry0[l + 1]):
            shown = m.green[row, m.entry_group[e]]
            x = m.entry_exit[e]
            if shown != RED and (x < 0 or s.blocked[x] == 0):
                mass += n.share[e] * (0.5 if shown == YIELDS and n.share[e] > 0.1 else 1.0)
        if mass <= 0.0:
            continue
        i = l - lane0
        waiting = s.queue[i]
        for u in range(t, min(horizon, t + int(span) + 1)):
            waiting += n.arrivals[l, u]
        if waiting <= 0.05:
            continue
        served = waiting * mass
        if running:
            if mass < 0.999:
                served *= s.open[i]
            served = min(served, n.flow_vps[l] * w.look_s)
        else:
            served = min(served, n.flow_vps[l] * 40.0)
            clear = max(clear, served / n.flow_vps[l])
        demand += served * m.lane_weight[l]
    for g in range(m.group_count[j]):
        if m.kind[j, g] == PEOPLE and m.green[row, g] != RED and s.show[g] == RED:
            demand += w.person * s.people[g]
    if running:
        return demand / w.look_s
    return demand / (settle + max(clear, w.look_s))


@compiled
def _tail(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int) -> int:
    """The stage a plan goes to next after its scripted part: the one that moves most; -1 to stay."""
    row = m.stage0[j]
    count = m.stage0[j + 1] - row
    best, worth = -1, max(_worth(m, n, w, s, j, stage, t, True) * w.keep, 1e-3)
    for other in range(count):
        if other == stage or not _may_leave(m, s, j, other, float(t)):
            continue
        gain = False
        for g in range(m.group_count[j]):
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
    lane0, lane1, groups = m.lane0[j], m.lane0[j + 1], m.group_count[j]
    exit0, exit1 = m.exit0[j], m.exit0[j + 1]
    horizon = n.arrivals.shape[1]
    stage, target, settled = int(n.stage[j]), -1, 0.0
    row0 = m.stage0[j]
    finite = False
    for x in range(exit0, exit1):
        s.out[x - exit0] = 0.0
        s.blocked[x - exit0] = 1 if n.room_veh[x] < 1.0 and n.drain_vps[x] <= 0.01 else 0
        if n.room_veh[x] < 100.0:
            finite = True
    for g in range(groups):
        s.people[g] = n.people[j, g]
        s.ended[g] = -n.ended_s[j, g]
        s.start[g] = NEVER
        if n.green_s[j, g] >= 0:
            s.show[g] = m.green[row0 + stage, g]
            s.begin[g] = -n.green_s[j, g]
        else:
            s.show[g] = RED
            s.begin[g] = LONG_AGO
    for l in range(lane0, lane1):
        i = l - lane0
        s.queue[i], s.moved[i], s.mask[i], s.mass[i], s.open[i], s.head_free[i] = 0.0, 0.0, 0, 0.0, 1.0, 0.0
    _serve(m, n, w, s, j, 0.0)
    for l in range(lane0, lane1):
        s.tokens[l - lane0] = n.ready_veh[l]
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
                if s.start[g] <= now + 1e-3:
                    if s.show[g] == RED:
                        s.begin[g] = now
                        if m.kind[j, g] == PEOPLE:
                            s.people[g] = 0.0
                    s.show[g] = m.green[row0 + target, g]
                    s.start[g] = NEVER
                    dirty = True
            if now >= settled - 1e-3:
                stage, target = target, -1
            dirty = True
        if finite:
            for x in range(exit0, exit1):
                full = 1 if s.out[x - exit0] + 0.999 > n.room_veh[x] + n.drain_vps[x] * now else 0
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
            q = s.queue[i]
            weight = m.lane_weight[l]
            if s.mass[i] <= 0.0:
                cost += w.stop_s * a * weight
                s.moved[i] = 0.0
                q += a
            else:
                if q > 0.5:
                    cost += w.stop_s * a * weight
                flow = n.flow_vps[l]
                s.tokens[i] = min(s.tokens[i] + flow, 1.0 + flow)
                free = s.open[i]
                pace = 1.0
                if s.slow[i] > 0.0:
                    pace = 1.0 - s.slow[i] / s.mass[i]
                    yields = True
                m_ = min(q + a, max(s.tokens[i], 0.0)) * pace
                s.tokens[i] -= m_
                m_ *= free
                if s.mass[i] < 0.999:
                    s.open[i] *= 1.0 - (1.0 - s.mass[i]) * min(1.0, m_ / max(free, 1e-3))
                    if m_ > 0.0:
                        s.head_free[i] += m_
                s.moved[i] = m_
                q = q + a - m_
                if m_ > 0.0 and (finite or record):
                    for e in range(m.entry0[l], m.entry0[l + 1]):
                        x = m.entry_exit[e]
                        if x >= 0 and s.mass[i] > 0 and (s.show[m.entry_group[e]] != RED):
                            part = m_ * n.share[e] / s.mass[i]
                            s.out[x] += part
                            if record:
                                trace[x, t] += part
            s.queue[i] = q
            cost += q * weight
        for g in range(groups):
            if m.kind[j, g] == PEOPLE:
                if s.show[g] == RED:
                    s.people[g] += n.people_vps[j, g]
                    cost += w.person * s.people[g]
            elif s.show[g] == RED and n.red_s[j, g] > 0.0 and s.begin[g] <= 0.0:
                part = (n.red_s[j, g] + now) / m.max_red_s[j]
                cost += w.fairness * part * part * part
        if cost >= bound:
            return cost
    for l in range(lane0, lane1):
        i = l - lane0
        q = s.queue[i]
        if q > 0.0:
            rest = q * q / (2.0 * n.flow_vps[l])
            if s.mass[i] < 0.999 or target >= 0:
                rest += q * w.after_s
            cost += rest * m.lane_weight[l]
    for g in range(groups):
        if m.kind[j, g] == PEOPLE and s.show[g] == RED:
            cost += w.person * s.people[g] * w.after_s
    return cost
