"""The painted street as a site file has it: its lanes up to the line in the middle, and how pixels lie on the road."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.evaluation.events import ScoredEvent
from simulation.camera_counts.street import LANES_M, Vehicle, way_of
from simulation.camera_counts.views import View

HALF_WIDTH_M = 1.65
REACH_M, STEP_M = 60.0, 1.0
"""Lanes are drawn so far upstream of the line, or as far as their middle is seen."""
LEAST_M = 6.0
"""A lane that is seen no further than this is none."""
BEFORE_LENS_M = 1.0
Px = tuple[float, float]


def lane_name(lane: int) -> str:
    return f"lane-{lane + 1}"


def site_of(view: View) -> CameraSite:
    """Every lane an approach that ends at the middle of the street; those left out that the image does not show."""
    lanes = [made for lane in range(len(LANES_M)) if (made := _lane(view, lane)) is not None]
    known = [KnownPoint(px=_pixel(view, x, y), m=(x, y)) for lane in range(len(LANES_M)) for x, y in _seen_m(view, lane)]
    return CameraSite(image=ImageSize(width=view.size[0], height=view.size[1]), lanes=tuple(lanes),
                      homography=Homography(points=_spread(known)))


def leave(street: Sequence[Vehicle], site: CameraSite, seconds: float) -> list[ScoredEvent]:
    """Who leaves a lane of ``site``, with his front, in the first ``seconds``."""
    known = {lane.id for lane in site.lanes}
    return [ScoredEvent(vehicle.passes_s, None, lane_name(vehicle.lane), None, vehicle.kind) for vehicle in street
            if 0.0 <= vehicle.passes_s < seconds and lane_name(vehicle.lane) in known]


def _lane(view: View, lane: int) -> CameraLane | None:
    seen = _seen_m(view, lane)
    if len(seen) * STEP_M < LEAST_M:
        return None
    way, across = way_of(lane), LANES_M[lane]
    left, right = ([_inside(view, _pixel(view, x, across + side * way * HALF_WIDTH_M)) for x, _ in seen] for side in (1.0, -1.0))
    return CameraLane(id=lane_name(lane), area=tuple(left + right[::-1]), stop_line=(left[0], right[0]))


def _seen_m(view: View, lane: int) -> list[tuple[float, float]]:
    """Places along the lane's middle from the line on upstream, as long as they are in the image."""
    places = list[tuple[float, float]]()
    for back_m in np.arange(0.0, REACH_M, STEP_M):
        place = -way_of(lane) * float(back_m), LANES_M[lane]
        (pixel,), (depth,) = view.pose.pixels(np.array([(*place, 0.0)]))
        if depth < BEFORE_LENS_M or tuple(pixel) != _inside(view, tuple(pixel)):
            break
        places.append(place)
    return places


def _pixel(view: View, x_m: float, y_m: float) -> Px:
    (pixel,), _ = view.pose.pixels(np.array([(x_m, y_m, 0.0)]))
    return float(pixel[0]), float(pixel[1])


def _inside(view: View, px: Px) -> Px:
    return min(max(px[0], 0.0), view.size[0] - 1.0), min(max(px[1], 0.0), view.size[1] - 1.0)


def _spread(known: list[KnownPoint]) -> tuple[KnownPoint, ...]:
    """Sixty of them, as many as a site file may have."""
    return tuple(known[i] for i in np.linspace(0, len(known) - 1, min(60, len(known))).round().astype(int))
