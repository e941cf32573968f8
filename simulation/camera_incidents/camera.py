"""A pinhole camera over the street: where a box of metres comes to lie in the image, and the site file that goes with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Ground
from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, LaneRole, Zone
from simulation.camera_incidents.crossroads import JUNCTION
from simulation.cameras.pose import Pose

Floats = NDArray[np.float64]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
RANGE_M = 100.0
CORNERS = np.array([(-a, b, c) for a in (0.0, 1.0) for b in (-0.5, 0.5) for c in (0.0, 1.0)])
"""Of a body of length, width and height 1 whose front's middle is at the origin."""


@dataclass(frozen=True)
class Pinhole:
    """Stands at ``at`` (x, y, height in metres) and looks at ``towards`` on the ground; ``focus_px`` is its focal length."""

    at: tuple[float, float, float]
    towards: Point
    focus_px: float = 1000.0
    width: int = 1280
    height: int = 720

    @cached_property
    def pose(self) -> Pose:
        x, y, z = self.at
        away = self.towards[0] - x, self.towards[1] - y
        return Pose(x, y, z, math.atan2(away[1], away[0]), math.atan2(z, math.hypot(*away)), self.focus_px,
                    (self.width, self.height))

    @cached_property
    def ground(self) -> Ground:
        to_m = np.asarray(np.linalg.inv(self.pose.ground_to_px()), np.float64)
        return Ground.of(to_m, road_px=(self.width / 2, float(self.height)))

    def pixels(self, points_m: Floats) -> Floats | None:
        """(N, 3) metres to (N, 2) pixels; None where any point lies behind the lens."""
        px, depth = self.pose.pixels(points_m)
        return None if (depth < 1.0).any() else px

    def box(self, x: float, y: float, angle: float, size_m: tuple[float, float, float]) -> Box | None:
        """Of a body whose front's middle stands at (x, y) and that points to ``angle`` (radians, from the x axis on); cut off at
        the image's edge, None outside of it. ``size_m`` is length, width, height."""
        cos, sin = math.cos(angle), math.sin(angle)
        turned = CORNERS @ np.diag(size_m) @ np.array(((cos, sin, 0.0), (-sin, cos, 0.0), (0.0, 0.0, 1.0)))
        px = self.pixels(turned + np.array((x, y, 0.0)))
        if px is None:
            return None
        (left, top), (right, bottom) = px.min(axis=0), px.max(axis=0)
        left, right = max(0.0, left), min(float(self.width), right)
        top, bottom = max(0.0, top), min(float(self.height), bottom)
        return None if right - left < 4.0 or bottom - top < 4.0 else (left, top, right, bottom)


WEST_CAMERA = Pinhole(at=(26.0, 3.0, 12.0), towards=(-38.0, 0.0), focus_px=950.0)
"""Over the far side of the crossroads: it sees the junction and along the western arm."""
NARROW_CAMERA = Pinhole(at=(22.0, 3.0, 12.0), towards=(-40.0, 0.0), focus_px=600.0, width=640, height=360)
"""About the same with a longer lens, as whoever sets up a camera would have it; its images are to be rendered."""


def site_of(camera: Pinhole, net_path: Path, arm: str = "west") -> CameraSite:
    """The site file of ``arm``: both approach lanes (each is its own signal group), both exits, the junction and crossings."""
    from simulation.netmodel.links import read_net

    net = read_net(net_path)
    lanes = []
    for edge, role in ((f"{arm}_in", LaneRole.APPROACH), (f"{arm}_out", LaneRole.EXIT)):
        for lane in net.getEdge(edge).getLanes():
            if not lane.allows("passenger"):
                continue
            shape = [(p[0], p[1]) for p in lane.getShape()]
            near = shape[::-1] if role is LaneRole.APPROACH else shape
            lanes.append(_lane(camera, lane.getID(), near, lane.getWidth(), role))
    zones = [Zone(name="box", kind="junction", area=_seen(camera, net.getNode(JUNCTION).getShape()))]
    # The road that can be seen, kerb to kerb; people have to be off it unless on a crossing.
    carriageway = [p for lane in lanes for p in lane.area]
    zones.append(Zone(name="road", kind="carriageway", area=_hull(carriageway)))
    for edge in net.getEdges():
        if edge.getFunction() == "crossing":
            (lane,) = edge.getLanes()
            outline = _band([(p[0], p[1]) for p in lane.getShape()], lane.getWidth() / 2 + 1.0, 1.0)
            try:
                zones.append(Zone(name=edge.getID().lstrip(":"), kind="crossing", area=_seen(camera, outline)))
            except ValueError:
                continue
    matrix = tuple(tuple(float(v) for v in row) for row in camera.ground.to_m)
    return CameraSite(camera=f"{arm} arm", image=ImageSize(width=camera.width, height=camera.height), junction=JUNCTION,
                      homography=Homography(matrix=matrix), range_m=RANGE_M,  # type: ignore[arg-type]
                      lanes=tuple(lanes), zones=tuple(z for z in zones if _in_image(camera, z)))


def _lane(camera: Pinhole, name: str, near: list[Point], width: float, role: LaneRole) -> CameraLane:
    (x1, y1), (x2, y2) = near[0], near[-1]
    long = math.dist(near[0], near[-1])
    reach = min(RANGE_M, long)
    end = (x1 + (x2 - x1) * reach / long, y1 + (y2 - y1) * reach / long)
    outline = _band([near[0], end], width / 2, 0.0)
    area = _seen(camera, outline)
    return CameraLane(id=name, area=area, stop_line=(area[0], area[3]), role=role,
                      group=name if role is LaneRole.APPROACH else None)


def _band(line: list[Point], half_m: float, longer_m: float) -> list[Point]:
    """A straight band along ``line`` from its first to its last point: left begin, left end, right end, right begin."""
    (x1, y1), (x2, y2) = line[0], line[-1]
    long = math.dist(line[0], line[-1])
    ux, uy = (x2 - x1) / long, (y2 - y1) / long
    x1, y1, x2, y2 = x1 - ux * longer_m, y1 - uy * longer_m, x2 + ux * longer_m, y2 + uy * longer_m
    dx, dy = -uy * half_m, ux * half_m
    return [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)]


def _seen(camera: Pinhole, outline_m: Any) -> tuple[Point, ...]:
    """Pixels of an outline on the ground. Raises ValueError where part of it lies behind the camera."""
    points = np.array([(p[0], p[1], 0.0) for p in outline_m])
    px = camera.pixels(points)
    if px is None:
        raise ValueError("behind the camera")
    return tuple((float(x), float(y)) for x, y in px)


def _hull(points: list[Point]) -> tuple[Point, ...]:
    from scipy.spatial import ConvexHull

    corners = np.array(points)
    return tuple((float(x), float(y)) for x, y in corners[ConvexHull(corners).vertices])


def _in_image(camera: Pinhole, zone: Zone) -> bool:
    return any(0 <= x <= camera.width and 0 <= y <= camera.height for x, y in zone.area)
