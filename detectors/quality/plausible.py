"""Whether counts can be true, judged by what the neighbours count: a camera may look well and still count nothing."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from detectors.observation import Quality

MOST_VPH = 2400.0
"""Beyond this a lane is counted wrongly: a headway of 1.5 s on average is what no lane keeps up (HCM 6th ed.: 2400 pc/h is
the base capacity of a freeway lane at 70 mph and more; saturation at signals is 1900)."""
FASTEST_MPS = 200.0 / 3.6
FLOW_OVER_S = 300.0
SPEEDS_OVER_S = 600.0
ODD_SPEEDS = {Quality.DEGRADED: 0.02, Quality.BAD: 0.1}
LEAST_ODD = 3
FIRST_SHARE = 0.05
"""Of what it and its neighbours carry; assumed of a lane that has never counted."""
SILENT_S = 300.0
"""Two cycles and more: lanes of one approach may have their greens one after another."""
CHANCE = {Quality.DEGRADED: 1e-3, Quality.BAD: 1e-5}
"""How improbable the silence of a lane has to be, beside what its neighbours counted meanwhile."""
KEPT = 0.99
"""A lane's usual share is that of its last hundred vehicles or so."""


class Plausibility(NamedTuple):
    """``reason`` is empty where nothing is wrong. ``flow_vph`` over the last 5 minutes, ``neighbours_counted`` since the lane's
    last vehicle."""

    quality: Quality
    reason: str
    flow_vph: float
    neighbours_counted: int


@dataclass(slots=True)
class _Lane:
    times_s: deque[float] = field(default_factory=deque)
    last_s: float | None = None
    neighbours: int = 0
    own: float = 1.0
    all: float = 1.0 / FIRST_SHARE
    speeds: deque[tuple[float, bool]] = field(default_factory=deque)


class CountPlausibility:
    """Is told every vehicle that is counted and judges lane by lane.

    ``neighbours`` of a lane are those that fill and empty with it: the other lanes of its approach, the lane upstream. Lanes
    fill in turn by their signals, so that a minute of silence is nothing. What speaks is how many the neighbours have
    counted since: if a lane usually has the share p of the traffic of them all, the chance that none of n vehicles is its own
    is (1 − p)^n.
    """

    def __init__(self, neighbours: Mapping[str, Collection[str]]) -> None:
        for lane, beside in neighbours.items():
            for other in beside:
                if other not in neighbours or other == lane:
                    raise ValueError(f"lane {lane}: its neighbour {other!r} is {'itself' if other == lane else 'not known'}")
        self._beside = {lane: tuple(other for other, its in neighbours.items() if lane in its) for lane in neighbours}
        self._lanes = {lane: _Lane() for lane in neighbours}
        self._begun_s = math.inf

    def counted(self, lane: str, time_s: float, speed_mps: float | None = None) -> None:
        """A vehicle crossed the line of ``lane``. Times of one lane do not fall. Raises KeyError for a lane not known."""
        seen = self._lanes[lane]
        self._begun_s = min(self._begun_s, time_s)
        seen.times_s.append(time_s)
        seen.last_s = time_s
        # Of a silence that was no chance only as much teaches as could have been one: else blindness would become usual.
        seen.all = seen.all * KEPT + 1.0 + min(seen.neighbours, _believable(seen, CHANCE[Quality.DEGRADED]))
        seen.own = seen.own * KEPT + 1.0
        seen.neighbours = 0
        for other in self._beside[lane]:
            self._lanes[other].neighbours += 1
        if speed_mps is not None:
            seen.speeds.append((time_s, not 0.0 <= speed_mps <= FASTEST_MPS))
        self._forget(seen, time_s)

    def judge(self, lane: str, now_s: float) -> Plausibility:
        """What to think of the counts of ``lane``. Raises KeyError for a lane not known."""
        seen = self._lanes[lane]
        self._begun_s = min(self._begun_s, now_s)
        self._forget(seen, now_s)
        flow_vph = len(seen.times_s) * 3600.0 / FLOW_OVER_S
        found = [self._too_many(flow_vph), self._too_fast(seen), self._silent(seen, now_s)]
        worst = next((f for q in (Quality.BAD, Quality.DEGRADED) for f in found if f[0] is q), (Quality.GOOD, ""))
        return Plausibility(*worst, flow_vph, seen.neighbours)

    @staticmethod
    def _forget(seen: _Lane, now_s: float) -> None:
        while seen.times_s and seen.times_s[0] <= now_s - FLOW_OVER_S:
            seen.times_s.popleft()
        while seen.speeds and seen.speeds[0][0] <= now_s - SPEEDS_OVER_S:
            seen.speeds.popleft()

    @staticmethod
    def _too_many(flow_vph: float) -> tuple[Quality, str]:
        if flow_vph <= MOST_VPH:
            return Quality.GOOD, ""
        return Quality.BAD, f"counts {flow_vph:.0f} vehicles an hour, more than a lane can carry"

    @staticmethod
    def _too_fast(seen: _Lane) -> tuple[Quality, str]:
        odd = sum(beyond for _, beyond in seen.speeds)
        words = f"{odd} of {len(seen.speeds)} speeds cannot be: beyond 200 km/h"
        for quality in (Quality.BAD, Quality.DEGRADED):
            if odd >= LEAST_ODD and odd >= ODD_SPEEDS[quality] * len(seen.speeds):
                return quality, words
        return Quality.GOOD, ""

    def _silent(self, seen: _Lane, now_s: float) -> tuple[Quality, str]:
        since_s = now_s - (self._begun_s if seen.last_s is None else seen.last_s)
        words = (f"has counted nothing for {since_s / 60:.0f} min while its neighbours counted {seen.neighbours}: "
                 f"blind, or closed")
        for quality in (Quality.BAD, Quality.DEGRADED):
            if since_s >= SILENT_S and seen.neighbours > _believable(seen, CHANCE[quality]):
                return quality, words
        return Quality.GOOD, ""


def _believable(seen: _Lane, chance: float) -> float:
    """How many vehicles of its neighbours a sound lane is silent for with that chance."""
    return math.log(chance) / math.log1p(-min(0.99, seen.own / seen.all))
