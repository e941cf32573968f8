"""Polygons cut by half planes: at the edges of an image, and in front of a lens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cut(ring: Floats, away: Floats) -> Floats:
    """The part of a ring (N, D) where ``away`` (N,), which is linear over it, is not negative. Corners on the cut are new
    (Sutherland and Hodgman, 1974); a ring that is not convex may come back with edges that lie on each other."""
    kept: list[Floats] = []
    for i in range(len(ring)):
        a, b, da, db = ring[i - 1], ring[i], float(away[i - 1]), float(away[i])
        if (da >= 0) != (db >= 0):
            kept.append(a + (b - a) * (da / (da - db)))
        if db >= 0:
            kept.append(b)
    return np.array(kept) if len(kept) >= 3 else np.empty((0, ring.shape[1]))


def to_image(ring_px: Floats, size: tuple[int, int]) -> Floats:
    """The part of a ring of pixels that lies in the image."""
    width, height = size
    ring = np.asarray(ring_px, np.float64)
    for axis, sign, limit in ((0, 1.0, 0.0), (0, -1.0, float(width)), (1, 1.0, 0.0), (1, -1.0, float(height))):
        if len(ring) == 0:
            break
        ring = cut(ring, sign * (ring[:, axis] - limit))
    return ring
