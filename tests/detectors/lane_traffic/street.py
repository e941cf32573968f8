"""A straight road of three lanes before a camera on a mast, for tests: its site, and its pictures."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize
from simulation.cameras.pose import Pose, looking_along

LANES = ("right", "middle", "left")
WIDTH_M = 3.2
SIZE = (640, 360)


def pose_of(back_m: float = 24.0, height_m: float = 8.0, heading: float = 0.0) -> Pose:
    return looking_along((0.0, 0.0), heading, back_m=back_m, height_m=height_m, width_m=13.0, size=SIZE)


def site_of(pose: Pose, range_m: float = 90.0) -> CameraSite:
    """Metres of the site are the world's: x upstream from the stop line where the heading is 0."""
    to_m = np.linalg.inv(pose.ground_to_px())
    (a, b, c), (d, e, f), (g, h, i) = (to_m / to_m[2, 2]).tolist()
    lanes = []
    for number, name in enumerate(LANES):
        middle = (number - 1) * WIDTH_M
        right, left = middle - WIDTH_M / 2, middle + WIDTH_M / 2
        ring = [(0.0, right), (range_m, right), (range_m, left), (0.0, left)]
        lanes.append(CameraLane(id=name, area=_pixels(pose, ring), stop_line=_two(_pixels(pose, [ring[0], ring[3]]))))
    return CameraSite(image=ImageSize(width=SIZE[0], height=SIZE[1]), range_m=range_m, lanes=tuple(lanes),
                      homography=Homography(matrix=((a, b, c), (d, e, f), (g, h, i))))


def seen_from_behind(long_m: float) -> CameraSite:
    """Traffic drives away from the camera, over stop lines ``long_m`` from the beginning of the lanes."""
    site = site_of(pose_of(back_m=12.0), long_m)
    return site.model_copy(update={"lanes": tuple(lane.model_copy(update={"stop_line": lane.area[1:3]}) for lane in site.lanes)})


def asphalt(seed: int) -> NDArray[np.uint8]:
    """An image of grey road with noise."""
    noise = np.random.default_rng(seed).normal(0, 4, (SIZE[1], SIZE[0], 1))
    return np.asarray(np.clip(92 + noise + np.zeros(3), 0, 255), np.uint8)


def patched(seed: int, side_px: int = 6) -> NDArray[np.uint8]:
    """The same with square patches of another grey, on the road and around it."""
    rows, columns = SIZE[1] // side_px + 1, SIZE[0] // side_px + 1
    shades = np.random.default_rng(seed).integers(-35, 36, (rows, columns, 1)).repeat(side_px, 0).repeat(side_px, 1)
    return np.asarray(np.clip(asphalt(seed).astype(np.int16) + shades[:SIZE[1], :SIZE[0]], 0, 255), np.uint8)


def _two(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    return points[0], points[1]


def _pixels(pose: Pose, points_m: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    c, s = math.cos(pose.heading_rad), math.sin(pose.heading_rad)
    world = np.array([(x * c - y * s, x * s + y * c, 0.0) for x, y in points_m])
    return tuple((float(x), float(y)) for x, y in pose.pixels(world)[0])
