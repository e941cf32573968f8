"""How a plan goes on after its scripted part: always with the stage that moves most, clearance counted.

The index of a stage, vehicles moved over the seconds it takes to clear, change and serve them, is that of Laemmer and Helbing
(2008), Self-control of traffic lights and vehicle flows in urban road networks, J. Stat. Mech. P04019.
"""

from __future__ import annotations

from controller.predictive.arrays import FLOW_VPS, OPEN, QUEUE, SHARE, WAITING, Now, Scratch, Weights
from controller.predictive.clearance import may_leave_at
from controller.predictive.compiled import compiled
from controller.predictive.model import (
    ENTRY0,
    EXIT,
    EXIT0,
    GROUP,
    GROUPS,
    KIND_OF,
    LANE0,
    LEAST_S,
    PEOPLE,
    RED,
    SETTLE_S,
    STAGE0,
    YIELDS,
    Model,
)

MOST_GREEN_S = 40.0
"""A stage that starts is credited with what leaves in so many seconds at most."""


@compiled
def prepare(m: Model, n: Now, s: Scratch, j: int) -> None:
    """What does not change while plans of junction ``j`` are played: once a search."""
    first, lane0 = m.junction[j, STAGE0], m.junction[j, LANE0]
    count = 0
    for g in range(m.junction[j, GROUPS]):
        if m.group[j, g, KIND_OF] == PEOPLE:
            s.people[count] = g
            count += 1
    s.people[count] = -1
    for lane in range(lane0, m.junction[j + 1, LANE0]):
        for p in range(m.junction[j + 1, STAGE0] - first):
            s.serves[p, lane - lane0] = 0.0
            for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
                s.serves[p, lane - lane0] += _served(n, e, m.green[first + p, m.entry[e, GROUP]])


@compiled
def _served(n: Now, e: int, shown: int) -> float:
    """Share of its lane's vehicles that entry ``e`` lets go in the tail's reckoning: half of those who have to yield."""
    if shown == RED:
        return 0.0
    share = n.entry[e, SHARE]
    return share * 0.5 if shown == YIELDS and share > 0.1 else share


@compiled
def worth_of(m: Model, n: Now, w: Weights, s: Scratch, j: int, here: int, stage: int, t: int, full: bool) -> float:
    """Vehicles a second that ``stage`` would move when it follows ``here`` (or stays), clearance and minimum green counted: what
    the plan's tail goes by. ``full`` where some exit has no room."""
    lane0 = m.junction[j, LANE0]
    row = m.junction[j, STAGE0] + stage
    horizon = n.arrivals.shape[1]
    running = stage == here
    settle, clear = 0.0, 0.0
    if not running:
        settle = m.change[m.junction[j, STAGE0] + here, stage, SETTLE_S]
        clear = max(0.0, m.change[m.junction[j, STAGE0] + here, stage, LEAST_S])
    until = min(horizon, t + int(settle + w.look_s) + 1)
    demand = 0.0
    for lane in range(lane0, m.junction[j + 1, LANE0]):
        i = lane - lane0
        mass = s.serves[stage, i]
        if mass <= 0.0:
            continue
        if full:
            for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
                x = m.entry[e, EXIT]
                if x >= 0 and s.blocked[x] != 0:
                    mass -= _served(n, e, m.green[row, m.entry[e, GROUP]])
            if mass <= 1e-6:
                continue
        waiting = s.lane[i, QUEUE] + n.total[lane, until] - n.total[lane, t]
        if waiting <= 0.05:
            continue
        served = waiting * mass
        flow = n.lane[lane, FLOW_VPS]
        if running:
            if mass < 0.999:
                served *= s.lane[i, OPEN]
            served = min(served, flow * w.look_s)
        else:
            served = min(served, flow * MOST_GREEN_S)
            clear = max(clear, served / flow)
        demand += served * m.weight[lane]
    k = 0
    while s.people[k] >= 0:
        g = s.people[k]
        if m.green[row, g] != RED and s.show[g] == RED:
            demand += w.person * s.group[g, WAITING]
        k += 1
    if running:
        return demand / w.look_s
    return demand / (settle + max(clear, w.look_s))


@compiled
def best_next(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int) -> int:
    """The stage a plan goes to next after its scripted part: the one that moves most; -1 to stay."""
    row = m.junction[j, STAGE0]
    full = False
    for x in range(m.junction[j + 1, EXIT0] - m.junction[j, EXIT0]):
        full = full or s.blocked[x] != 0
    best, worth = -1, max(worth_of(m, n, w, s, j, stage, stage, t, full) * w.keep, 1e-3)
    for other in range(m.junction[j + 1, STAGE0] - row):
        if m.change[row + stage, other, LEAST_S] < 0.0 or not may_leave_at(m, s, j, other, float(t)):
            continue
        value = worth_of(m, n, w, s, j, stage, other, t, full)
        if value > worth:
            best, worth = other, value
    return best
