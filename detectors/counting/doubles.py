"""One vehicle in two boxes: its bonnet and its boot, a tractor and its trailer. Both cross the line, and it is counted once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from detectors.counting.line import CountLine, Crossing, Direction, Point

WITHIN_S = 0.6
BESIDE_SHARE = 0.5
"""The narrower of the two lies within the other's width by this share."""
KEPT = 20


class _Passage(NamedTuple):
    time_s: float
    track: int
    crossing: Crossing


class Doubles:
    """Of one line. ``now`` tells where a track is at this moment, None of one that has ended."""

    def __init__(self, line: CountLine, now: Callable[[int], Point | None]) -> None:
        self._line, self._now = line, now
        self._lately: dict[Direction, deque[_Passage]] = {way: deque(maxlen=KEPT) for way in Direction}

    def is_part(self, crossing: Crossing, time_s: float, track: int) -> bool:
        """Whether ``track`` is a part of somebody who has been told of before."""
        lately = self._lately[crossing.direction]
        here = self._now(track)
        part = any(other.track != track and abs(other.time_s - time_s) < WITHIN_S
                   and self._one(crossing, other.crossing, here, self._now(other.track)) for other in lately)
        lately.append(_Passage(time_s, track, crossing))
        return part

    def _one(self, a: Crossing, b: Crossing, a_now: Point | None, b_now: Point | None) -> bool:
        line = self._line
        # Of who was found in parts, one is seen whole soon after, and the other is gone.
        long_px = max(a.long_px, b.long_px, line.reach_px(b_now) if b_now is not None else 0.0)
        if not _beside(a.along_px, a.wide_px, b.along_px, b.wide_px):
            return False
        # Middles of two vehicles behind one another are further apart than the mean of their lengths, and never so near in time.
        if abs(a.frame - b.frame) * max(a.pace_px, b.pace_px) > long_px:
            return False
        if a_now is None or b_now is None:
            return True
        # Two that were one box at the line, and have come apart since, are two.
        apart_px = abs(line.side_px(a_now.x, a_now.y) - line.side_px(b_now.x, b_now.y))
        return apart_px <= long_px and _beside(line.along(a_now.x, a_now.y) * line.length_px, line.width_px(a_now),
                                               line.along(b_now.x, b_now.y) * line.length_px, line.width_px(b_now))


def _beside(a_px: float, a_wide_px: float, b_px: float, b_wide_px: float) -> bool:
    shared = min(a_px + a_wide_px / 2, b_px + b_wide_px / 2) - max(a_px - a_wide_px / 2, b_px - b_wide_px / 2)
    return shared >= BESIDE_SHARE * min(a_wide_px, b_wide_px)
