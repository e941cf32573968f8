"""Whether an image is nothing but noise, as an encoder sends it whose camera is not connected."""

from __future__ import annotations

import cv2
import numpy as np

from detectors.quality.look import Grey, Look


class Noise:
    """Of a picture neighbouring pixels are alike, even in small copies; or, where the road is bare, at least the next look is
    like the last. Of noise neither is: snow is fine enough to be gone in a small copy."""

    def __init__(self) -> None:
        self._before: Grey | None = None

    def see(self, look: Look) -> float | None:
        """How like neighbours or looks are, whichever are more: a correlation of -1 to 1. None while there is no other look."""
        before, self._before = self._before, look.relief
        if before is None or before.shape != look.relief.shape:
            return None
        small = look.small
        beside = min(_alike(small[:, 1:], small[:, :-1]), _alike(small[1:], small[:-1]))
        return max(beside, _alike(look.relief, before))


def _alike(one: Grey, other: Grey) -> float:
    """Their correlation; 1 where one of them is the same all over."""
    ones, others = one - cv2.mean(one)[0], other - cv2.mean(other)[0]
    spread = cv2.norm(ones) * cv2.norm(others)
    return float(np.vdot(ones, others)) / spread if spread > 0.0 else 1.0
