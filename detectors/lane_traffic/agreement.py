"""Whether what is counted at the stop lines is what boxes do there.

Boxes need no metres. Where the road's metres are wrong (points measured badly, a camera turned since) the silhouettes of vehicles
fit nobody; where a stop line is drawn at its lane's wrong end, all drive over it backwards. In both cases a lane in which many
drive would count none and look well.
"""

from __future__ import annotations

from collections import deque

OVER_S = 300.0
LEAST_BOXES, LEAST_BACK = 8, 12
FEW = 0.25
"""Of a queue many are one box, so that boxes are fewer than vehicles; fewer than this share of so many boxes is no chance."""
NOT_FOLLOWED = "vehicles drive over stop lines along which nobody is followed: do the site file's metres fit the road?"
BACKWARDS = "vehicles drive over stop lines backwards: are they drawn at the wrong ends of their lanes?"


class Agreement:
    """Of one camera's approach lanes, all together. Times do not fall; where time goes back it begins anew."""

    def __init__(self) -> None:
        self._boxes: deque[float] = deque()
        self._back: deque[float] = deque()
        self._followed: deque[float] = deque()

    def box(self, time_s: float, *, back: bool = False) -> None:
        """A box went over a stop line as traffic does, or ``back`` over it."""
        self._note(self._back if back else self._boxes, time_s)

    def followed(self, time_s: float) -> None:
        """Somebody who is followed along his lane did."""
        self._note(self._followed, time_s)

    def doubt(self, now_s: float, *, one_by_one: bool) -> str:
        """:data:`NOT_FOLLOWED` (only where vehicles are followed ``one_by_one``), :data:`BACKWARDS`, or nothing."""
        for times in (self._boxes, self._back, self._followed):
            while times and times[0] <= now_s - OVER_S:
                times.popleft()
        boxes, back, followed = len(self._boxes), len(self._back), len(self._followed)
        if one_by_one and boxes >= LEAST_BOXES and followed < FEW * boxes:
            return NOT_FOLLOWED
        return BACKWARDS if back >= LEAST_BACK and max(boxes, followed) < FEW * back else ""

    @staticmethod
    def _note(times: deque[float], time_s: float) -> None:
        if times and time_s < times[-1]:
            times.clear()
        times.append(time_s)
