"""Traffic that exists on a cabinet's detectors alone: queues that grow at random and leave on green, so that whoever decides has
something to decide on."""

from __future__ import annotations

import random

from signal_drivers.junction import Junction
from signal_drivers.status import Head
from signal_drivers.wire.report import DetectorReport

HEADWAY_S, SPACE_M = 2.0, 7.5
"""Time and road between vehicles that leave a queue (HCM: saturation flow about 1800 veh/h)."""
LANE_VPH = 220.0


class PhantomTraffic:
    """Of one junction, from a seed. :meth:`step` once a second or so; ``vph`` arrive on each lane."""

    def __init__(self, junction: Junction, seed: int, vph: float = LANE_VPH) -> None:
        self._dice, self._vph = random.Random(f"{junction.id}/{seed}"), vph
        lanes = {lane.id: lane for lane in junction.lanes}
        self._rows = [([junction.index[g] for g in lanes[d.lane].groups], d.range_m) for d in junction.detectors]
        self._queue = [0] * len(self._rows)
        self._count = [0] * len(self._rows)
        self._left_s = [0.0] * len(self._rows)
        self._now_s: float | None = None

    def step(self, heads: tuple[Head, ...], now_s: float) -> tuple[DetectorReport, ...]:
        """Let time pass to ``now_s`` under ``heads``; what the detectors say then."""
        passed_s = now_s - self._now_s if self._now_s is not None else 0.0
        self._now_s = now_s
        told = []
        for i, (groups, range_m) in enumerate(self._rows):
            self._queue[i] += self._dice.random() < passed_s * self._vph / 3600
            if any(heads[g].is_green for g in groups):
                while self._queue[i] and self._left_s[i] + HEADWAY_S <= now_s:
                    self._queue[i] -= 1
                    self._count[i] += 1
                    self._left_s[i] = max(self._left_s[i] + HEADWAY_S, now_s - HEADWAY_S)
            else:
                self._left_s[i] = now_s
            seen = min(self._queue[i], int(range_m / SPACE_M))
            told.append(DetectorReport(self._count[i], seen, min(1.0, seen * SPACE_M / range_m), 0.0, seen * SPACE_M))
        return tuple(told)
