"""Whether what is counted at the stop lines is what boxes do there.

Boxes need no metres. Where the road's metres are wrong (points measured badly, a camera turned since) the silhouettes of vehicles
fit nobody, or boxes drive faster than anybody does; where a stop line is drawn at its lane's wrong end, all drive over it
backwards. In each case a lane in which many drive would look well, and count none or tell speeds that nobody measured.
"""

from __future__ import annotations

from collections import deque

OVER_S = 300.0
LEAST_BOXES, LEAST_BACK = 8, 12
FEW = 0.25
"""Of a queue many are one box, so that boxes are fewer than vehicles; fewer than this share of so many boxes is no chance."""
MANY_BOXES, HALF = 20, 0.6
"""Nor is this share of so many: where every other vehicle is lost the lane looks well and counts half of what it should."""
NOT_FOLLOWED = "vehicles drive over stop lines along which nobody is followed: do the site file's metres fit the road?"
TOO_FAST = "most vehicles would drive faster than 200 km/h: do the site file's metres fit the road?"
BACKWARDS = "vehicles drive over stop lines backwards: are they drawn at the wrong ends of their lanes?"


class Agreement:
    """Of one camera's approach lanes, all together. Times do not fall; where time goes back it begins anew."""

    def __init__(self) -> None:
        self._boxes: deque[float] = deque()
        self._back: deque[float] = deque()
        self._followed: deque[float] = deque()
        self._expected: deque[float] = deque()
        self._too_fast: deque[float] = deque()

    def box(self, time_s: float, *, back: bool = False, too_fast: bool = False, long: bool = True) -> None:
        """A box went over a stop line as traffic does, or ``back`` over it; ``too_fast`` for anybody, as the metres have it;
        along a lane that is ``long`` enough for its vehicles to be followed."""
        self._note(self._back if back else self._boxes, time_s)
        if long and not back:
            self._note(self._expected, time_s)
        if too_fast and not back:
            self._note(self._too_fast, time_s)

    def followed(self, time_s: float) -> None:
        """Somebody who is followed along his lane did."""
        self._note(self._followed, time_s)

    def doubt(self, now_s: float, *, one_by_one: bool) -> str:
        """:data:`NOT_FOLLOWED` (only where vehicles are followed ``one_by_one``), :data:`TOO_FAST`, :data:`BACKWARDS`,
        or nothing."""
        for times in (self._boxes, self._back, self._followed, self._too_fast, self._expected):
            while times and times[0] <= now_s - OVER_S:
                times.popleft()
        boxes, back, followed = len(self._boxes), len(self._back), len(self._followed)
        expected = len(self._expected)
        if one_by_one and expected >= LEAST_BOXES and followed < (HALF if expected >= MANY_BOXES else FEW) * expected:
            return NOT_FOLLOWED
        if boxes >= LEAST_BOXES and 2 * len(self._too_fast) > boxes:
            return TOO_FAST
        return BACKWARDS if back >= LEAST_BACK and max(boxes, followed) < FEW * back else ""

    @staticmethod
    def _note(times: deque[float], time_s: float) -> None:
        if times and time_s < times[-1]:
            times.clear()
        times.append(time_s)
