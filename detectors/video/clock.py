"""When each image of a file was taken: the container's timestamps where they can be believed, else a count of frames."""

from __future__ import annotations

import math

ASSUMED_FPS = 25.0
SLOWEST_FPS, FASTEST_FPS = 0.01, 240.0
"""A rate outside these is a container that does not know (0, NaN, 90,000 of raw streams), not a camera."""
ODD_LIMIT = 3


def believable_fps(told: float) -> float | None:
    """``told`` where a camera can have it, else None."""
    return told if math.isfinite(told) and SLOWEST_FPS <= told <= FASTEST_FPS else None


class FrameClock:
    """Gives the frames of one file rising times. Cameras that record changes only have a variable rate: their timestamps are
    the truth, and a count of frames is not. ``odd`` counts the timestamps that did not rise; after :data:`ODD_LIMIT` in a row
    none is believed any more and ``counting`` is true."""

    def __init__(self, fps: float) -> None:
        self._step_s = 1.0 / fps
        self._last_s = -math.inf
        self._row = 0
        self.odd = 0
        self.counting = False

    def time_s(self, told_s: float) -> float:
        """Seconds since the beginning of the next frame, whose container says ``told_s``."""
        first = self._last_s == -math.inf
        if not self.counting and math.isfinite(told_s) and told_s >= 0.0 and (first or told_s > self._last_s):
            self._row = 0
            self._last_s = told_s
            return told_s
        if not self.counting:
            self.odd += 1
            self._row += 1
            self.counting = self._row >= ODD_LIMIT
        self._last_s = 0.0 if first else self._last_s + self._step_s
        return self._last_s
