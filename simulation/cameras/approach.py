"""One approach of a junction as a camera there sees it: where the camera hangs, and its site file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, Trams
from simulation.cameras.clip import to_image
from simulation.cameras.pose import DEFAULT_SIZE, Floats, Pose, looking_along
from simulation.netmodel.approach import Segment
from simulation.netmodel.derive import SumoJunction
from simulation.netmodel.links import MOTOR
from simulation.scenario.draw_shapes import band, clean, lengths, piece

HEIGHT_M = 8.0
FARTHEST_BACK_M, NEAREST_BACK_M = 26.0, 16.0
"""A camera further beyond the stop line than this looks so flat along the queue that each car hides the next; one nearer sees
either the stop line or the queue's end."""
RANGE_M = 100.0
LEAST_CAR_PX = 8.0
CAR_WIDTH_M = 1.8
LEAST_RANGE_M = 15.0
KERB_M = 1.5


@dataclass(frozen=True)
class CameraView:
    """A camera, the lanes it watches, and their middle lines from the stop line upstream (N, 2) in world metres."""

    name: str
    junction: str
    approach: str
    pose: Pose
    site: CameraSite
    lines_m: dict[str, Floats]
    origin_m: tuple[float, float]
    """Where the site's metres are counted from: the middle of the stop line. Its axes are the world's."""


def line_upstream(net: Any, pieces: tuple[Segment, ...], reach_m: float) -> Floats:
    """Middle of a lane and of what leads straight to it, from the stop line upstream, ``reach_m`` long where there is so much."""
    points: list[tuple[float, float]] = []
    at_m: float | None = 0.0
    while at_m is not None and at_m < reach_m:
        part = next((p for p in pieces if abs(p.offset_m - at_m) < 1e-3 and p.length_m > 0), None)
        if part is None:
            break
        points += [(float(x), float(y)) for x, y, *_ in reversed(net.getLane(part.lane).getShape())]
        at_m = part.offset_m + part.length_m
    return piece(clean(points), 0.0, reach_m)


def view_of(net: Any, sumo: SumoJunction, approach: str, *, height_m: float = HEIGHT_M, range_m: float = RANGE_M,
            size: tuple[int, int] = DEFAULT_SIZE) -> CameraView | None:
    """A camera on the signal mast opposite ``approach`` (an edge that ends at the junction); None where it would see no lane."""
    lanes = [lane for lane in sumo.junction.lanes if lane.approach == approach]
    lines = {str(lane.id): line_upstream(net, sumo.approach[lane.id], range_m) for lane in lanes}
    widths = {str(lane.id): float(net.getLane(lane.id).getWidth()) for lane in lanes}
    stop, heading, width_m = _stop_line(lines, widths)
    pose = looking_along(stop, heading, back_m=_back_m(net, approach, stop, heading), height_m=height_m,
                         width_m=width_m + 2 * KERB_M, size=size)
    along = np.array([math.cos(heading), math.sin(heading)])
    range_m = min(range_m, _range_m(pose, stop, along))
    to_m = np.linalg.inv(pose.ground_to_px(stop))
    (a, b, c), (d, e, f), (g, h, i) = (to_m / to_m[2, 2]).tolist()
    seen = [found for lane in lanes
            if (found := _lane(pose, str(lane.id), lines[str(lane.id)], widths[str(lane.id)], range_m, lane.groups[0],
                               lane.speed_mps, _trams(net.getLane(lane.id)))) is not None]
    if not seen:
        return None
    site = CameraSite(camera=f"{sumo.junction.id} {approach}", image=ImageSize(width=size[0], height=size[1]),
                      junction=str(sumo.junction.id), homography=Homography(matrix=((a, b, c), (d, e, f), (g, h, i))),
                      range_m=round(range_m, 1), lanes=tuple(seen))
    return CameraView(site.camera, str(sumo.junction.id), approach, pose, site, {x.id: lines[x.id] for x in seen}, stop)


def _stop_line(lines: dict[str, Floats], widths: dict[str, float]) -> tuple[tuple[float, float], float, float]:
    """Middle of the approach at its stop lines, the direction upstream, and how wide it is (m)."""
    heads = np.array([line[0] for line in lines.values()])
    far = np.array([piece(line, 0.0, 60.0)[-1] for line in lines.values()])
    way = (far - heads).mean(axis=0)
    heading = math.atan2(way[1], way[0])
    across = np.array([-math.sin(heading), math.cos(heading)])
    sideways = heads @ across
    half = np.array(list(widths.values())) / 2
    low, high = float((sideways - half).min()), float((sideways + half).max())
    along = np.array([math.cos(heading), math.sin(heading)])
    middle = along * float((heads @ along).mean()) + across * (low + high) / 2
    return (float(middle[0]), float(middle[1])), heading, high - low


def _back_m(net: Any, approach: str, stop: tuple[float, float], heading: float) -> float:
    """How far beyond the stop line the mast stands: across the junction, within reason."""
    shape = np.array([p[:2] for p in net.getEdge(approach).getToNode().getShape()] or [stop])
    beyond = (shape - stop) @ np.array([-math.cos(heading), -math.sin(heading)])
    return float(np.clip(beyond.max(), NEAREST_BACK_M, FARTHEST_BACK_M))


def _range_m(pose: Pose, stop: tuple[float, float], along: Floats) -> float:
    """How far from the stop line a car is still wide enough to be made out, and lies within the image."""
    marks = np.arange(1.0, RANGE_M + 0.5)
    points = np.column_stack([np.asarray(stop) + marks[:, None] * along, np.zeros(len(marks))])
    px, depth = pose.pixels(points)
    wide = (pose.focal_px * CAR_WIDTH_M / depth >= LEAST_CAR_PX) & (px[:, 1] > 2.0)
    return float(marks[wide].max()) if wide.any() else 0.0


def _lane(pose: Pose, name: str, line: Floats, width_m: float, range_m: float, group: str, speed_mps: float,
          trams: Trams) -> CameraLane | None:
    """The lane in pixels; None where too little of it can be seen to measure anything."""
    strip = piece(line, 0.0, range_m)
    if len(strip) < 2 or lengths(strip)[-1] < LEAST_RANGE_M:
        return None
    ring = to_image(_pixels(pose, np.array(band(strip, width_m))), pose.size)
    ends = np.array(band(piece(line, 0.0, 1.0), width_m))
    stop_px = _pixels(pose, ends[[0, -1]])
    inside = (stop_px > 0).all() and (stop_px < pose.size).all()
    if len(ring) < 3 or not inside:
        return None
    right, left = _rounded(stop_px)
    return CameraLane(id=name, area=tuple(_rounded(ring)), stop_line=(right, left), group=str(group), speed_limit_mps=speed_mps,
                      trams=trams)


def _trams(lane: Any) -> Trams:
    """Of a lane of SUMO's. One in which everybody may drive is a road without any word on trams."""
    allowed = set(lane.getPermissions())
    if "tram" not in allowed or "pedestrian" in allowed:
        return Trams.NONE
    return Trams.SHARED if allowed & (MOTOR | {"bus"}) else Trams.ONLY


def _rounded(points: Floats) -> list[tuple[float, float]]:
    return [(round(float(x), 2), round(float(y), 2)) for x, y in points]


def _pixels(pose: Pose, ground_m: Floats) -> Floats:
    return pose.pixels(np.column_stack([ground_m, np.zeros(len(ground_m))]))[0]
