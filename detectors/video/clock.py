"""When each image was taken: of a file by the container's timestamps where they can be believed, else by a count of frames;
of a live camera by the wall clock, whose leaps must not be the traffic's."""

from __future__ import annotations

import math

ASSUMED_FPS = 25.0
SLOWEST_FPS, FASTEST_FPS = 0.01, 240.0
"""A rate outside these is a container that does not know (0, NaN, 90,000 of raw streams), not a camera."""
ODD_LIMIT = 3
LONGEST_GAP_S = 3600.0
"""A recording of changes only may be silent for minutes; a timestamp that leaps further is broken."""
LEAP_S = 1.0
SLEW = 0.05
LEAST_STEP_S = 1e-4


def believable_fps(told: float) -> float | None:
    """``told`` where a camera can have it, else None."""
    return told if math.isfinite(told) and SLOWEST_FPS <= told <= FASTEST_FPS else None


class FrameClock:
    """Gives the frames of one file rising times, the first within the first hour. Cameras that record changes only have a
    variable rate: their timestamps are the truth, and a count of frames is not. ``odd`` counts the timestamps that fall, stand
    or leap; after :data:`ODD_LIMIT` in a row none is believed any more and ``counting`` is true."""

    def __init__(self, fps: float) -> None:
        self._step_s = 1.0 / fps
        self._last_s = -math.inf
        self._row = 0
        self._seam_s = 0.0
        self.odd = 0
        self.counting = False

    def begin_again(self) -> None:
        """The same recording comes once more from its beginning; its times go on from here."""
        if math.isfinite(self._last_s):
            self._seam_s = self._last_s + self._step_s

    def time_s(self, told_s: float) -> float:
        """Seconds since the beginning of the next frame, whose container says ``told_s``."""
        told_s += self._seam_s
        first = self._last_s == -math.inf
        before_s = 0.0 if first else self._last_s
        if not self.counting and before_s <= told_s <= before_s + LONGEST_GAP_S and (first or told_s > before_s):
            self._row = 0
            self._last_s = told_s
            return told_s
        if not self.counting:
            self.odd += 1
            self._row += 1
            self.counting = self._row >= ODD_LIMIT
        self._last_s = 0.0 if first else before_s + self._step_s
        return self._last_s


class LiveClock:
    """Rising times of a live camera, near the wall clock. They begin no earlier than ``after_s``, where an earlier opening of
    the camera ended.

    A wall clock that is put forward (a unit without a battery learns the time after it has started) is followed at once; one
    that is put back by slowing down by 5 % until it has caught up, since speeds and headways are differences of these times.
    """

    def __init__(self, after_s: float = -math.inf) -> None:
        self._last_s = after_s
        self._steady_s = math.nan

    def time_s(self, wall_s: float, steady_s: float) -> float:
        """The time of an image taken now: ``wall_s`` on the wall clock, ``steady_s`` on one that nobody sets."""
        passed_s = steady_s - self._steady_s
        self._steady_s = steady_s
        if math.isnan(passed_s):
            time_s = wall_s
        else:
            expected_s = self._last_s + max(0.0, passed_s)
            behind_s = wall_s - expected_s
            time_s = wall_s if behind_s > LEAP_S else expected_s + max(-SLEW * passed_s, min(SLEW * passed_s, behind_s))
        self._last_s = max(time_s, self._last_s + LEAST_STEP_S)
        return self._last_s
