"""How far what cameras said was from what was there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from detectors.observation import Frame, LaneObservation, SeenVehicle, queue_of

MOVES_MPS = 3.0
"""Slower than this an error in percent says nothing."""
SAME_PLACE_M, SAME_PLACE_SHARE = 4.0, 0.08
"""A vehicle seen this near to where one is, along the lane, is that one; farther from the camera a pixel is longer."""


@dataclass(slots=True)
class LaneErrors:
    """One lane: ``queue_veh`` absolute errors, one a second; ``speeds`` relative errors, signed; ``present`` (seen, there)."""

    lane: str
    range_m: float
    queue_veh: list[float] = field(default_factory=list)
    queue_true_veh: list[float] = field(default_factory=list)
    queue_m: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    present: list[tuple[int, int]] = field(default_factory=list)
    matched: int = 0
    counted: int = 0
    passed: int = 0


class CameraErrors:
    """Compares, once a second, frames of cameras with frames of a perfect feed that counts passages."""

    def __init__(self, ranges_m: Mapping[str, float]) -> None:
        self.lanes = {lane: LaneErrors(lane, range_m) for lane, range_m in ranges_m.items()}

    def note(self, seen: Frame, there: Frame) -> None:
        """What cameras said and what was there at the same moment. Lanes nobody saw yet are passed over."""
        for lane, errors in self.lanes.items():
            try:
                said = seen.lane(lane)
            except KeyError:
                continue
            compare_lane(errors, said, there.lane(lane))

    def figures(self) -> dict[str, Any]:
        """All lanes together, and each: plain values for JSON, None where nothing was to be compared."""
        rows = list(self.lanes.values())
        return _figures(rows) | {"lanes": {r.lane: {"range_m": r.range_m} | _figures([r]) for r in rows}}


def compare_lane(errors: LaneErrors, said: LaneObservation, there: LaneObservation) -> None:
    """Add one moment of one lane; only what is within the camera's range counts."""
    within = tuple(v for v in there.vehicles if 0 <= v.distance_m <= errors.range_m)
    queue_veh, queue_m = queue_of(within)
    errors.queue_veh.append(abs(said.queue_veh - queue_veh))
    errors.queue_true_veh.append(queue_veh)
    errors.queue_m.append(abs(said.queue_m - min(queue_m, errors.range_m)))
    errors.present.append((len(said.vehicles), len(within)))
    for mine, true in pairs(said.vehicles, within):
        errors.matched += 1
        if true.speed_mps >= MOVES_MPS:
            errors.speeds.append((mine.speed_mps - true.speed_mps) / true.speed_mps)
    errors.counted, errors.passed = sum(said.passed.values()), sum(there.passed.values())


def pairs(said: Sequence[SeenVehicle], there: Sequence[SeenVehicle]) -> list[tuple[SeenVehicle, SeenVehicle]]:
    """Who was seen and who it was, one to one, the nearest places first."""
    near = sorted((abs(s.distance_m - t.distance_m), i, k) for i, s in enumerate(said) for k, t in enumerate(there)
                  if abs(s.distance_m - t.distance_m) <= SAME_PLACE_M + SAME_PLACE_SHARE * max(0.0, t.distance_m))
    taken: set[int] = set()
    used: set[int] = set()
    found = []
    for _, i, k in near:
        if i not in used and k not in taken:
            used.add(i)
            taken.add(k)
            found.append((said[i], there[k]))
    return found


def _figures(rows: Sequence[LaneErrors]) -> dict[str, Any]:
    queues = [v for r in rows for v in r.queue_veh]
    speeds = [v for r in rows for v in r.speeds]
    passed = sum(r.passed for r in rows)
    there = sum(t for r in rows for _, t in r.present)
    return {
        "queue_error_veh": _tidy(_mean(queues)), "queue_true_veh": _tidy(_mean(v for r in rows for v in r.queue_true_veh)),
        "queue_error_m": _tidy(_mean(v for r in rows for v in r.queue_m)),
        "speed_error_share": _tidy(_mean(map(abs, speeds))), "speed_bias_share": _tidy(median(speeds) if speeds else math.nan),
        "speeds_compared": len(speeds),
        "seen_share": _tidy(sum(r.matched for r in rows) / there if there else math.nan),
        "invented_share": _tidy((sum(s for r in rows for s, _ in r.present) - sum(r.matched for r in rows)) / there
                                if there else math.nan),
        "counted_veh": sum(r.counted for r in rows), "passed_veh": passed,
        "count_error_share": _tidy(sum(abs(r.counted - r.passed) for r in rows) / passed if passed else math.nan)}


def _mean(values: Iterable[float]) -> float:
    row = list(values)
    return fmean(row) if row else math.nan


def _tidy(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
