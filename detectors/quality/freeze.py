"""Whether the same image comes again and again, a clock that is drawn over it notwithstanding."""

from __future__ import annotations

import cv2
import numpy as np

from detectors.vision.detections import Image

SAME = 1
"""Grey levels by which a pixel of a picture that stands still may differ: encoders refine it."""
OVERLAY = 0.04
"""Share of the picture that a running clock may change. The quietest real street changed 6 % from look to look."""


class Freeze:
    def __init__(self) -> None:
        self._first: Image | None = None
        self._since_s = 0.0

    def see(self, dots: Image, time_s: float) -> float:
        """Seconds for which single pixels, height × width, have been the same."""
        first = self._first
        if first is None or first.shape != dots.shape or np.count_nonzero(
                cv2.absdiff(first, dots) > SAME) > OVERLAY * dots.size:
            self._first, self._since_s = dots, time_s
        return max(0.0, time_s - self._since_s)
