"""Control delay of a plan by the Highway Capacity Manual's formula, stream by stream.

Source: Highway Capacity Manual 2000, chapter 16 (equations 16-9 to 16-12; the same two terms are in HCM 2010 chapter 18 and HCM
6th edition chapter 19)::

    d  = d1 + d2
    d1 = 0.5 C (1 - g/C)^2 / (1 - min(1, X) g/C)                            uniform delay, s/veh
    d2 = 900 T [(X - 1) + sqrt((X - 1)^2 + 8 k I X / (c T))]                incremental delay, s/veh

with cycle C (s), effective green g (s), capacity c (veh/h), degree of saturation X = v / c, analysis period T (h), k = 0.5
for fixed time and I = 1 for a junction by itself. The progression factor is left out (1.0): arrivals are taken as random, so
the delay says nothing of offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from controller.webster import Flows, saturation_vph
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane
from signal_drivers.stages import Stage
from signal_drivers.transitions import green_starts

ANALYSIS_H = 1.0
"""The scenarios' flows are means of an hour."""
K_FIXED_TIME, UPSTREAM_I = 0.5, 1.0
LEAST_CAPACITY_VPH = 1.0

Vector = NDArray[np.float64]


def control_delay_s(cycle_s: Any, saturation: Any, capacity_vph: Any, green_share: Any, analysis_h: float) -> Any:
    """d1 + d2, s/veh, of numbers or of arrays of one shape; ``green_share`` is g / C, 0..1."""
    uniform = 0.5 * cycle_s * (1.0 - green_share) ** 2 / np.maximum(1.0 - np.minimum(1.0, saturation) * green_share, 1e-3)
    over = saturation - 1.0
    spread = 8.0 * K_FIXED_TIME * UPSTREAM_I * saturation / (capacity_vph * analysis_h)
    return uniform + 900.0 * analysis_h * (over + np.sqrt(over**2 + spread))


@dataclass(frozen=True)
class Streams:
    """Streams (groups of one lane with the same stages) of a junction that runs ``stages`` in order; n streams, m stages.

    ``flow_vph`` (n); ``rate_vph`` (n, m) saturation flow of each stream in each stage; ``late_s`` (n, m) seconds from the
    stage's request to the stream's green where the stage begins it, else 0.
    """

    stages: tuple[Stage, ...]
    flow_vph: Vector
    rate_vph: Vector
    late_s: Vector

    def capacity_vph(self, durations: Vector) -> Vector:
        """(n) veh/h for durations (m) s. What the first vehicles lose in starting they gain at the end, in the yellow."""
        green = np.maximum(durations[None, :] - self.late_s, 0.0)
        return np.maximum((self.rate_vph * green).sum(axis=1) / durations.sum(), LEAST_CAPACITY_VPH)

    def saturation(self, durations: Vector) -> Vector:
        """(n) degree of saturation X."""
        return np.asarray(self.flow_vph / self.capacity_vph(durations))

    def delay_s(self, durations: Vector, analysis_h: float = ANALYSIS_H) -> Vector:
        """(n) control delay, s/veh."""
        cycle = durations.sum()
        capacity = self.capacity_vph(durations)
        x = self.flow_vph / capacity
        # Green that a yielding stream cannot use counts by what it lets through.
        share = np.minimum(capacity / np.maximum(self.rate_vph.max(axis=1), LEAST_CAPACITY_VPH), 1.0)
        return np.asarray(control_delay_s(cycle, x, capacity, share, analysis_h))

    def total_delay(self, durations: Vector, analysis_h: float = ANALYSIS_H) -> float:
        """Vehicle-seconds of control delay an hour."""
        return float((self.flow_vph * self.delay_s(durations, analysis_h)).sum())


def streams_of(junction: Junction, stages: Sequence[Stage], flows: Flows) -> Streams:
    """Streams with a flow; groups that no stage serves are left out."""
    flow, rate, late = [], [], []
    starts = [green_starts(junction, stages[i - 1], s) for i, s in enumerate(stages)]
    for lane in junction.lanes:
        for where, groups in _parts(lane, stages).items():
            vph = sum(flows.get((lane.id, g), 0.0) for g in groups)
            if not where or vph <= 0:
                continue
            flow.append(vph)
            rate.append([saturation_vph(junction, lane, groups, s, flows) if i in where else 0.0 for i, s in enumerate(stages)])
            late.append([max((starts[i].get(g, 0.0) for g in groups if g not in stages[i - 1].green), default=0.0)
                         if i in where else 0.0 for i in range(len(stages))])
    shape = (len(flow), len(stages))
    return Streams(tuple(stages), np.array(flow, dtype=float), np.array(rate, dtype=float).reshape(shape),
                   np.array(late, dtype=float).reshape(shape))


def _parts(lane: Lane, stages: Sequence[Stage]) -> dict[tuple[int, ...], list[GroupId]]:
    parts: dict[tuple[int, ...], list[GroupId]] = {}
    for g in lane.groups:
        parts.setdefault(tuple(i for i, s in enumerate(stages) if g in s.green), []).append(g)
    return parts
