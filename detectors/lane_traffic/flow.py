"""Speeds of vehicles in their lanes by how the marks on them move in the image from one to the next (Lucas and Kanade's method,
as OpenCV has it).

A mark at any height on a vehicle that drives along its lane moves, projected onto the road, away from or towards the place below
the camera by one factor, the same for every height: similar triangles. The mark's own distance changes by that factor too;
where on the vehicle it lies tells that distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Floats, Ground
from detectors.camera.lens import Lens
from detectors.lane_traffic.axis import Axis
from detectors.lane_traffic.marks_on import mark_away_m
from detectors.lane_traffic.vehicle import LaneVehicle

WIDTH_PX = 640
"""Larger images are looked at in this width."""
MARKS = 14
LEAST_MARKS = 3
ERROR_PX = 0.2
"""Standard deviation of how far a mark is followed wrongly."""
LONGEST_S = 0.6
SMALL_PX = 24
"""Vehicles that are narrower in the image that is looked at are hardly seen in smaller copies of it, where a mark is surrounded
by road that stands still: their marks are looked for in the image alone, and in narrower surroundings; but of those who are new,
of whom nobody knows how far they have come since the last image."""


class MeasuredSpeed(NamedTuple):
    """Towards the stop line, with its variance."""

    vehicle: LaneVehicle
    speed_mps: float
    variance: float


class _Marks(NamedTuple):
    """``px`` (N, 2) in the image that is looked at; ``owner`` (N,) numbers into ``vehicles``; ``small`` (N,) whose is small."""

    px: NDArray[np.float32]
    owner: NDArray[np.intp]
    small: NDArray[np.bool_]
    vehicles: list[LaneVehicle]


class _Located(NamedTuple):
    """Of each mark: ``ground_m`` (N, 2) where it seems to lie on the road, ``way`` (N, 2) the unit vector upstream at the front
    of its vehicle, and how far along that from the place below the camera it lies: as it seems (N,), and by itself (N,)."""

    ground_m: Floats
    way: Floats
    seems_m: Floats
    away_m: Floats


class LaneFlow:
    """``site_size`` width and height that ``ground`` and ``lens`` are given in."""

    def __init__(self, ground: Ground, lens: Lens, axes: Sequence[Axis], site_size: tuple[int, int]) -> None:
        self._ground, self._lens, self._axes, self._site_size = ground, lens, axes, site_size
        self.forget()

    def forget(self) -> None:
        """The next image is of another time."""
        self._last: NDArray[np.uint8] | None = None
        self._last_s = -math.inf
        self._marks: _Marks | None = None

    def speeds(self, image: NDArray[np.uint8], time_s: float) -> list[MeasuredSpeed]:
        """Of the vehicles that marks were taken on in the last image."""
        grey = self._grey(image)
        marks, last, by_s = self._marks, self._last, time_s - self._last_s
        self._last, self._last_s, self._marks = grey, time_s, None
        if marks is None or last is None or last.shape != grey.shape or not 0 < by_s <= LONGEST_S:
            return []
        located = self._located(marks)
        expected = self._expected(marks, located, by_s)
        found, good = np.zeros((len(expected), 2)), np.zeros(len(expected), bool)
        for which, window_px, smaller in ((~marks.small, 9, 2), (marks.small, 7, 0)):
            if which.any():
                found[which], good[which] = _looked_for(last, grey, marks.px[which], expected[which], window_px, smaller)
        return self._measured(marks, located, found, good, by_s)

    def mark(self, vehicles: Sequence[LaneVehicle], owners: NDArray[np.int16]) -> None:
        """Take marks on ``vehicles`` in the image looked at last; ``owners`` (rows, columns) has the number into ``vehicles`` of
        who covers each pixel, -1 for nobody, in any size."""
        import cv2

        if self._last is None or not vehicles:
            return
        rows, columns = self._last.shape
        whole = cv2.resize(owners, (columns, rows), interpolation=cv2.INTER_NEAREST)
        px, owner, small = [], [], []
        for i, v in enumerate(vehicles):
            mine = (whole == i).astype(np.uint8)
            x, y, w, h = cv2.boundingRect(mine)
            if w < 3 or h < 3:
                continue
            here = np.s_[y:y + h, x:x + w]
            corners = cv2.goodFeaturesToTrack(self._last[here], MARKS, 0.05, 2, mask=mine[here], blockSize=3)
            if corners is None:
                continue
            px.append(corners.reshape(-1, 2) + (x, y))
            owner += [i] * len(corners)
            wide_px = float(v.shape.wide_px[v.shape.nearest(v.place_m)]) * columns / owners.shape[1]
            small += [v.sure and wide_px < SMALL_PX] * len(corners)
        if px:
            self._marks = _Marks(np.asarray(np.vstack(px), np.float32), np.array(owner, np.intp), np.array(small, bool),
                                 list(vehicles))

    def _grey(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import cv2

        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        if grey.shape[1] > WIDTH_PX:
            scale = WIDTH_PX / grey.shape[1]
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)

    def _scale(self) -> tuple[float, float]:
        assert self._last is not None
        return self._site_size[0] / self._last.shape[1], self._site_size[1] / self._last.shape[0]

    def _on_road(self, px: NDArray[Any]) -> Floats:
        """(N, 2) pixels of the image that is looked at to metres; those at the horizon and above it are no numbers."""
        ground = self._ground.metres(np.asarray(px * self._scale(), np.float64))
        ground[~np.isfinite(ground).all(axis=1)] = np.nan
        return ground

    def _located(self, marks: _Marks) -> _Located:
        ground = self._on_road(marks.px)
        n = len(marks.owner)
        ways, seems, away = np.zeros((n, 2)), np.zeros(n), np.zeros(n)
        for i, v in enumerate(marks.vehicles):
            mine = marks.owner == i
            (place,), (way,) = self._axes[v.shape.lane].place(v.place_m)
            ways[mine] = way
            seems[mine] = (ground[mine] - self._lens.above_m) @ way
            away[mine] = mark_away_m(seems[mine], float((place - self._lens.above_m) @ way), v.shape.solid, self._lens.height_m)
        return _Located(ground, ways, seems, away)

    def _expected(self, marks: _Marks, at: _Located, by_s: float) -> NDArray[np.float32]:
        speed = np.array([v.speed_mps for v in marks.vehicles])[marks.owner]
        share = speed * by_s / np.where(np.abs(at.away_m) < 1.0, 1.0, at.away_m)
        then = self._ground.pixels(at.ground_m - at.way * (at.seems_m * share)[:, None]) / self._scale()
        return np.where(np.isfinite(then), then, marks.px).astype(np.float32)

    def _measured(self, marks: _Marks, at: _Located, found: Floats, good: NDArray[np.bool_], by_s: float) -> list[MeasuredSpeed]:
        after = ((self._on_road(found) - self._lens.above_m) * at.way).sum(axis=1)
        nudged = ((self._on_road(found + (0.0, ERROR_PX)) - self._lens.above_m) * at.way).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = after / at.seems_m
            # Of the distance before, the factor took off the way that was driven.
            speed = at.away_m * (1.0 - factor) / by_s
            # What an error of some parts of a pixel does to it there.
            blur = np.abs(at.away_m * (nudged / after - 1.0)) / by_s
        good &= np.isfinite(speed) & np.isfinite(blur) & (factor > 0.0)
        told = []
        for i, v in enumerate(marks.vehicles):
            mine = good & (marks.owner == i)
            n = int(mine.sum())
            if n < LEAST_MARKS:
                continue
            middle = float(np.median(speed[mine]))
            spread = 1.4826 * float(np.median(np.abs(speed[mine] - middle)))
            error = max(float(np.median(blur[mine])), spread) * 1.25 / math.sqrt(n)
            told.append(MeasuredSpeed(v, middle, error**2 + 0.15**2 + (0.05 * middle) ** 2))
        return told


def _looked_for(last: NDArray[np.uint8], grey: NDArray[np.uint8], px: NDArray[np.float32], expected: NDArray[np.float32],
                window_px: int, smaller: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Where the marks ``px`` (N, 2) of ``last`` are in ``grey``, first in so many ``smaller`` copies of it; which were found."""
    import cv2

    found, status, error = cv2.calcOpticalFlowPyrLK(last, grey, px, expected.copy(), winSize=(window_px, window_px),
                                                    maxLevel=smaller, flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
    return np.asarray(found, np.float64).reshape(-1, 2), (status.reshape(-1) > 0) & (error.reshape(-1) < 24)
