"""From pixels to metres on the road and back: a homography of the ground plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.errors import CameraError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """``to_m`` (3, 3) takes homogeneous pixels to homogeneous metres in a plane of the camera's own.

    Raises :class:`CameraError` for a matrix that has no inverse.
    """

    to_m: Floats
    to_px: Floats

    @classmethod
    def of(cls, to_m: Floats) -> Ground:
        matrix = np.asarray(to_m, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise CameraError("the homography is not a 3 × 3 matrix of numbers", where="homography")
        size = np.linalg.norm(matrix)
        if size == 0 or abs(np.linalg.det(matrix / size)) < 1e-15:
            raise CameraError("the homography cannot be inverted: its points lie on one straight line", where="homography",
                              mend="take four points of which no three lie on a line")
        return cls(matrix, np.asarray(np.linalg.inv(matrix), np.float64))

    def metres(self, points_px: Sequence[Sequence[float]] | Floats) -> Floats:
        """(N, 2) pixels to (N, 2) metres. Points at or above the horizon give infinities."""
        return _through(self.to_m, points_px)

    def pixels(self, points_m: Sequence[Sequence[float]] | Floats) -> Floats:
        """(N, 2) metres to (N, 2) pixels."""
        return _through(self.to_px, points_m)

    def metres_per_px(self, x: float, y: float) -> float:
        """How far apart, on the road, two pixels are that lie one below the other at (x, y): the coarser direction."""
        near, far = self.metres([(x, y + 0.5), (x, y - 0.5)])
        return float(np.hypot(*(far - near)))


def _through(matrix: Floats, points: Sequence[Sequence[float]] | Floats) -> Floats:
    given = np.asarray(points, np.float64).reshape(-1, 2)
    out = np.column_stack([given, np.ones(len(given))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = out[:, :2] / out[:, 2:]
    return found
