"""Whether those who are followed along the lanes are those who drive there.

Boxes need no metres. Where the road's metres are wrong (points measured badly, a camera turned since) the silhouettes of vehicles
fit nobody, and a lane in which many drive would count none and look well.
"""

from __future__ import annotations

from collections import deque

OVER_S = 300.0
LEAST_BOXES, FOLLOWED_SHARE = 8, 0.25
"""Of a queue many are one box, so that boxes are fewer than vehicles; of so many boxes fewer than this share were followed."""
DOUBT = "vehicles drive over stop lines along which nobody is followed: do the site file's metres fit the road?"


class Agreement:
    """Of one camera's approach lanes, all together. Times do not fall; after time went back it begins anew."""

    def __init__(self) -> None:
        self._boxes: deque[float] = deque()
        self._followed: deque[float] = deque()

    def box(self, time_s: float) -> None:
        """A box went over a stop line."""
        self._note(self._boxes, time_s)

    def followed(self, time_s: float) -> None:
        """Somebody who is followed along his lane did."""
        self._note(self._followed, time_s)

    def doubt(self, now_s: float) -> str:
        """:data:`DOUBT`, or nothing."""
        for times in (self._boxes, self._followed):
            while times and times[0] <= now_s - OVER_S:
                times.popleft()
        few = len(self._followed) < FOLLOWED_SHARE * len(self._boxes)
        return DOUBT if few and len(self._boxes) >= LEAST_BOXES else ""

    @staticmethod
    def _note(times: deque[float], time_s: float) -> None:
        if times and time_s < times[-1]:
            times.clear()
        times.append(time_s)
