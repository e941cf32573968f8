"""Which lines pass near a place, and where on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from controller.streets.plane import Point, metres_along

STEP_M = 25.0
"""Lines are sampled this densely in the tree; places between are reckoned exactly."""


class Near(NamedTuple):
    """The nearest place of line number ``line``: ``off_m`` away, ``at_m`` along it, where it heads ``heading_rad``
    (counter-clockwise from east)."""

    off_m: float
    line: int
    at_m: float
    heading_rad: float


class LineIndex:
    """``lines[i]`` in metres; ``lengths_m[i]`` is what counts along it, whatever its own length is. The ``first`` lines can be
    asked for alone."""

    def __init__(self, lines: Sequence[Sequence[Point]], lengths_m: Sequence[float], first: int) -> None:
        self._segments: list[tuple[int, float, float, float, float, float, float, float]] = []
        samples: list[Point] = []
        self._owner: list[int] = []
        of_first = 0
        for number, (line, length_m) in enumerate(zip(lines, lengths_m, strict=True)):
            along = metres_along(line)
            scale = length_m / along[-1] if along[-1] > 0 else 0.0
            for i in range(len(line) - 1):
                (ax, ay), (bx, by) = line[i], line[i + 1]
                own_m = along[i + 1] - along[i]
                if own_m <= 0 and along[-1] > 0:
                    continue
                steps = max(1, math.ceil(own_m / STEP_M))
                self._owner += [len(self._segments)] * (steps + 1)
                samples += [(ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps) for k in range(steps + 1)]
                self._segments.append((number, ax, ay, bx - ax, by - ay, own_m, along[i] * scale, own_m * scale))
            if number < first:
                of_first = len(samples)
        points = np.asarray(samples)
        self._tree, self._first_tree = cKDTree(points), cKDTree(points[:of_first])

    def near(self, x_m: float, y_m: float, radius_m: float, *, first: bool = False) -> list[Near]:
        """The nearest place of every line that comes within ``radius_m``, in the order of the lines' numbers; of the ``first``
        lines alone."""
        tree = self._first_tree if first else self._tree
        hits: Iterable[int] = tree.query_ball_point((x_m, y_m), radius_m + STEP_M / 2)
        best: dict[int, tuple[float, float, float, float]] = {}
        owner = self._owner
        for segment in {owner[i] for i in hits}:
            number, ax, ay, dx, dy, own_m, start_m, counted_m = self._segments[segment]
            share = 0.0
            if own_m > 0:
                share = min(1.0, max(0.0, ((x_m - ax) * dx + (y_m - ay) * dy) / (own_m * own_m)))
            off_m = math.hypot(x_m - ax - share * dx, y_m - ay - share * dy)
            if off_m <= radius_m and (number not in best or (off_m, start_m) < best[number][:2]):
                best[number] = (off_m, start_m, start_m + share * counted_m, math.atan2(dy, dx))
        return [Near(off, number, at, heading) for number, (off, _, at, heading) in sorted(best.items())]

    def nearest(self, x_m: float, y_m: float) -> Near:
        """The nearest of the first lines."""
        reach_m, _ = self._first_tree.query((x_m, y_m))
        return min(self.near(x_m, y_m, float(reach_m) + 1e-6, first=True))
