"""What one image says of itself: how bright, how sharp, how much there is to see."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.vision.detections import Image

Grey = NDArray[np.float32]
WIDTH_PX, SMALL_PX = 640, 160
"""Sharpness is judged at the size detectors work at; all else on a small copy, in which noise has gone."""
AROUND_PX = 9
WHITE = 250


class Look(NamedTuple):
    """``small`` is the image in grey, 160 pixels wide; ``pattern`` the same without slow changes of brightness, each
    neighbourhood stretched to the same contrast, so that day and night look alike. ``dots`` are single pixels of the image
    as it came.

    ``brightest`` and ``range`` in grey levels of 0 to 255: the level that 1 % exceed, and from the darkest per cent to there.
    ``white`` is the share of over-exposed pixels; ``structure`` the mean deviation from the neighbourhood, beyond noise, in per
    cent of ``brightest``; ``blur`` 0 for razor-sharp to 1. ``relief`` is that deviation pixel by pixel, noise included.
    """

    small: Grey
    pattern: Grey
    relief: Grey
    dots: Image
    brightest: float
    range: float
    white: float
    structure: float
    blur: float


def looked_at(image: Image) -> Look:
    """Measure an image of height × width × 3. About 1.5 ms at 640 × 360."""
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if width > WIDTH_PX:
        grey = cv2.resize(grey, (WIDTH_PX, max(1, round(height * WIDTH_PX / width))), interpolation=cv2.INTER_AREA)
    small = cv2.resize(grey, (SMALL_PX, max(AROUND_PX, round(height * SMALL_PX / width))), interpolation=cv2.INTER_AREA)
    darkest, brightest = np.percentile(small, (1, 99))
    levels = small.astype(np.float32)
    relief = levels - cv2.blur(levels, (AROUND_PX, AROUND_PX))
    contrast = cv2.sqrt(cv2.blur(relief * relief, (AROUND_PX, AROUND_PX)))
    return Look(levels, relief / (contrast + 3.0), relief, np.ascontiguousarray(image[::4, ::4, 1]), float(brightest),
                float(brightest - darkest), float(np.count_nonzero(small >= WHITE) / small.size),
                float(100.0 * np.mean(np.abs(cv2.blur(relief, (3, 3)))) / max(1.0, brightest)), blur(grey))


def blur(grey: NDArray[np.uint8]) -> float:
    """How much of the steps from pixel to pixel is left when an image is blurred once more, in the blurrier of its two
    directions: little of a sharp image's, nearly all of a blurred one's. After Crété-Roffet, Dolmiere, Ladret and Nicolas,
    "The blur effect" (SPIE 6492, 2007). Noise at night makes any image sharp by this measure."""
    # Every third row and every third column are as good as all.
    return max(_left(grey[::3], (AROUND_PX, 1), np.s_[:, 1:], np.s_[:, :-1]),
               _left(np.ascontiguousarray(grey[:, ::3]), (1, AROUND_PX), np.s_[1:], np.s_[:-1]))


def _left(grey: NDArray[Any], window: tuple[int, int], ahead: Any, behind: Any) -> float:
    grey = grey.astype(np.float32)
    again = cv2.blur(grey, window)
    steps = cv2.norm(grey[ahead], grey[behind], cv2.NORM_L1)
    return min(1.0, float(cv2.norm(again[ahead], again[behind], cv2.NORM_L1) / steps)) if steps else 1.0
