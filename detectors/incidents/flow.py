"""The usual direction of driving, learnt on a coarse grid from whoever has driven through; for cameras without a site file."""

from __future__ import annotations

import math

import numpy as np

from detectors.incidents.trail import Sample, Trail

CELLS_ACROSS = 24
LEAST_VEHICLES = 8
"""So many must have driven through a cell before it has a direction."""
LEAST_AGREEMENT = 0.9
"""Length of the mean of their unit vectors: 1 where all drove alike, 0 where they drove every way."""


class FlowField:
    """Each road user counts once for every cell it drove through, when it has left."""

    def __init__(self, width: int, height: int) -> None:
        self._side_px = max(4.0, width / CELLS_ACROSS)
        shape = (math.ceil(height / self._side_px) + 1, CELLS_ACROSS + 1)
        self._sum = np.zeros((*shape, 2))
        self._count = np.zeros(shape)
        self._paths: dict[int, dict[tuple[int, int], tuple[float, float]]] = {}

    def cell(self, sample: Sample) -> tuple[int, int]:
        x, y = sample.foot
        rows, columns = self._count.shape
        return (min(rows - 1, max(0, int(y / self._side_px))), min(columns - 1, max(0, int(x / self._side_px))))

    def follow(self, trail: Trail, before: Sample) -> None:
        """Notes the way from ``before`` to now."""
        dx, dy = trail.now.foot[0] - before.foot[0], trail.now.foot[1] - before.foot[1]
        path = self._paths.setdefault(trail.key, {})
        cell = self.cell(trail.now)
        was = path.get(cell, (0.0, 0.0))
        path[cell] = (was[0] + dx, was[1] + dy)

    def learn(self, trail: Trail) -> None:
        """``trail`` has gone: what it did is usual now."""
        for cell, (dx, dy) in self._paths.pop(trail.key, {}).items():
            far = math.hypot(dx, dy)
            if trail.moved and far > 0.3 * self._side_px:
                self._sum[cell] += (dx / far, dy / far)
                self._count[cell] += 1.0

    def drop(self, trail: Trail) -> None:
        self._paths.pop(trail.key, None)

    def forget(self) -> None:
        self._sum[:] = 0.0
        self._count[:] = 0.0
        self._paths.clear()

    def direction(self, sample: Sample) -> tuple[float, float] | None:
        """Unit vector of the usual direction there; None where too few have driven or they do not agree."""
        cell = self.cell(sample)
        count = self._count[cell]
        if count < LEAST_VEHICLES:
            return None
        x, y = self._sum[cell] / count
        agreement = math.hypot(x, y)
        return (x / agreement, y / agreement) if agreement >= LEAST_AGREEMENT else None
