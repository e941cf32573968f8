"""Whether it rains before the camera: drops near the lens are bright streaks, each in one image only, and no vehicles.

A mask of what is not background is full of them, they join what drives into shapes of their own, and three that lie on one line
are somebody who drives. They are thinner than vehicles are; but so are vehicles far away, and riders, so that thin things are
left out only where it rains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOISE_PX, THICK_PX, LEAST_PX = 2, 4, 8
"""At the width that is worked in: streaks are thicker than the noise of single pixels, thinner than vehicles that are not far
away, and of at least so many pixels."""
APART_PX = 21
"""Beside somebody who is thicker, within half of this, it is a part of him."""
NEAR_PX = 9
"""Within half of this nothing was a look before: somebody thin who drives has come from near by."""
LOOK_EVERY_S, OVER_S = 0.2, 5.0
MANY = 4.0
"""A look, by the mean of so long. Rendered rain has 10 to 30, four real clips and rendered streets by day and night 2 at most."""
Mask = NDArray[np.uint8]


def square(side_px: int) -> Mask:
    return np.ones((side_px, side_px), np.uint8)


class Drops:
    """Is shown the masks of images, of which ``fps`` come in a second."""

    def __init__(self, fps: float) -> None:
        self._every = max(1, round(LOOK_EVERY_S * fps))
        self._share = min(1.0, self._every / (OVER_S * fps))
        self._images = 0
        self._before: Mask | None = None
        self._mean = 0.0

    @property
    def rain(self) -> bool:
        return self._mean >= MANY

    def see(self, mask: Mask) -> None:
        """255 where something is not background, 0 elsewhere."""
        import cv2

        self._images += 1
        if (self._images - 1) % self._every:
            return
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, square(NOISE_PX)), np.uint8)
        before, self._before = self._before, mask
        if before is None or before.shape != mask.shape:
            return
        thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, square(THICK_PX))
        known = cv2.bitwise_or(cv2.dilate(thick, square(APART_PX)), cv2.dilate(before, square(NEAR_PX)))
        count, labels = cv2.connectedComponents(mask, connectivity=8)
        sizes = np.bincount(labels.ravel(), minlength=count)
        alone = sizes >= LEAST_PX
        alone[np.unique(labels[known > 0])] = False
        alone[0] = False
        self._mean += (float(np.count_nonzero(alone)) - self._mean) * self._share
