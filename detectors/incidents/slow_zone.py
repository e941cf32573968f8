"""Traffic in a lane far slower than it usually drives there, for longer than a red light explains.

On an approach a red light makes those slow who come to it, and its end those who stood. So nobody counts near a queue, nor soon
after he stood in one; and near the stop line only who is far slower than braking for it would make him, or drives on unhindered.
On an exit everybody counts: nobody waits there for this junction's signal.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from detectors.incidents.incident import IncidentKind, Place
from detectors.incidents.moment import Moment
from detectors.incidents.queues import at_line, onward_m
from detectors.incidents.scene import LaneView
from detectors.incidents.trail import Trail

LEARN_VEHICLES = 15
UNLEARNT_SHARE = 0.7
"""Of the speed limit, taken as usual where a calibrated camera has not seen enough vehicles yet."""
OVER_S = 2.0
QUEUE_NEAR_M = 30.0
LINE_NEAR_M, LINE_M = 45.0, 15.0
"""Nearer than the first somebody may brake for the stop line; nearer than the second he counts in no case."""
BRAKES_MPS2, SLOWER = 0.8, 0.5
"""As gently as anybody brakes; and far slower is less than this share of the speed from which that ends at the line."""
UNHINDERED = 0.6
"""Share of what is usual."""
SEEN_SHARE, SEEN_SHARE_EXIT = 0.25, 0.6
"""Of the time in which it must have been slow, somebody who counts was there: on an approach in a short piece of road alone."""
STOOD_S = 20.0
"""Who stood for two seconds is no slow traffic so long afterwards, nor is who drives behind him."""
SPEEDS, VEHICLES = 300, 500
"""Speeds kept of one vehicle, the last ones, and vehicles of one lane of which speeds are kept: nobody drives in a camera's view
for longer, but some stand in it for hours."""


@dataclass(slots=True)
class _Lane:
    passed: deque[float] = field(default_factory=lambda: deque(maxlen=200))
    speeds: dict[int, deque[float]] = field(default_factory=dict)
    stood_s: dict[int, float] = field(default_factory=dict)
    """When somebody stood last."""
    looks: deque[tuple[float, float, frozenset[int]]] = field(default_factory=deque)
    incident: int | None = None
    well_s: float | None = None


class SlowZone:
    """Watches for :attr:`IncidentKind.SLOW_ZONE`, lane by lane."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    def forget(self) -> None:
        self._lanes.clear()

    def see(self, moment: Moment) -> None:
        by_lane: dict[str, list[Trail]] = {}
        for trail in moment.trails.seen.values():
            if trail.lane is not None and trail.four_wheels and trail.moved:
                by_lane.setdefault(trail.lane.id, []).append(trail)
        for view in moment.scene.lanes:
            known = self._lanes.setdefault(view.id, _Lane())
            there = by_lane.get(view.id, [])
            known.stood_s = {key: at_s for key, at_s in known.stood_s.items() if moment.time_s - at_s < STOOD_S}
            known.stood_s.update((t.key, moment.time_s) for t in there if t.stands())
            speeds = [(t, s) for t in there if (s := t.speed_mps(OVER_S)) is not None]
            usual_mps = self._usual_mps(moment, view, known)
            counted = [(t, s) for t, s in speeds if self._counts(moment, view, known, t, s, there, usual_mps)]
            for trail, speed in counted:
                known.speeds.setdefault(trail.key, deque(maxlen=SPEEDS)).append(speed)
            while len(known.speeds) > VEHICLES:
                del known.speeds[next(iter(known.speeds))]
            self._learn(moment, known)
            self._judge(moment, view, known, counted, usual_mps)

    def _counts(self, moment: Moment, view: LaneView, known: _Lane, trail: Trail, speed_mps: float, there: list[Trail],
                usual_mps: float | None) -> bool:
        if not view.approach:
            return True
        if speed_mps < moment.limits.crawl_mps or at_line(moment, trail):
            return False
        away_m = -trail.beyond_line_m(view)
        if away_m < LINE_NEAR_M and (usual_mps is None or not self._unexplained(away_m, speed_mps, usual_mps)
                                     or trail.key in known.stood_s):
            return False
        return not any((t.stands(3.0) or (away_m < LINE_NEAR_M and t.key in known.stood_s))
                       and 0 < onward_m(trail, t) <= QUEUE_NEAR_M * moment.stretch for t in there)

    @staticmethod
    def _unexplained(away_m: float, speed_mps: float, usual_mps: float) -> bool:
        """Whether nobody drives so ``away_m`` before a stop line because he brakes for it."""
        if away_m < LINE_M:
            return False
        return speed_mps >= UNHINDERED * usual_mps or speed_mps <= SLOWER * math.sqrt(2 * BRAKES_MPS2 * away_m)

    def _learn(self, moment: Moment, known: _Lane) -> None:
        for trail in moment.trails.gone:
            speeds = known.speeds.pop(trail.key, None)
            if speeds and known.incident is None:
                known.passed.append(float(np.median(speeds)))

    def _usual_mps(self, moment: Moment, view: LaneView, known: _Lane) -> float | None:
        """What three of four vehicles stay below: how they drive when nothing keeps them."""
        if len(known.passed) >= LEARN_VEHICLES:
            return float(np.percentile(known.passed, 75))
        return UNLEARNT_SHARE * view.lane.speed_limit_mps if moment.scene.calibrated else None

    def _judge(self, moment: Moment, view: LaneView, known: _Lane, counted: list[tuple[Trail, float]],
               usual_mps: float | None) -> None:
        limits = moment.limits
        if counted:
            known.looks.append((moment.time_s, sum(s for _, s in counted) / len(counted), frozenset(t.key for t, _ in counted)))
        while known.looks and moment.time_s - known.looks[0][0] > limits.slow_s:
            known.looks.popleft()
        if usual_mps is None:
            return
        if known.incident is not None:
            self._perhaps_over(moment, known, usual_mps, counted)
            return
        looks = known.looks
        # Somebody must have been there for much of the time, and not one vehicle only.
        least_s = (SEEN_SHARE if view.approach else SEEN_SHARE_EXIT) * limits.slow_s
        if len(looks) * moment.step_s < least_s or not looks or moment.time_s - looks[0][0] < 0.9 * limits.slow_s:
            return
        who: set[int] = set().union(*(keys for _, _, keys in looks))
        mean_mps = sum(s for _, s, _ in looks) / len(looks)
        if len(who) < limits.slow_vehicles or mean_mps >= limits.slow_share * usual_mps:
            return
        # What is over already is not told any more.
        if looks[-1][1] >= limits.slow_over_share * usual_mps:
            return
        boxes = [t.box for t, _ in counted] or [(0.0, 0.0, float(moment.scene.width), float(moment.scene.height))]
        left, top, right, bottom = zip(*boxes, strict=True)
        known.incident = moment.ledger.begin(
            IncidentKind.SLOW_ZONE, looks[0][0], moment.time_s,
            Place(view.id, None, (min(left), min(top), max(right), max(bottom))),
            min(0.9, 0.5 + 0.5 * (1 - mean_mps / (limits.slow_share * usual_mps))) * (1.0 if moment.scene.calibrated else 0.8),
            f"{len(who)} vehicles drive at {100 * mean_mps / usual_mps:.0f} % of what is usual in lane {view.id}",
            detail={"mean_mps": round(mean_mps, 1), "usual_mps": round(usual_mps, 1), "vehicles": float(len(who))})

    def _perhaps_over(self, moment: Moment, known: _Lane, usual_mps: float, counted: list[tuple[Trail, float]]) -> None:
        slow = bool(counted) and sum(s for _, s in counted) / len(counted) < moment.limits.slow_over_share * usual_mps
        if slow:
            known.well_s = None
            return
        known.well_s = moment.time_s if known.well_s is None else known.well_s
        if moment.time_s - known.well_s >= moment.limits.slow_s / 2 and known.incident is not None:
            moment.ledger.end(known.incident, known.well_s, "traffic drives as usual" if counted else "the lane is empty")
            known.incident, known.well_s = None, None
            known.looks.clear()
