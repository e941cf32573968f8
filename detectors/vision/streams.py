"""Two vehicles in one blob that drive opposite ways are told apart by how the points on them move.

A blob has one outline, whoever is in it. Points of it are followed from image to image (the method of Lucas and Kanade, 1981, in
pyramids, as OpenCV has it). Those of one vehicle go one way, whatever perspective does to their pace; where some go one way and
others come back, the blob is parted between them. Two that drive the same way side by side stay one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.vision.blobs import SMALLEST_PX, Box
from detectors.vision.marks import Marks, at_pixel

LARGE_PX, MOST_BLOBS = 120, 254
"""Blobs with a smaller box, at the width that is worked in, are hardly two; so many have a number in a byte."""
LOOKS_PS = 13.0
"""Points are followed so many times a second at most, and drawn on in the images between."""
AGAINST = 0.7
"""Of the angle to the blob's axis the cosine from which a point goes along it, or back."""
LEAST_POINTS, LEAST_SHARE, BOTH_SHARE = 4, 0.12, 0.8
"""Points that have to go each way, and as a share of all that move; and what share of those has to do either."""
APART = 0.75
"""Share of them whose next neighbour goes the same way: points that go astray lie anywhere."""
BLUNT = 3
"""Neighbours that OpenCV's distances are put together of."""

Bounds = tuple[int, int, int, int]


class Streams:
    """Of one camera with ``fps`` images a second."""

    def __init__(self, fps: float) -> None:
        self._every = max(1, round(fps / LOOKS_PS))
        self.forget()

    def forget(self) -> None:
        """The next image is of another view, or long after the last."""
        self._marks = Marks()
        self._images = 0
        self._two = False
        """Whether anything was two at the last look."""

    def parts(self, image: NDArray[np.uint8], outlines: Sequence[Any]) -> dict[int, list[Box]]:
        """Those of ``outlines`` in an image (rows, columns, 3), as OpenCV finds them, that are two, by their number, each with
        the boxes (left, top, right, bottom) of the two."""
        import cv2

        since = self._images % self._every
        self._images += 1
        if since and not self._two:
            return {}
        every = ((i, tuple(cv2.boundingRect(outline))) for i, outline in enumerate(outlines))
        large = [(i, bounds) for i, bounds in every if bounds[2] * bounds[3] >= LARGE_PX][:MOST_BLOBS]
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8) if since == 0 else None
        if grey is not None:
            self._marks.follow(grey)
        if not large:
            self._marks.clear()
            self._two = False
            return {}
        size = image.shape[:2]
        owner = np.zeros(size, np.uint8)
        for number, (i, _) in enumerate(large, 1):
            cv2.drawContours(owner, outlines, i, number, -1)
        at = at_pixel(self._marks.drawn_on(since / self._every), size)
        whose = owner[at[:, 1], at[:, 0]]
        told = self._told(owner, at, whose, large)
        if grey is not None:
            self._two = bool(told)
            self._marks.renew(grey, owner, whose, [bounds for _, bounds in large])
        return told

    def _told(self, owner: NDArray[np.uint8], at: NDArray[np.intp], whose: NDArray[np.uint8],
              large: Sequence[tuple[int, Bounds]]) -> dict[int, list[Box]]:
        motion, moves = self._marks.motion()
        many, told = np.bincount(whose[moves], minlength=len(large) + 1), {}
        for number, (i, (x, y, w, h)) in enumerate(large, 1):
            if many[number] < 2 * LEAST_POINTS:
                continue
            mine = moves & (whose == number)
            along, back = _both_ways(motion[mine])
            one, other = at[mine][along] - (x, y), at[mine][back] - (x, y)
            boxes = _between(owner[y:y + h, x:x + w] == number, one, other) if _lie_apart(one, other) else []
            if len(boxes) == 2:
                told[i] = [(left + x, top + y, right + x, bottom + y) for left, top, right, bottom in boxes]
        return told


def _both_ways(motion: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of ``motion`` (N, 2) go along their common axis, and which back; none at all where too few do either."""
    angle = np.arctan2(motion[:, 1], motion[:, 0])
    # Doubled, opposite angles are one.
    axis = np.arctan2(np.sin(2 * angle).sum(), np.cos(2 * angle).sum()) / 2
    along = np.cos(angle - axis)
    there, back = along > AGAINST, along < -AGAINST
    few = min(np.count_nonzero(there), np.count_nonzero(back)) < max(LEAST_POINTS, LEAST_SHARE * len(motion))
    if few or np.count_nonzero(there | back) < BOTH_SHARE * len(motion):
        return np.zeros_like(there), np.zeros_like(back)
    return there, back


def _lie_apart(one: NDArray[np.intp], other: NDArray[np.intp]) -> bool:
    """Whether two sets of points (N, 2) are each in one place. Not where either is empty."""
    if not len(one) or not len(other):
        return False
    both, whose = np.concatenate([one, other]), np.arange(len(one) + len(other)) < len(one)
    away = ((both[:, None] - both[None]) ** 2).sum(axis=2)
    np.fill_diagonal(away, away.max() + 1)
    return bool(np.mean(whose[away.argmin(axis=1)] == whose) >= APART)


def _between(blob: NDArray[np.bool_], *points: NDArray[np.intp]) -> list[Box]:
    """Boxes of the parts of ``blob`` (rows, columns) that lie nearest to each set of ``points`` (N, 2), x and y; of a part in
    pieces, of its largest."""
    import cv2

    away = []
    for some in points:
        elsewhere = np.full(blob.shape, 255, np.uint8)
        elsewhere[some[:, 1], some[:, 0]] = 0
        away.append(cv2.distanceTransform(elsewhere, cv2.DIST_L2, BLUNT))
    nearest = np.argmin(away, axis=0)
    boxes: list[Box] = []
    for i in range(len(points)):
        pieces, _ = cv2.findContours(np.asarray(blob & (nearest == i), np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        x, y, w, h = max((cv2.boundingRect(piece) for piece in pieces), key=lambda box: box[2] * box[3], default=(0, 0, 0, 0))
        if w * h >= SMALLEST_PX:
            boxes.append((float(x), float(y), float(x + w), float(y + h)))
    return boxes
