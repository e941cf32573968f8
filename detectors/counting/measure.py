"""Each lane as controllers know it, from who is seen in it."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.camera.site import LaneRole, Zone
from detectors.counting.lanes import LaneMap, WatchedLane
from detectors.counting.results import SeenTrack
from detectors.lane_traffic.watch import LaneTraffic
from detectors.observation import (
    CrossingObservation,
    ExitObservation,
    LaneObservation,
    Quality,
    SeenVehicle,
    VehicleClass,
    queue_of,
)
from detectors.vision.road_users import AS_VEHICLE, RoadUser

UNKNOWN_SPACE_M = 7.0
"""Road that a standing vehicle takes up with the gap before it, where nothing is calibrated."""
UNKNOWN_MPS = 8.0
"""Speed of what moves, where nothing is calibrated: enough not to be taken for a queue."""


class LaneMeasure:
    """Counts go on for the life of the camera, whatever becomes of its images."""

    def __init__(self) -> None:
        self._passed: dict[str, dict[VehicleClass, int]] = {}
        self._waiting_since_s: dict[str, dict[int, float]] = {}

    def passed(self, lane: str, kind: RoadUser) -> None:
        """Somebody crossed the stop line of ``lane``."""
        counts = self._passed.setdefault(lane, {})
        vehicle = AS_VEHICLE[kind]
        counts[vehicle] = counts.get(vehicle, 0) + 1

    def lanes(self, lanes: LaneMap, time_s: float, tracks: Sequence[SeenTrack], quality: Quality, reason: str,
              traffic: LaneTraffic | None = None) -> dict[str, LaneObservation]:
        """By lane, the approaches: of who is followed along its lane in ``traffic``, where there is such; else of ``tracks``."""
        seen: dict[str, LaneObservation] = {}
        for lane in lanes.lanes:
            if lane.role is not LaneRole.APPROACH:
                continue
            vehicles = _vehicles(lane, tracks) if traffic is None else traffic.vehicles(lane.id)
            queue_veh, queue_m = queue_of(vehicles)
            covered_m = sum(v.length_m for v in vehicles)
            seen[lane.id] = LaneObservation(lane.id, time_s, lane.range_m, vehicles, queue_veh, max(0.0, queue_m),
                                            min(1.0, covered_m / lane.range_m), dict(self._passed.get(lane.id, {})), quality,
                                            reason)
        return seen

    def exits(self, lanes: LaneMap, time_s: float, tracks: Sequence[SeenTrack]) -> dict[str, ExitObservation]:
        """By lane, the exits."""
        seen: dict[str, ExitObservation] = {}
        for lane in lanes.lanes:
            if lane.role is LaneRole.EXIT:
                vehicles = _vehicles(lane, tracks)
                standing = [v for v in vehicles if v.speed_mps < 0.5]
                free_m = min((max(0.0, v.distance_m) for v in standing), default=lane.range_m)
                seen[lane.id] = ExitObservation(lane.id, time_s, lane.range_m, len(vehicles), len(standing), free_m,
                                                sum(self._passed.get(lane.id, {}).values()))
        return seen

    def crossings(self, lanes: LaneMap, time_s: float, tracks: Sequence[SeenTrack]) -> dict[str, CrossingObservation]:
        """By signal group, the places where people wait."""
        seen: dict[str, CrossingObservation] = {}
        for zone in lanes.zones:
            if zone.kind == "waiting" and zone.group is not None:
                waiting, longest_s = self._waiting(zone, lanes, time_s, tracks)
                before = seen.get(zone.group)
                seen[zone.group] = CrossingObservation(zone.group, time_s, waiting + (before.waiting if before else 0),
                                                       max(longest_s, before.longest_wait_s if before else 0.0))
        return seen

    def _waiting(self, zone: Zone, lanes: LaneMap, time_s: float, tracks: Sequence[SeenTrack]) -> tuple[int, float]:
        since = self._waiting_since_s.get(zone.name, {})
        here = {t.track: since.get(t.track, time_s) for t in tracks
                if t.kind is RoadUser.PEDESTRIAN and lanes.in_zone(zone.name, *t.foot)}
        self._waiting_since_s[zone.name] = here
        return len(here), max((time_s - s for s in here.values()), default=0.0)


def _vehicles(lane: WatchedLane, tracks: Sequence[SeenTrack]) -> tuple[SeenVehicle, ...]:
    here = [t for t in tracks if t.lane == lane.id]
    if not lane.on_ground:
        return _in_order(lane, here)
    found = []
    for t in here:
        if t.distance_m is None or not -1.0 <= t.distance_m <= lane.range_m:
            continue
        speed = t.speed_mps if t.speed_mps is not None else 0.0 if t.standing_s > 0 else lane.limit_mps
        found.append(SeenVehicle(max(0.0, t.distance_m), speed, AS_VEHICLE[t.kind], t.length_m))
    return tuple(sorted(found, key=lambda v: v.distance_m))


def _in_order(lane: WatchedLane, here: list[SeenTrack]) -> tuple[SeenVehicle, ...]:
    """Without a ground plane nobody knows metres; who is nearest to the stop line is known still, and who stands."""
    ordered = sorted(here, key=lambda t: abs(lane.stop.side_px(*t.foot)))
    return tuple(SeenVehicle(i * UNKNOWN_SPACE_M, 0.0 if t.standing_s > 0 else UNKNOWN_MPS, AS_VEHICLE[t.kind], t.length_m)
                 for i, t in enumerate(ordered))
