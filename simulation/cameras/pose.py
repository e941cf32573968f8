"""A pinhole camera above a street: where it hangs, where it looks, and how places become pixels.

World axes are SUMO's (x east, y north, metres) with z upwards. Pixels run right and down from the upper left corner. The model
is the usual one without lens distortion (Hartley & Zisserman, Multiple View Geometry, 2nd ed., eq. 6.8):
``pixel ~ K R (X - C)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.errors import CameraError

Floats = NDArray[np.float64]
DEFAULT_SIZE = (640, 360)
HEADROOM_RAD = math.radians(1.5)
BEFORE_M = 11.0
"""So far downstream of the stop line the road is seen: a bus that has passed it must be clear of it while it can be followed."""


@dataclass(frozen=True)
class Pose:
    """``x_m``, ``y_m``, ``z_m`` the lens; ``heading_rad`` of the view in the mathematical sense (0 east, anticlockwise);
    ``tilt_rad`` downwards from the horizontal. Raises :class:`CameraError` for a camera that could not see a road."""

    x_m: float
    y_m: float
    z_m: float
    heading_rad: float
    tilt_rad: float
    focal_px: float
    size: tuple[int, int] = DEFAULT_SIZE

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x_m, self.y_m, self.z_m, self.heading_rad, self.tilt_rad))):
            raise CameraError("a part of the pose is not a number", where="pose")
        if not self.z_m > 0:
            raise CameraError(f"the camera hangs {self.z_m:g} m above the road", where="pose")
        if not 0 < self.tilt_rad < math.pi / 2:
            raise CameraError(f"the camera looks {math.degrees(self.tilt_rad):g}° down, not 0 to 90", where="pose")
        if not self.focal_px > 0:
            raise CameraError(f"the focal length is {self.focal_px:g} px", where="pose")

    @property
    def at_m(self) -> Floats:
        return np.array([self.x_m, self.y_m, self.z_m])

    @cached_property
    def rotation(self) -> Floats:
        """(3, 3): rows are the image's right, its down, and the direction of view."""
        c, s = math.cos(self.heading_rad), math.sin(self.heading_rad)
        ct, st = math.cos(self.tilt_rad), math.sin(self.tilt_rad)
        return np.array([[s, -c, 0.0], [-st * c, -st * s, -ct], [ct * c, ct * s, -st]])

    @cached_property
    def inner(self) -> Floats:
        """K, the principal point in the middle of the image."""
        width, height = self.size
        return np.array([[self.focal_px, 0.0, width / 2], [0.0, self.focal_px, height / 2], [0.0, 0.0, 1.0]])

    @cached_property
    def projection(self) -> Floats:
        """(3, 4): homogeneous world metres to homogeneous pixels."""
        return self.inner @ np.column_stack([self.rotation, -self.rotation @ self.at_m])

    def pixels(self, points_m: Floats) -> tuple[Floats, Floats]:
        """(..., 3) metres to (..., 2) pixels and (...) metres of depth before the lens; what is behind it has no sensible
        pixels and a depth of 0 or less."""
        seen = (np.asarray(points_m, np.float64) - self.at_m) @ self.rotation.T
        depth = seen[..., 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = seen[..., :2] * (self.focal_px / depth)[..., None]
        return flat + (self.size[0] / 2, self.size[1] / 2), depth

    def ground_to_px(self, origin_m: tuple[float, float] = (0.0, 0.0)) -> Floats:
        """(3, 3): homogeneous metres on the road, counted from ``origin_m``, to homogeneous pixels."""
        shift = np.array([[1.0, 0.0, origin_m[0]], [0.0, 1.0, origin_m[1]], [0.0, 0.0, 1.0]])
        return np.asarray(self.projection[:, [0, 1, 3]] @ shift)

    def on_ground(self, points_px: Floats) -> Floats:
        """(N, 2) pixels to (N, 2) world metres on the road; points at or above the horizon give what makes no sense."""
        given = np.asarray(points_px, np.float64).reshape(-1, 2)
        out = np.column_stack([given, np.ones(len(given))]) @ np.linalg.inv(self.ground_to_px()).T
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(out[:, :2] / out[:, 2:])

    @property
    def horizon_px(self) -> float:
        """Row of the image in which a flat earth ends."""
        return self.size[1] / 2 - self.focal_px * math.tan(self.tilt_rad)


def looking_along(stop_m: tuple[float, float], heading_rad: float, *, back_m: float, height_m: float, width_m: float,
                  before_m: float = BEFORE_M, size: tuple[int, int] = DEFAULT_SIZE) -> Pose:
    """A camera ``back_m`` beyond the stop line's middle, that looks back over it along the approach.

    ``heading_rad`` points from the stop line upstream; ``width_m`` is what must fit into the image at the stop line. The lowest
    row shows the road ``before_m`` downstream of the line, the highest a little sky; the focal length follows from both.
    """
    steep = math.atan2(height_m, max(back_m - before_m, 1.0))
    width, height = size
    focal = (height / 2) / math.tan((steep + HEADROOM_RAD) / 2)
    along = math.hypot(back_m, height_m)
    focal = min(focal, along * (width / 2) / (width_m / 2))
    # The lowest row stays where it is when the width asks for a wider view: only more sky is seen.
    tilt = steep - math.atan2(height / 2, focal)
    tilt = max(tilt, math.radians(2.0))
    return Pose(stop_m[0] - back_m * math.cos(heading_rad), stop_m[1] - back_m * math.sin(heading_rad), height_m,
                heading_rad, tilt, focal, size)
