"""From a mask of what is foreground to one box for each road user: holes filled, splinters joined.

Vehicles that touch stay one, but where they drive opposite ways (:mod:`detectors.vision.streams`): taking blobs apart where they
narrow was tried on real clips and lost as many as it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.vision.drops import NOISE_PX, THICK_PX, square

SMALLEST_PX, SMALLEST_SIDE_PX = 18, 3
"""Less than this, at the width that is worked in, is noise."""
SPLINTER = 0.6
"""Who lies in another's box with this share of its own is a part of it."""

Box = tuple[float, float, float, float]
Boxes = NDArray[np.float32]
Mask = NDArray[np.uint8]


class Blobs:
    """Holds what does not change from image to image."""

    def __init__(self) -> None:
        import cv2

        self._open: Any = square(NOISE_PX)
        self._thick: Any = square(THICK_PX)
        self._close: Any = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))

    def outlines(self, mask: Mask, *, thick: bool = False) -> tuple[list[Any], Mask]:
        """Of everything in ``mask``, as OpenCV has them, and the mask tidied. ``thick``: what is as thin as a drop is nothing."""
        import cv2

        tidy = cv2.morphologyEx(mask, cv2.MORPH_OPEN, self._thick if thick else self._open)
        tidy = cv2.morphologyEx(tidy, cv2.MORPH_CLOSE, self._close)
        # Outlines are found in a fifth of the time that numbering every pixel takes; from the top, as numbering goes.
        outlines, _ = cv2.findContours(tidy, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        return list(reversed(outlines)), np.asarray(tidy, np.uint8)


def boxes_of(outlines: Sequence[Any], parted: Mapping[int, Sequence[Box]]) -> Boxes:
    """Boxes (N, 4) of one road user each; of the outlines that are ``parted`` those of their parts."""
    import cv2

    boxes: list[Box] = []
    for i, outline in enumerate(outlines):
        x, y, w, h = cv2.boundingRect(outline)
        if i not in parted and min(w, h) >= SMALLEST_SIDE_PX and w * h >= SMALLEST_PX and pixels_in(outline) >= SMALLEST_PX:
            boxes.append((x, y, x + w, y + h))
    # Those that passed each other may lie in one another's box, and are no splinters.
    parts = [box for some in parted.values() for box in some]
    return np.array(_joined(boxes) + parts, np.float32).reshape(-1, 4)


def pixels_in(outline: Any) -> float:
    """How many an outline of pixels goes round, its own among them (Pick, 1899)."""
    import cv2

    return float(cv2.contourArea(outline)) + len(outline) / 2 + 1


def _joined(boxes: list[Box]) -> list[Box]:
    """Splinters made one with what they lie in, the largest first."""
    kept: list[Box] = []
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
