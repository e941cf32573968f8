"""One plan played through the model of one junction, second by second, compiled.

Vehicles reach the stop line at the second the estimate says, wait in a point queue, and leave at the lane's saturation flow after
its start-up loss (HCM). Clearance is exact: each group starts when all its intergreens have run, as in the cabinet.
"""

from __future__ import annotations

from controller.predictive.arrays import (
    BEGUN,
    DRAIN_VPS,
    ENDED,
    ENDED_S,
    FLOW_VPS,
    GONE,
    GREEN_S,
    LONG_AGO,
    MASS,
    MOVED,
    NEVER,
    OPEN,
    PEOPLE_N,
    PEOPLE_VPS,
    QUEUE,
    RED_S,
    ROOM_VEH,
    SHARE,
    SHOWS_FROM,
    SLOW,
    TOKENS,
    WAITING,
    Now,
    Scratch,
    Weights,
)
from controller.predictive.clearance import begin_transition, may_leave_at
from controller.predictive.compiled import compiled
from controller.predictive.discharge import give_way, serve
from controller.predictive.model import (
    ENTRY0,
    EXIT,
    EXIT0,
    GROUP,
    GROUPS,
    KIND_OF,
    LANE0,
    MAX_RED_S,
    PEOPLE,
    RED,
    STAGE0,
    Array,
    Model,
)
from controller.predictive.tail import best_next


@compiled
def play(m: Model, n: Now, w: Weights, s: Scratch, j: int, at1: int, stage1: int, bound: float, trace: Array,
         record: bool) -> float:
    """Cost of a plan, vehicle seconds: ``stage1`` asked for in second ``at1``, then whatever moves most. Greens whose clearance
    is longer than the others' end earlier by as much. With ``stage1`` -1 the present stage stays until ``at1``. Stops early, at
    a cost of at least ``bound``, once it is that bad.

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
        s.group[g, WAITING] = n.group[j, g, PEOPLE_N]
        s.group[g, ENDED] = -n.group[j, g, ENDED_S]
        s.group[g, SHOWS_FROM] = NEVER
        if n.group[j, g, GREEN_S] >= 0:
            s.show[g] = m.green[row0 + stage, g]
            s.group[g, BEGUN] = -n.group[j, g, GREEN_S]
        else:
            s.show[g] = RED
            s.group[g, BEGUN] = LONG_AGO
    for lane in range(lane0, lane1):
        i = lane - lane0
        s.mask[i], s.lane[i, QUEUE], s.lane[i, MOVED], s.lane[i, MASS], s.lane[i, GONE] = 0, 0.0, 0.0, 0.0, 0.0
        s.lane[i, OPEN], s.lane[i, TOKENS] = 1.0, 0.0
    serve(m, n, w, s, j, 0.0)
    cost, scripted, dirty = 0.0, 0 if stage1 >= 0 else 2, False
    yields = False
    for t in range(horizon):
        now = float(t)
        if target < 0:
            wish = -1
            if scripted == 0:
                part = m.drop[row0 + stage, stage1]
                if t >= at1:
                    wish = stage1
                elif part >= 0 and t >= at1 - m.lead_s[row0 + stage, stage1] and may_leave_at(m, s, j, part, now):
                    wish = part
            elif t >= at1 and t % 2 == 0:
                wish = best_next(m, n, w, s, j, stage, t)
                if wish >= 0 and m.drop[row0 + stage, wish] >= 0 and may_leave_at(m, s, j, m.drop[row0 + stage, wish], now):
                    wish = m.drop[row0 + stage, wish]
            if wish >= 0:
                if wish == stage1:
                    scripted = 2
                if wish != stage:
                    settled = begin_transition(m, s, j, wish, now)
                    target = wish
                    dirty = True
        if target >= 0:
            for g in range(groups):
                if s.group[g, SHOWS_FROM] <= now + 1e-3:
                    if s.show[g] == RED:
                        s.group[g, BEGUN] = now
                        if m.group[j, g, KIND_OF] == PEOPLE:
                            s.group[g, WAITING] = 0.0
                    s.show[g] = m.green[row0 + target, g]
                    s.group[g, SHOWS_FROM] = NEVER
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
        if dirty:
            serve(m, n, w, s, j, now)
            dirty, yields = target >= 0, False
        elif yields and t % 2 == 0:
            give_way(m, n, w, s, j, now)
            yields = False
        for lane in range(lane0, lane1):
            i = lane - lane0
            a = n.arrivals[lane, t]
            q = s.lane[i, QUEUE]
            weight = m.weight[lane]
            if s.lane[i, MASS] <= 0.0:
                cost += w.stop_s * a * weight
                s.lane[i, MOVED] = 0.0
                q += a
            else:
                if q > 0.5:
                    cost += w.stop_s * a * weight
                flow = n.lane[lane, FLOW_VPS]
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
                s.lane[i, GONE] += m_
                s.lane[i, MOVED] = m_
                q = q + a - m_
                if m_ > 0.0 and (finite or record):
                    for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
                        x = m.entry[e, EXIT]
                        if x >= 0 and s.lane[i, MASS] > 0 and (s.show[m.entry[e, GROUP]] != RED):
                            part = m_ * n.entry[e, SHARE] / s.lane[i, MASS]
                            s.out[x] += part
                            if record:
                                trace[x, t] += part
            s.lane[i, QUEUE] = q
            cost += q * weight
        k = 0
        while s.people[k] >= 0:
            g = s.people[k]
            if s.show[g] == RED:
                s.group[g, WAITING] += n.group[j, g, PEOPLE_VPS]
                cost += w.person * s.group[g, WAITING]
                if n.group[j, g, RED_S] > 0.0 and s.group[g, BEGUN] <= 0.0:
                    late = (n.group[j, g, RED_S] + now) / m.site[j, MAX_RED_S]
                    cost += w.fairness * late * late * late
            k += 1
        if cost >= bound:
            return cost
    for lane in range(lane0, lane1):
        i = lane - lane0
        q = s.lane[i, QUEUE]
        if q > 0.0:
            rest = q * q / (2.0 * n.lane[lane, FLOW_VPS])
            if s.lane[i, MASS] < 0.999 or target >= 0:
                rest += q * w.after_s
            cost += rest * m.weight[lane]
    for g in range(groups):
        if m.group[j, g, KIND_OF] == PEOPLE and s.show[g] == RED:
            cost += w.person * s.group[g, WAITING] * w.after_s
    return cost
