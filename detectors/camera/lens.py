"""Where a camera hangs and how its lens draws what stands on the road, from how the road lies in its image.

A homography of the ground says nothing of heights by itself. With square pixels and the optical axis through the image's middle
its two columns must be two sides of a right angle of equal length, which gives the focal length; the rest follows (Hartley and
Zisserman, *Multiple View Geometry*, 2nd ed., §8.8 and ex. 8.18).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from detectors.camera.ground import Floats, Ground

LOWEST_M, HIGHEST_M = 2.5, 60.0
NARROWEST, WIDEST = 8.0, 0.25
"""Focal lengths in image widths: beyond these no street is watched, and the homography is not worth its focal length."""


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """``to_px`` (3, 4) takes homogeneous metres of the ground's axes, the last of the three upwards, to homogeneous pixels.
    ``above_m`` is the place on the road straight below the camera, ``height_m`` how high above it hangs."""

    to_px: Floats
    above_m: tuple[float, float]
    height_m: float
    focal_px: float

    def pixels(self, points_m: Floats) -> tuple[Floats, Floats]:
        """(..., 3) metres to (..., 2) pixels and (...) what is positive before the lens."""
        points = np.asarray(points_m, np.float64)
        out = points @ self.to_px[:, :3].T + self.to_px[:, 3]
        depth = out[..., 2]
        return out[..., :2] / np.where(np.abs(depth) < 1e-12, 1e-12, depth)[..., None], depth


def lens_of(ground: Ground, size: tuple[int, int]) -> Lens | None:
    """The lens of an image of ``size`` (width, height); None where the homography does not tell, or tells what cannot be.

    Looking straight down, or with a homography whose points were taken by eye from one corner of the road, the focal length is
    lost in the errors.
    """
    width, height = size
    middle = np.array([[1.0, 0.0, -width / 2], [0.0, 1.0, -height / 2], [0.0, 0.0, 1.0]])
    h = middle @ ground.to_px
    h = h / np.linalg.norm(h)
    (a1, b1, c1), (a2, b2, c2) = h[:, 0], h[:, 1]
    # Right angle and equal length, each linear in 1 / f².
    left = np.array([a1 * a2 + b1 * b2, (a1 * a1 + b1 * b1) - (a2 * a2 + b2 * b2)])
    right = -np.array([c1 * c2, c1 * c1 - c2 * c2])
    square = float(left @ left)
    inverse = float(left @ right) / square if square > 0 else 0.0
    if not inverse > 0:
        return None
    focal = 1.0 / math.sqrt(inverse)
    if not WIDEST * width <= focal <= NARROWEST * width:
        return None
    out = np.diag((1 / focal, 1 / focal, 1.0)) @ h
    scale = math.sqrt(float(np.linalg.norm(out[:, 0]) * np.linalg.norm(out[:, 1])))
    if scale <= 0:
        return None
    across, along, shift = (out / scale).T
    upwards = np.cross(across, along)
    turn = np.column_stack([across, along, upwards])
    place = -np.linalg.inv(turn) @ shift
    # Axes that a map has, y downwards, make the third point into the road.
    side = math.copysign(1.0, place[2])
    high_m = abs(float(place[2]))
    if not LOWEST_M <= high_m <= HIGHEST_M:
        return None
    inner = np.array([[focal, 0.0, width / 2], [0.0, focal, height / 2], [0.0, 0.0, 1.0]])
    at = np.array([place[0] + ground.origin_m[0], place[1] + ground.origin_m[1]])
    to_px = inner @ np.column_stack([across, along, upwards * side, shift])
    # Counted from the axes' own origin and not from that of the matrix.
    to_px[:, 3] -= to_px[:, :2] @ np.asarray(ground.origin_m)
    return Lens(to_px, (float(at[0]), float(at[1])), high_m, focal)
