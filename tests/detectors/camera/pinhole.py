"""A camera of which everything is known, over a flat road: X across to the right, Y along, from the camera's foot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pinhole:
    width: int = 1280
    height: int = 720
    focal_px: float = 1100.0
    height_m: float = 8.5
    tilt_deg: float = 14.0
    pan_deg: float = 11.0

    def pixels(self, points_m: object) -> NDArray[np.float64]:
        tilt, pan = math.radians(self.tilt_deg), math.radians(self.pan_deg)
        ahead = np.array([math.sin(pan) * math.cos(tilt), math.cos(pan) * math.cos(tilt), -math.sin(tilt)])
        right = np.array([math.cos(pan), -math.sin(pan), 0.0])
        seen = np.array([right, np.cross(ahead, right), ahead])
        road = np.asarray(points_m, np.float64).reshape(-1, 2)
        from_camera = np.column_stack([road, np.full(len(road), -self.height_m)]) @ seen.T
        return self.focal_px * from_camera[:, :2] / from_camera[:, 2:] + (self.width / 2, self.height / 2)

    def pixel(self, x_m: float, y_m: float) -> tuple[float, float]:
        x, y = self.pixels([(x_m, y_m)])[0]
        return float(x), float(y)

    def edge(self, x_m: float, near_m: float = 15.0, far_m: float = 60.0) -> tuple[tuple[float, float], tuple[float, float]]:
        """A line along the road."""
        return self.pixel(x_m, near_m), self.pixel(x_m, far_m)
