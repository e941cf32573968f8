"""From pixels to metres on the road and back: a homography of the ground plane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.errors import CameraError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """``to_m`` (3, 3) takes homogeneous pixels to homogeneous metres in a plane of the camera's own, whose origin is at
    ``origin_m`` of the axes that the known points are given in: map coordinates are too large for the matrix itself. Where
    ``sided``, what lies in view of the road has a positive third coordinate.

    Raises :class:`CameraError` for a matrix that has no inverse.
    """

    to_m: Floats
    to_px: Floats
    origin_m: tuple[float, float] = (0.0, 0.0)
    sided: bool = False

    @classmethod
    def of(cls, to_m: Floats, origin_m: tuple[float, float] = (0.0, 0.0), *,
           road_px: tuple[float, float] | None = None) -> Ground:
        """``road_px`` is a pixel that certainly shows road; with it, what is above the horizon can be told from the road."""
        matrix = np.asarray(to_m, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise CameraError("the homography is not a 3 × 3 matrix of numbers", where="homography")
        size = np.linalg.norm(matrix)
        if size == 0 or abs(np.linalg.det(matrix / size)) < 1e-15:
            raise CameraError("the homography cannot be inverted: its points lie on one straight line", where="homography",
                              mend="take four points of which no three lie on a line")
        if road_px is not None:
            towards = float(matrix[2] @ (*road_px, 1.0))
            if towards == 0.0:
                raise CameraError("the horizon runs through what should be road", where="homography", mend="look at its points")
            matrix = matrix * np.sign(towards)
        return cls(matrix, np.asarray(np.linalg.inv(matrix), np.float64), origin_m, road_px is not None)

    def metres(self, points_px: Sequence[Sequence[float]] | Floats) -> Floats:
        """(N, 2) pixels to (N, 2) metres. Points on the horizon give infinities, and so do those above it where ``sided``."""
        return _through(self.to_m, points_px, self.sided) + self.origin_m

    def place_m(self, x: float, y: float) -> tuple[float, float] | None:
        """Where on the road one pixel lies; None on the horizon, and above it where ``sided``."""
        (at_x, at_y), = self.metres([(x, y)]).tolist()
        return (at_x, at_y) if math.isfinite(at_x) and math.isfinite(at_y) else None

    def pixels(self, points_m: Sequence[Sequence[float]] | Floats) -> Floats:
        """(N, 2) metres to (N, 2) pixels. Points level with the camera or behind it give infinities where ``sided``."""
        return _through(self.to_px, np.asarray(points_m, np.float64).reshape(-1, 2) - self.origin_m, self.sided)

    def metres_per_px(self, x: float, y: float) -> float:
        """How far apart, on the road, two pixels are that lie one below the other at (x, y): the coarser direction."""
        near, far = self.metres([(x, y + 0.5), (x, y - 0.5)])
        return float(np.hypot(*(far - near))) if np.isfinite([near, far]).all() else float("inf")

    def horizon_px(self) -> tuple[float, float, float]:
        """a, b, c of the horizon a·x + b·y + c = 0, positive on the side of the road where ``sided``."""
        a, b, c = self.to_m[2] / max(float(np.hypot(*self.to_m[2, :2])), 1e-300)
        return float(a), float(b), float(c)


def _through(matrix: Floats, points: Sequence[Sequence[float]] | Floats, sided: bool) -> Floats:
    given = np.array(points, np.float64).reshape(-1, 2)
    nowhere = ~np.isfinite(given).all(axis=1)
    given[nowhere] = 0.0
    out = np.column_stack([given, np.ones(len(given))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = out[:, :2] / out[:, 2:]
    found[nowhere | (out[:, 2] <= 0.0) if sided else nowhere] = np.inf
    return found
