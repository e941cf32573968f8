"""From a mask of what is foreground to one box for each road user: holes filled, splinters joined.

Vehicles that touch stay one: taking blobs apart where they narrow was tried on real clips and lost as many as it found."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST_PX, SMALLEST_SIDE_PX = 18, 3
"""Less than this, at the width that is worked in, is noise."""
SPLINTER = 0.6
"""Who lies in another's box with this share of its own is a part of it."""

Boxes = NDArray[np.float32]
Mask = NDArray[np.uint8]


class Blobs:
    """Holds what does not change from image to image."""

    def __init__(self) -> None:
        import cv2

        self._open: Any = cv2.getStructuringElement(cv2.MORPH_RECT, (2, 2))
        self._close: Any = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))

    def found(self, mask: Mask) -> tuple[Boxes, Mask]:
        """Boxes (N, 4) of one road user each, and the mask tidied."""
        import cv2

        tidy = cv2.morphologyEx(mask, cv2.MORPH_OPEN, self._open)
        tidy = cv2.morphologyEx(tidy, cv2.MORPH_CLOSE, self._close)
        count, _, stats, _ = cv2.connectedComponentsWithStats(tidy, connectivity=8)
        boxes: list[tuple[float, float, float, float]] = []
        rows = stats.tolist()
        for i in range(1, count):
            x, y, w, h, area = rows[i]
            if area < SMALLEST_PX or min(w, h) < SMALLEST_SIDE_PX:
                continue
            boxes.append((x, y, x + w, y + h))
        return np.array(_joined(boxes), np.float32).reshape(-1, 4), np.asarray(tidy, np.uint8)


def _joined(boxes: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Splinters made one with what they lie in, the largest first."""
    kept: list[tuple[float, float, float, float]] = []
    for box in sorted(boxes, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]), reverse=True):
        area = (box[2] - box[0]) * (box[3] - box[1])
        for i, other in enumerate(kept):
            wide = min(box[2], other[2]) - max(box[0], other[0])
            high = min(box[3], other[3]) - max(box[1], other[1])
            if wide > 0 and high > 0 and wide * high >= SPLINTER * area:
                kept[i] = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
                break
        else:
            kept.append(box)
    return kept
