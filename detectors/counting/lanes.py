"""Which lane a road user is in, and how far from its stop line: polygons for the first, the ground plane for the second."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Ground
from detectors.camera.painted import painted
from detectors.camera.site import CameraLane, CameraSite, LaneRole
from detectors.counting.line import CountLine, Direction
from detectors.errors import CameraError
from detectors.vision.road_users import RoadUser

LENGTH_M = {RoadUser.MOTORCYCLE: 2.2, RoadUser.BICYCLE: 1.8, RoadUser.BUS: 12.0, RoadUser.TRUCK: 8.0, RoadUser.TRAM: 32.0,
            RoadUser.AMBULANCE: 6.0, RoadUser.PEDESTRIAN: 0.5}
CAR_M = 4.5
NARROW_M = 1.2
"""What is narrower on the road than this, and of no kind that a detector tells, has two wheels."""


class WatchedLane:
    """A lane with everything worked out that does not change. ``scale`` takes pixels of the site file to pixels of the image."""

    def __init__(self, lane: CameraLane, ground: Ground | None, scale: tuple[float, float], range_m: float) -> None:
        sx, sy = scale
        self.id, self.role, self.group, self.limit_mps = lane.id, lane.role, lane.group, lane.speed_limit_mps
        self.area = np.array(lane.area) * (sx, sy)
        (x1, y1), (x2, y2) = lane.stop_line
        self.stop = CountLine(x1 * sx, y1 * sy, x2 * sx, y2 * sy, lane.id)
        middle = self.area.mean(axis=0)
        inside_left = self.stop.side_px(*middle) < 0
        leaves = Direction.LEFT_TO_RIGHT if inside_left else Direction.RIGHT_TO_LEFT
        enters = Direction.RIGHT_TO_LEFT if inside_left else Direction.LEFT_TO_RIGHT
        self.counted = leaves if lane.role is LaneRole.APPROACH else enters
        """The direction in which traffic of this lane crosses its stop line."""
        self.faces_camera = bool(self.stop.y1 + self.stop.y2 > 2 * middle[1]) == (lane.role is LaneRole.APPROACH)
        """Whether fronts are seen of who drives here: then a box's lower edge is the front."""
        self._line_m: tuple[float, float, float] | None = None
        self.range_m = range_m
        self.on_ground = ground is not None
        if ground is not None:
            self._line_m = line_on_ground(ground, lane)
            far = [d for p in ground.metres(lane.area) if math.isfinite(d := self._distance(p[0], p[1]))]
            self.range_m = max(1.0, min(range_m, max(far, default=range_m)))

    def _distance(self, x_m: float, y_m: float) -> float:
        assert self._line_m is not None
        a, b, c = self._line_m
        return a * x_m + b * y_m + c

    def distance_m(self, place_m: tuple[float, float] | None, length_m: float) -> float | None:
        """From the vehicle's front (of an exit: from its rear) to the stop line; None without a ground plane."""
        if self._line_m is None or place_m is None:
            return None
        foot_m = self._distance(*place_m)
        if self.role is LaneRole.APPROACH:
            return foot_m if self.faces_camera else foot_m - length_m
        return foot_m if not self.faces_camera else foot_m - length_m


def line_on_ground(ground: Ground, lane: CameraLane) -> tuple[float, float, float]:
    """(a, b, c) so that a·x + b·y + c is the distance in metres from the stop line, positive on the lane's side."""
    (ax, ay), (bx, by) = ground.metres(lane.stop_line)
    length = math.hypot(bx - ax, by - ay)
    middle = ground.metres([np.array(lane.area).mean(axis=0)])[0]
    if not (math.isfinite(length) and length > 0 and np.isfinite(middle).all()):
        raise CameraError(f"lane {lane.id} or its stop line lies above the horizon of the road plane", where="homography",
                          mend="look at the known points, and at the lane's corners")
    a, b = (by - ay) / length, -(bx - ax) / length
    c = -(a * ax + b * ay)
    sign = math.copysign(1.0, a * middle[0] + b * middle[1] + c)
    return sign * a, sign * b, sign * c


class LaneMap:
    """Looks lanes and zones up by pixel. Image ``size`` is (width, height)."""

    def __init__(self, site: CameraSite, ground: Ground | None, size: tuple[int, int]) -> None:
        scale = size[0] / site.image.width, size[1] / site.image.height
        self.lanes = tuple(WatchedLane(lane, ground, scale, site.range_m) for lane in site.lanes)
        self._lanes = painted(size, [lane.area for lane in self.lanes])
        self.zones = tuple(site.zones)
        self._zones = {zone.name: painted(size, [np.array(zone.area) * scale]) for zone in site.zones}

    def lane_at(self, x: float, y: float) -> WatchedLane | None:
        number = _at(self._lanes, x, y)
        return self.lanes[number - 1] if number else None

    def in_zone(self, name: str, x: float, y: float) -> bool:
        return _at(self._zones[name], x, y) > 0

    @property
    def ignored(self) -> NDArray[np.bool_] | None:
        """Where nothing is to be looked for; None where that is nowhere."""
        masks = [self._zones[zone.name] for zone in self.zones if zone.kind == "ignored"]
        return np.any(masks, axis=0) if masks else None


def _at(numbers: NDArray[np.uint8], x: float, y: float) -> int:
    # A foot on the image's lower edge, or just below it, stands on the last row.
    height, width = numbers.shape
    column, row = int(x), min(int(y), height - 1)
    return int(numbers[row, column]) if 0 <= column < width and row >= 0 else 0


def length_m(kind: RoadUser, width_m: float | None) -> float:
    """How long a road user of ``kind`` is taken to be; ``width_m`` helps where the kind is not known."""
    if kind is RoadUser.VEHICLE and width_m is not None and width_m < NARROW_M:
        return LENGTH_M[RoadUser.MOTORCYCLE]
    return LENGTH_M.get(kind, CAR_M)
