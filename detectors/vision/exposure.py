"""Takes out what a camera's automatic exposure does: a white lorry comes in, and the whole road turns darker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEP = 6
"""Every so many pixels, across and down, are compared."""
LEAST, MOST = 0.5, 2.0
SMALL = 0.015
"""A smaller change of brightness is left alone."""


class Exposure:
    """Scales images to the brightness of the background, by the median of pixels that are likely to show it."""

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None

    def refer(self, background: NDArray[np.uint8]) -> None:
        """What images are to be like, from now on."""
        self._reference = _some(background)

    def even(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """``image`` as bright as the background. Vehicles may hide half of it: the median does not mind."""
        import cv2

        if self._reference is None:
            return image
        gain = _median(self._reference / _some(image))
        if abs(gain - 1.0) < SMALL:
            return image
        return np.asarray(cv2.convertScaleAbs(image, alpha=min(MOST, max(LEAST, gain))), np.uint8)


def _some(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    # Green is nearest to brightness; a second conversion would cost more than the comparison.
    found: NDArray[np.float32] = image[STEP // 2::STEP, STEP // 2::STEP, 1].astype(np.float32) + 1.0
    return found


def _median(values: NDArray[np.float32]) -> float:
    # NumPy's own looks for missing numbers as well, which takes longer than the rest.
    half = values.size // 2
    rows = np.partition(values, (max(0, half - 1), half), axis=None)
    return float(rows[half]) if values.size % 2 else (float(rows[half - 1]) + float(rows[half])) / 2
