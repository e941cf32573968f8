"""Areas of an image painted into one map: whose a pixel is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def painted(size: tuple[int, int], areas: Sequence[NDArray[np.float64]]) -> NDArray[np.uint8]:
    """Of an image of ``size`` (width, height) the number of the area, from 1, at each pixel (rows, columns). The area first named
    wins where two overlap."""
    import cv2

    numbers = np.zeros((size[1], size[0]), np.uint8)
    for number in range(len(areas), 0, -1):
        cv2.fillPoly(numbers, [np.round(areas[number - 1]).astype(np.int32)], (number,))
    return numbers
