"""Numbers of a signal group and of a stage, from the belief about now. Compiled.

All are of the order of one: times are divided by what is long for them, counts of vehicles and people go through log(1 + x), so
that a queue of forty is more than one of twenty and not twice as loud.
"""

from __future__ import annotations

import numpy as np

from controller.learned import columns as c
from controller.learned.columns import ARRIVALS, LOADS, LOADS_S, UPTO_S
from controller.predictive.arrays import (
    DRAIN_VPS,
    ENDED_S,
    FLOW_VPS,
    GREEN_S,
    HEAD,
    LOST_VEH,
    PEOPLE_N,
    PEOPLE_VPS,
    RED_S,
    ROOM_VEH,
    SHARE,
    Now,
)
from controller.predictive.clearance import leave_in_s
from controller.predictive.compiled import compiled
from controller.predictive.model import (
    ENTRY0,
    EXIT,
    EXIT0,
    FOE0,
    FOE_ENTRY,
    FOE_LANE,
    GREEN,
    GROUP,
    GROUPS,
    KIND_OF,
    LANE0,
    LEAST_S,
    MAX_RED_S,
    MIN_GREEN_S,
    PEOPLE,
    RED,
    SETTLE_S,
    STAGE0,
    TRAM,
    VEHICLE,
    YIELDS,
    Array,
    Model,
)

FOE_S = 14
GREEN_LONG_S, ENDED_LONG_S, MIN_LONG_S, LOAD_LONG_S, SETTLE_LONG_S = 60.0, 120.0, 10.0, 30.0, 20.0
ROOM_LONG_VEH = 10.0


@compiled
def fill(m: Model, n: Now, ready: Array, inside: Array, groups: Array, stages: Array, allowed: Array) -> None:
    """``groups[j, g]`` of all junctions; ``stages[j, p]`` and ``allowed[j, p]`` of those in ``ready``. ``inside[j]`` vehicles
    stand in the conflict area."""
    for j in range(groups.shape[0]):
        _groups(m, n, j, groups[j])
    for i in range(ready.shape[0]):
        _stages(m, n, ready[i], inside[ready[i]], stages[ready[i]], allowed[ready[i]])


@compiled
def _groups(m: Model, n: Now, j: int, out: Array) -> None:
    here = m.junction[j, STAGE0] + n.stage[j]
    for g in range(m.junction[j, GROUPS]):
        kind = m.group[j, g, KIND_OF]
        row = out[g]
        row[c.IS_VEHICLE], row[c.IS_PEOPLE], row[c.IS_TRAM] = kind == VEHICLE, kind == PEOPLE, kind == TRAM
        age_s = n.group[j, g, GREEN_S]
        if age_s >= 0:
            row[c.PROTECTED] = m.green[here, g] != YIELDS
            row[c.YIELDING] = m.green[here, g] == YIELDS
            row[c.GREEN_FOR] = min(age_s / GREEN_LONG_S, 2.0)
            row[c.MIN_GREEN_LEFT] = max(0.0, m.group[j, g, MIN_GREEN_S] - age_s) / MIN_LONG_S
        else:
            row[c.ENDED_FOR] = min(n.group[j, g, ENDED_S] / ENDED_LONG_S, 2.0)
            row[c.RED_FOR] = min(n.group[j, g, RED_S] / m.site[j, MAX_RED_S], 2.0)
        row[c.MIN_GREEN] = m.group[j, g, MIN_GREEN_S] / MIN_LONG_S
        if kind == PEOPLE:
            row[c.PEOPLE_WAITING] = np.log1p(n.group[j, g, PEOPLE_N])
            row[c.PEOPLE_COMING] = min(n.group[j, g, PEOPLE_VPS] * 30.0, 3.0)
        row[c.ROOM_BEHIND] = 1.0
    for lane in range(m.junction[j, LANE0], m.junction[j + 1, LANE0]):
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            _entry(m, n, j, lane, e, out[m.entry[e, GROUP]])
    for g in range(m.junction[j, GROUPS]):
        row = out[g]
        for i in range(len(UPTO_S)):
            row[ARRIVALS + i] = np.log1p(row[ARRIVALS + i])
        row[c.FOES_COMING] = np.log1p(row[c.FOES_COMING])


@compiled
def _entry(m: Model, n: Now, j: int, lane: int, e: int, row: Array) -> None:
    """Adds one lane's part to the row of the group it is released by."""
    share, flow_vps = n.entry[e, SHARE], max(n.lane[lane, FLOW_VPS], 0.05)
    horizon = n.arrivals.shape[1]
    for i in range(len(UPTO_S)):
        row[ARRIVALS + i] += share * n.total[lane, min(UPTO_S[i], horizon)]
    for i in range(len(LOADS_S)):
        load_s = (share * n.total[lane, min(LOADS_S[i], horizon)] + n.lane[lane, LOST_VEH]) / flow_vps
        row[LOADS + i] = max(row[LOADS + i], min(load_s / LOAD_LONG_S, 3.0))
    if n.total[lane, 1] > 0.5:
        row[c.AT_THE_HEAD] = max(row[c.AT_THE_HEAD], n.entry[e, HEAD])
    x = m.entry[e, EXIT]
    if x >= 0:
        row[c.ROOM_BEHIND] = min(row[c.ROOM_BEHIND], max(0.0, n.exit[m.junction[j, EXIT0] + x, ROOM_VEH]) / ROOM_LONG_VEH)
        row[c.DRAIN_BEHIND] = max(row[c.DRAIN_BEHIND], min(2.0, n.exit[m.junction[j, EXIT0] + x, DRAIN_VPS] * 2.0))
    row[c.LANES] += 0.25
    row[c.FLOW] += share * flow_vps
    row[c.LARGEST_SHARE] = max(row[c.LARGEST_SHARE], share)
    for f in range(m.entry[e, FOE0], m.entry[e + 1, FOE0]):
        row[c.FOES_COMING] += n.entry[m.foe[f, FOE_ENTRY], SHARE] * n.total[m.foe[f, FOE_LANE], min(FOE_S, horizon)]


@compiled
def _stages(m: Model, n: Now, j: int, inside: float, out: Array, allowed: Array) -> None:
    first, here = m.junction[j, STAGE0], int(n.stage[j])
    for p in range(m.junction[j + 1, STAGE0] - first):
        row = out[p]
        leave_s = leave_in_s(m, n, j, p) if p != here else 0.0
        allowed[p] = 1.0 if leave_s <= 1e-3 else 0.0
        row[c.PRESENT] = p == here
        row[c.SAME_BASE] = m.variant_of[first + p] == m.variant_of[first + here]
        row[c.WHOLE] = m.variant_of[first + p] == p
        row[c.ASKED_IN] = min(leave_s / MIN_LONG_S, 3.0)
        if p != here:
            row[c.SETTLES_IN] = max(0.0, m.change[first + here, p, SETTLE_S]) / SETTLE_LONG_S
            row[c.LEAST_GREEN] = max(0.0, m.change[first + here, p, LEAST_S]) / MIN_LONG_S
        row[c.INSIDE] = np.log1p(inside)
        for g in range(m.junction[j, GROUPS]):
            if m.green[first + p, g] != RED:
                row[c.GROUPS_LET_GO] += 0.1
                # A turn that yields now and would be protected: who waits inside the junction gets out.
                if m.green[first + here, g] == YIELDS and m.green[first + p, g] == GREEN:
                    row[c.PROTECTS] = 1.0
