"""What stands still in front of the background: vehicles that wait are kept, holes that vehicles left behind are healed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STILL_S, LONGEST_S = 1.5, 240.0
"""Stands still when its pixels have not changed for so long; belongs to the background after the longest time: a parked car."""
CHANGED = 12
"""Grey levels of 255 by which a pixel differs from the last look, beyond what noise does."""
SMALLEST_PX = 12
Mask = NDArray[np.uint8]


class Standing:
    """Of one camera; ``shape`` (rows, columns) of the images that are worked on."""

    def __init__(self, shape: tuple[int, int], fps: float) -> None:
        self._still_s = np.zeros(shape, np.float32)
        self._last: Mask | None = None
        self._looked = 0
        self._step_s = max(1, round(0.1 * fps)) / fps

    def see(self, image: NDArray[np.uint8], mask: Mask, model: Any) -> Mask:
        """Where the background must not learn now. ``mask`` is what is foreground in ``image``."""
        import cv2

        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        if self._last is None:
            self._last = grey
        still = cv2.compare(cv2.absdiff(grey, self._last), CHANGED, cv2.CMP_LT)
        self._last = grey
        np.add(self._still_s, self._step_s, out=self._still_s, where=(still > 0) & (mask > 0))
        self._still_s[(mask == 0)] = 0.0
        self._still_s[(still == 0) & (mask > 0)] *= 0.5
        taken = np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8)
        self._looked += 1
        if self._looked % 5 == 0:
            self._heal(grey, mask, taken, model)
            self._kept = taken
        return taken

    def _heal(self, grey: Mask, mask: Mask, taken: Mask, model: Any) -> None:
        """Give back to the background, in ``taken``, what stands still and is no vehicle."""
        import cv2

        standing = (self._still_s > STILL_S).astype(np.uint8)
        if not standing.any():
            return
        background = cv2.cvtColor(model.getBackgroundImage(), cv2.COLOR_BGR2GRAY)
        now, before = _edges(grey), _edges(background)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for i in range(1, count):
            x, y, w, h, area = stats[i]
            inside = labels[y:y + h, x:x + w] == i
            if area < SMALLEST_PX:
                continue
            if (standing[y:y + h, x:x + w][inside]).mean() < 0.6:
                continue
            whole = inside.astype(np.uint8)
            on = cv2.morphologyEx(whole, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
            ghost = float(now[y:y + h, x:x + w][on].mean()) < 0.8 * float(before[y:y + h, x:x + w][on].mean())
            old = float(self._still_s[y:y + h, x:x + w][inside].mean()) > LONGEST_S
            if ghost or old:
                taken[y:y + h, x:x + w][inside] = 0


def _edges(grey: Mask) -> NDArray[np.float32]:
    import cv2

    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    edges: NDArray[np.float32] = np.asarray(cv2.magnitude(across, down), np.float32)
    return edges
