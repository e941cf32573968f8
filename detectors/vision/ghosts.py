"""What stands still in front of the background: vehicles that wait are kept, holes that vehicles left behind are healed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STILL_S, LONGEST_S = 1.0, 240.0
"""Stands still when its pixels have not changed for so long; belongs to the background after the longest time: a parked car."""
STANDING_SHARE = 0.6
"""Of its pixels: in some, people's heads move behind the windows."""
OUTLINE = 1.2
"""The edges along a vehicle's outline are so many times as strong as the background's at the same place; along the outline of a
hole the background's are. In the mean or in the median: paint on the road is stronger than many vehicles' edges, and where it
passes close by it is in both."""
CHANGED = 12
"""Grey levels of 255 by which a pixel differs from the last look, beyond what noise does."""
JUDGE_EVERY_S = 0.5
SMALLEST_PX = 40
Mask = NDArray[np.uint8]


class Standing:
    """Of one camera; ``shape`` (rows, columns) of the images that are looked at, one every ``step_s``."""

    def __init__(self, shape: tuple[int, int], step_s: float) -> None:
        self._still_s = np.zeros(shape, np.float32)
        self._vehicles = np.zeros(shape, np.uint8)
        self.holes = np.zeros(shape, np.uint8)
        """Not 0 where somebody stood who was learnt as road and has driven off since."""
        self._any = False
        self._last: Mask | None = None
        self._looked = 0
        self._step_s = step_s
        self._judge_every = max(1, round(JUDGE_EVERY_S / step_s))

    def see(self, image: NDArray[np.uint8], mask: Mask, background: NDArray[np.uint8]) -> Mask:
        """Where the background must not learn now: where vehicles stand. ``mask`` is what is foreground in ``image``,
        ``background`` what is learnt behind it."""
        import cv2

        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        if self._last is None:
            self._last = grey
        still = cv2.compare(cv2.absdiff(grey, self._last), CHANGED, cv2.CMP_LT)
        self._last = grey
        # Most of an image is road: only the rest is counted on.
        here = np.flatnonzero(mask != 0)
        was_s = self._still_s.ravel()[here]
        self._still_s.fill(0.0)
        self._still_s.ravel()[here] = np.where(still.ravel()[here], was_s + np.float32(self._step_s), was_s * np.float32(0.5))
        self._looked += 1
        if self._looked % self._judge_every == 0:
            self._judge(grey, mask, background)
        if not self._any:
            return np.zeros_like(mask)
        return np.asarray(cv2.dilate(cv2.bitwise_and(self._vehicles, mask), np.ones((5, 5), np.uint8)), np.uint8)

    def _judge(self, grey: Mask, mask: Mask, background: NDArray[np.uint8]) -> None:
        """Which of what stands still has an outline of its own, and which has one in the background alone."""
        import cv2

        self._vehicles.fill(0)
        self.holes.fill(0)
        self._any = False
        standing = self._still_s > STILL_S
        if not standing.any():
            return
        now, before = edges(grey), edges(np.asarray(cv2.cvtColor(background, cv2.COLOR_BGR2GRAY), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for i in range(1, count):
            x, y, w, h, area = stats[i].tolist()
            here = np.s_[y:y + h, x:x + w]
            inside = labels[here] == i
            if area < SMALLEST_PX or standing[here][inside].mean() < STANDING_SHARE:
                continue
            on = along(inside)
            # Of a blob as thin as a hair nothing is left to compare.
            if not on.any() or float(self._still_s[here][inside].mean()) > LONGEST_S:
                continue
            outline, of_road = now[here][on], before[here][on]
            if stands_out(outline, of_road):
                self._vehicles[here][inside] = 255
                self._any = True
            elif float(np.median(of_road)) > OUTLINE * float(np.median(outline)):
                self.holes[here][inside] = 255


def along(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where its outline is."""
    import cv2

    return np.asarray(cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)


def stands_out(outline: NDArray[np.float32], against: NDArray[np.float32]) -> bool:
    """Whether the edges along an outline are somebody's, and not what is there without him."""
    return (float(outline.mean()) > OUTLINE * float(against.mean())
            or float(np.median(outline)) > OUTLINE * float(np.median(against)))


def edges(grey: Mask) -> NDArray[np.float32]:
    """How much the grey changes at each pixel."""
    import cv2

    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)
