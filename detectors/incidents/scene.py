"""A camera's site file as incidents need it: outlines in the pixels of this image, and where each lane leads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.camera.fit import ground_of
from detectors.camera.ground import Ground
from detectors.camera.site import CameraLane, CameraSite, LaneRole, Zone

Floats = NDArray[np.float64]
Point = tuple[float, float]


class Outline:
    """A closed line of pixels."""

    def __init__(self, corners: Sequence[Point], scale: Point = (1.0, 1.0)) -> None:
        self.corners: Floats = np.asarray(corners, np.float64) * np.asarray(scale)
        points: list[Point] = [(float(x), float(y)) for x, y in self.corners]
        self._edges = [(x1, y1, y2, x2 - x1, y2 - y1, max((x2 - x1) ** 2 + (y2 - y1) ** 2, 1e-12))
                       for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True)]
        (self._left, self._top), (self._right, self._bottom) = self.corners.min(axis=0), self.corners.max(axis=0)

    @property
    def middle(self) -> Point:
        """The centre of its area (of its corners, where it has none)."""
        x, y = self.corners.T
        x2, y2 = np.roll(x, -1), np.roll(y, -1)
        cross = x * y2 - x2 * y
        area = cross.sum() / 2
        if abs(area) < 1e-9:
            return float(x.mean()), float(y.mean())
        return float(((x + x2) * cross).sum() / (6 * area)), float(((y + y2) * cross).sum() / (6 * area))

    def inside_px(self, x: float, y: float, far_px: float = 0.0) -> float:
        """How far (x, y) lies inside, in pixels; negative outside. Further away than ``far_px`` is not measured."""
        if not (self._left - far_px <= x <= self._right + far_px and self._top - far_px <= y <= self._bottom + far_px):
            return -math.inf
        # Plain numbers: outlines have few corners, and this is asked thousands of times a second.
        nearest, inside = math.inf, False
        for x1, y1, y2, dx, dy, squared in self._edges:
            px, py = x - x1, y - y1
            share = min(1.0, max(0.0, (px * dx + py * dy) / squared))
            nearest = min(nearest, (px - share * dx) ** 2 + (py - share * dy) ** 2)
            if (y1 > y) != (y2 > y) and x1 + py / dy * dx > x:
                inside = not inside
        return math.sqrt(nearest) if inside else -math.sqrt(nearest)

    def across_px(self, x: float, y: float) -> float:
        """How wide it is along the image's row at y, where it is nearest to x; 0 where it has nothing in that row."""
        crossed = sorted(x1 + (y - y1) / dy * dx for x1, y1, y2, dx, dy, _ in self._edges if (y1 > y) != (y2 > y))
        spans = zip(crossed[::2], crossed[1::2], strict=False)
        nearest = min(spans, key=lambda span: max(span[0] - x, x - span[1], 0.0), default=(0.0, 0.0))
        return nearest[1] - nearest[0]


@dataclass(frozen=True, slots=True, eq=False)
class LaneView:
    """``ahead`` is the unit vector, in pixels, in which its traffic drives; ``line`` the middle of its stop line and ``normal``
    that line's, the way traffic drives over it, in pixels and, where the camera is calibrated, in metres."""

    lane: CameraLane
    outline: Outline
    ahead: Point
    line: Point
    normal: Point
    line_m: Point | None = None
    normal_m: Point = (0.0, 0.0)

    @property
    def id(self) -> str:
        return self.lane.id

    @property
    def approach(self) -> bool:
        return self.lane.role is LaneRole.APPROACH

    def beyond_line_m(self, foot: Point, place_m: Point | None, px_per_m: float) -> float:
        """Rises as traffic drives on: negative before the stop line of an approach, positive beyond that of an exit. In metres on
        the road where the camera is calibrated, else as box sizes have it."""
        if self.line_m is not None and place_m is not None:
            return (place_m[0] - self.line_m[0]) * self.normal_m[0] + (place_m[1] - self.line_m[1]) * self.normal_m[1]
        return ((foot[0] - self.line[0]) * self.normal[0] + (foot[1] - self.line[1]) * self.normal[1]) / px_per_m

    def serves_like(self, other: LaneView) -> bool:
        """Whether both have green together, or at least the same lane: then who drives on there could have driven on here."""
        return other is self or (self.lane.role is other.lane.role and (
            self.lane.group == other.lane.group if self.lane.group is not None else not self.approach))


    def goes_like(self, other: LaneView) -> bool:
        """Whether both lead the same way, side by side."""
        return other.lane.role is self.lane.role and self.ahead[0] * other.ahead[0] + self.ahead[1] * other.ahead[1] > 0.8


@dataclass(frozen=True, slots=True, eq=False)
class ZoneView:
    """``outline_m`` is the same on the road, in metres, where the camera is calibrated and all of it lies below the horizon."""

    name: str
    kind: str
    outline: Outline
    outline_m: Outline | None = None

    def inside_m(self, foot: Point, place_m: Point | None, px_per_m: float) -> float:
        """How far inside somebody stands; negative outside. Along the road a metre is fewer pixels than across it, so on the road
        where that is known, else as box sizes have it."""
        if self.outline_m is not None and place_m is not None:
            return self.outline_m.inside_px(*place_m)
        return self.outline.inside_px(*foot) / px_per_m


class Scene:
    """``site`` None where nothing is known of the camera."""

    def __init__(self, site: CameraSite | None, image_size: tuple[int, int]) -> None:
        self.site, self.width, self.height = site, *image_size
        scale = (image_size[0] / site.image.width, image_size[1] / site.image.height) if site else (1.0, 1.0)
        ground = ground_of(site) if site is not None else None
        self.lanes = tuple(_lane_view(lane, scale, ground) for lane in (site.lanes if site else ()))
        self.zones = tuple(_zone_view(z, scale, ground) for z in (site.zones if site else ()))
        self.calibrated = ground is not None
        self.lane = {view.id: view for view in self.lanes}

    def lane_at(self, x: float, y: float) -> LaneView | None:
        """The lane in which (x, y) lies deepest."""
        best, depth = None, 0.0
        for view in self.lanes:
            inside = view.outline.inside_px(x, y)
            if inside > depth:
                best, depth = view, inside
        return best

    def of_kind(self, kind: str) -> list[ZoneView]:
        return [zone for zone in self.zones if zone.kind == kind]

    def zone_at(self, kind: str, x: float, y: float, deep_px: float = 0.0) -> ZoneView | None:
        """The first zone of ``kind`` in which (x, y) lies at least ``deep_px`` inside; negative: or as near to it."""
        far_px = max(0.0, -deep_px)
        return next((z for z in self.zones if z.kind == kind and z.outline.inside_px(x, y, far_px) > deep_px), None)

    def at_edge(self, box: tuple[float, float, float, float]) -> bool:
        """Whether the image cuts it off, so that its box says little of where it is."""
        left, top, right, bottom = box
        return left <= 2 or top <= 2 or right >= self.width - 2 or bottom >= self.height - 2


def _zone_view(zone: Zone, scale: Point, ground: Ground | None) -> ZoneView:
    corners = ground.metres(zone.area) if ground is not None else None
    on_road = Outline(corners.tolist()) if corners is not None and np.isfinite(corners).all() else None
    return ZoneView(zone.name, zone.kind, Outline(zone.area, scale), on_road)


def _lane_view(lane: CameraLane, scale: Point, ground: Ground | None) -> LaneView:
    outline = Outline(lane.area, scale)
    (x1, y1), (x2, y2) = ((x * scale[0], y * scale[1]) for x, y in lane.stop_line)
    line = ((x1 + x2) / 2, (y1 + y2) / 2)
    long = math.hypot(x2 - x1, y2 - y1) or 1.0
    normal = (-(y2 - y1) / long, (x2 - x1) / long)
    middle = outline.middle
    sign = 1.0 if lane.role is LaneRole.APPROACH else -1.0
    away = (sign * (line[0] - middle[0]), sign * (line[1] - middle[1]))
    if away[0] * normal[0] + away[1] * normal[1] < 0:
        normal = (-normal[0], -normal[1])
    reach = math.hypot(*away)
    # An outline that lies round its line says nothing of the direction; the line's normal has to.
    ahead = (away[0] / reach, away[1] / reach) if reach > 1.0 else normal
    if ground is None:
        return LaneView(lane, outline, ahead, line, normal)
    (ax, ay), (bx, by), (mx, my) = ground.metres([*lane.stop_line, (middle[0] / scale[0], middle[1] / scale[1])])
    line_m, long_m = (float(ax + bx) / 2, float(ay + by) / 2), math.hypot(bx - ax, by - ay)
    if not math.isfinite(long_m + mx + my) or long_m == 0.0:
        return LaneView(lane, outline, ahead, line, normal)
    normal_m = (-float(by - ay) / long_m, float(bx - ax) / long_m)
    if sign * ((line_m[0] - mx) * normal_m[0] + (line_m[1] - my) * normal_m[1]) < 0:
        normal_m = (-normal_m[0], -normal_m[1])
    return LaneView(lane, outline, ahead, line, normal, line_m, normal_m)
