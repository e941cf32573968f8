"""What the lanes can discharge under the heads of one second.

On a lane that several signal groups serve, a driver whose group is red blocks those behind him: ``open`` is the probability that
nobody does. Yielding movements discharge by gap acceptance against what the model itself lets through in the other lanes (HCM:
exp(-flow x critical gap)). A movement whose exit is full stands still.
"""

from __future__ import annotations

import numpy as np

from controller.predictive.arrays import (
    BEGUN,
    ENDED,
    FLOW_VPS,
    GONE,
    HEAD,
    LOST_VEH,
    MASS,
    MOVED,
    OPEN,
    PEOPLE_N,
    QUEUE,
    SHARE,
    SLOW,
    TOKENS,
    Now,
    Scratch,
    Weights,
)
from controller.predictive.compiled import compiled
from controller.predictive.model import (
    ENTRY0,
    EXIT,
    FOE0,
    FOE_ENTRY,
    FOE_LANE,
    GROUP,
    KIND_OF,
    LANE0,
    PEOPLE,
    RED,
    YIELDS,
    Model,
)


@compiled
def serve(m: Model, n: Now, w: Weights, s: Scratch, j: int, t: float) -> None:
    """What each lane can discharge under the heads of second ``t``: served share, yielding part, state of its head."""
    lane0 = m.junction[j, LANE0]
    for lane in range(lane0, m.junction[j + 1, LANE0]):
        i = lane - lane0
        mass, slow, heads, mask, bit, every = 0.0, 0.0, 0.0, 0, 1, True
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            g = m.entry[e, GROUP]
            shown = s.show[g]
            running = shown != RED or (m.group[j, g, KIND_OF] != PEOPLE and t - s.group[g, ENDED] < w.yellow_s)
            x = m.entry[e, EXIT]
            if running and (x < 0 or s.blocked[x] == 0):
                mass += n.entry[e, SHARE]
                heads += n.entry[e, HEAD]
                mask |= bit
                if shown == YIELDS:
                    slow += n.entry[e, SHARE] * crowd(m, n, w, s, j, e, t)
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
                s.lane[i, TOKENS] = -n.lane[lane, LOST_VEH] if s.lane[i, QUEUE] > 0.5 else 0.0
            s.mask[i] = mask
        s.lane[i, MASS] = mass
        s.lane[i, SLOW] = slow


@compiled
def give_way(m: Model, n: Now, w: Weights, s: Scratch, j: int, t: float) -> None:
    """Brings up to date what those who yield lose, while the heads stay as they were."""
    lane0 = m.junction[j, LANE0]
    for lane in range(lane0, m.junction[j + 1, LANE0]):
        i = lane - lane0
        if s.lane[i, SLOW] <= 0.0:
            continue
        slow, bit = 0.0, 1
        for e in range(m.lane[lane, ENTRY0], m.lane[lane + 1, ENTRY0]):
            if s.mask[i] & bit != 0 and s.show[m.entry[e, GROUP]] == YIELDS:
                slow += n.entry[e, SHARE] * crowd(m, n, w, s, j, e, t)
            bit <<= 1
        s.lane[i, SLOW] = slow


@compiled
def crowd(m: Model, n: Now, w: Weights, s: Scratch, j: int, e: int, t: float) -> float:
    """Share of its capacity, 0..1, that yielding entry ``e`` loses to those it gives way to."""
    lane0 = m.junction[j, LANE0]
    row, horizon = int(t), n.arrivals.shape[1]
    flow = 0.0
    for f in range(m.entry[e, FOE0], m.entry[e + 1, FOE0]):
        foe = m.foe[f, FOE_ENTRY]
        if s.show[m.entry[foe, GROUP]] == RED:
            continue
        lane = m.foe[f, FOE_LANE]
        coming = (n.total[lane, min(row + 3, horizon)] - n.total[lane, row]) / 3.0
        flow += n.entry[foe, SHARE] * max(s.lane[lane - lane0, MOVED], min(coming, n.lane[lane, FLOW_VPS]))
    people = 0.0
    g = m.entry[e, GROUP]
    k = 0
    while s.people[k] >= 0:
        h = s.people[k]
        if s.show[h] != RED and m.intergreen[j, g, h] >= 0:
            # Those who waited cross in the first seconds of their green.
            age = t - s.group[h, BEGUN]
            people = max(people, 0.7 if (age < 8.0 and n.group[j, h, PEOPLE_N] > 0) else 0.1)
        k += 1
    return 1.0 - np.exp(-flow * w.gap_s) * (1.0 - people)
