"""Where in the lanes a detector that knows vehicles by their looks has found some."""

from __future__ import annotations

from collections.abc import Callable

from detectors.camera.site import LaneRole
from detectors.counting.lanes import LaneMap, length_m
from detectors.lane_traffic.watch import LaneTraffic, Sighting
from detectors.vision.detections import Detections
from detectors.vision.road_users import ROAD_USERS

SIGHTED = 0.3
"""Score from which what a detector found is held to be where it says."""
Place = tuple[float, float]


def sightings(found: Detections, lanes: LaneMap, place: Callable[[Place], Place | None],
              exits: LaneTraffic | None) -> list[Sighting]:
    """``place`` gives metres on the road for pixels; ``exits`` are followed there, where anybody is."""
    told = []
    for (left, _, right, bottom), score, kind in zip(found.boxes.tolist(), found.scores.tolist(), found.kinds.tolist(),
                                                     strict=True):
        user, foot = ROAD_USERS[kind], ((left + right) / 2, bottom)
        lane = lanes.lane_at(*foot) if user.drives and score >= SIGHTED else None
        away_m = lane.distance_m(place(foot), length_m(user, None)) if lane is not None else None
        if lane is not None and away_m is not None:
            if lane.role is LaneRole.EXIT and exits is not None:
                away_m = exits.along_m(lane.id, away_m + length_m(user, None))
            told.append(Sighting(lane.id, away_m, user, score))
    return told
