"""How a plan goes on after its scripted part: always with the stage that moves most, clearance counted.

The index of a stage, vehicles moved over the seconds it takes to clear, change and serve them, is that of Laemmer and Helbing
(2008), Self-control of traffic lights and vehicle flows in urban road networks, J. Stat. Mech. P04019.
"""

from __future__ import annotations

from controller.predictive.arrays import FLOW_VPS, OPEN, QUEUE, SHARE, WAITING, Now, Scratch, Weights
from controller.predictive.clearance import may_leave_at, settle_in_s
from controller.predictive.compiled import compiled
from controller.predictive.model import (
    ENTRY0,
    EXIT,
    GROUP,
    GROUPS,
    KIND_OF,
    LANE0,
    MIN_GREEN_S,
    PEOPLE,
    RED,
    STAGE0,
    YIELDS,
    Model,
)


@compiled
def worth_of(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int, running: bool) -> float:
    """Vehicles a second that ``stage`` would move, clearance and minimum green counted: what the plan's tail goes by."""
    lane0 = m.junction[j, LANE0]
    row = m.junction[j, STAGE0] + stage
    horizon = n.arrivals.shape[1]
    settle = 0.0 if running else settle_in_s(m, s, j, stage, float(t))
    least = 0.0
    if not running:
        for g in range(m.junction[j, GROUPS]):
            if m.green[row, g] != RED and s.show[g] == RED:
                least = max(least, m.group[j, g, MIN_GREEN_S])
    span = settle + w.look_s
    demand, clear = 0.0, least
    for lane in range(lane0, m.junction[j + 1, LANE0]):
        mass = 0.0
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            shown = m.green[row, m.entry[e, GROUP]]
            x = m.entry[e, EXIT]
            if shown != RED and (x < 0 or s.blocked[x] == 0):
                mass += n.entry[e, SHARE] * (0.5 if shown == YIELDS and n.entry[e, SHARE] > 0.1 else 1.0)
        if mass <= 0.0:
            continue
        i = lane - lane0
        waiting = s.lane[i, QUEUE]
        waiting += n.total[lane, min(horizon, t + int(span) + 1)] - n.total[lane, t]
        if waiting <= 0.05:
            continue
        served = waiting * mass
        if running:
            if mass < 0.999:
                served *= s.lane[i, OPEN]
            served = min(served, n.lane[lane, FLOW_VPS] * w.look_s)
        else:
            served = min(served, n.lane[lane, FLOW_VPS] * 40.0)
            clear = max(clear, served / n.lane[lane, FLOW_VPS])
        demand += served * m.weight[lane]
    for g in range(m.junction[j, GROUPS]):
        if m.group[j, g, KIND_OF] == PEOPLE and m.green[row, g] != RED and s.show[g] == RED:
            demand += w.person * s.group[g, WAITING]
    if running:
        return demand / w.look_s
    return demand / (settle + max(clear, w.look_s))


@compiled
def best_next(m: Model, n: Now, w: Weights, s: Scratch, j: int, stage: int, t: int) -> int:
    """The stage a plan goes to next after its scripted part: the one that moves most; -1 to stay."""
    row = m.junction[j, STAGE0]
    count = m.junction[j + 1, STAGE0] - row
    best, worth = -1, max(worth_of(m, n, w, s, j, stage, t, True) * w.keep, 1e-3)
    for other in range(count):
        if other == stage or not may_leave_at(m, s, j, other, float(t)):
            continue
        gain = False
        for g in range(m.junction[j, GROUPS]):
            if m.green[row + other, g] != RED and s.show[g] == RED:
                gain = True
                break
        if not gain:
            continue
        value = worth_of(m, n, w, s, j, other, t, False)
        if value > worth:
            best, worth = other, value
    return best
