"""Whether what drives over the lines is known to the model by its looks.

A model knows vehicles as it was shown them: from the side or the front, by day. Seen from straight above, or by night, it may
know none, and a camera that looks well would count nobody. So, while the model has counted nobody for a while, what moves
before still road is counted beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from detectors.counter import CameraCounter
from detectors.counting.line import CountLine
from detectors.video.frames import VideoFrame
from detectors.vision.background import BackgroundDetector

QUIET_S = 30.0
"""Nobody looks beside the model as long as somebody was counted so recently: it takes a tenth of the time that a model takes."""
LOOKS_FPS = 6.0
LEAST, OVER_S = 3, 300.0
"""So many in so long: one may be a cat, and another the shadow of a cloud."""
UNKNOWN = "things drive over the lines that the model does not know: were its weights made for such a view?"


class Unknown:
    """Beside a model that counts at ``lines``, in images of ``size`` (width, height) and of ``fps`` a second."""

    def __init__(self, lines: Sequence[CountLine], fps: float, size: tuple[int, int]) -> None:
        self._every = max(1, round(fps / LOOKS_FPS))
        self._given = tuple(lines), fps / self._every, size
        self._beside: CameraCounter | None = None
        self._images = 0
        self._crossed: dict[int, float] = {}
        """When each track crossed first, however many lines it has crossed since."""
        self._known_s = -math.inf
        """When somebody was known last: from the first image on it is as if that were long ago."""

    @property
    def crossed(self) -> int:
        """How many have driven over the lines lately, and since the model knew somebody."""
        return len(self._crossed)

    @property
    def doubt(self) -> str:
        """Empty while all is well."""
        return UNKNOWN if self.crossed >= LEAST else ""

    def see(self, frame: VideoFrame, knew: bool) -> None:
        """``knew``: the model says with this image that somebody crossed, be he counted or not. Where time goes back a new
        recording has begun."""
        if knew:
            self._known_s = frame.time_s
        if knew or frame.time_s < max(self._crossed.values(), default=-math.inf):
            self._beside, self._images = None, 0
            self._crossed.clear()
        self._crossed = {track: time_s for track, time_s in self._crossed.items() if time_s > frame.time_s - OVER_S}
        if 0.0 <= frame.time_s - self._known_s < QUIET_S:
            return
        self._images += 1
        if self._images % self._every:
            return
        if self._beside is None:
            lines, fps, size = self._given
            self._beside = CameraCounter(None, lines, BackgroundDetector(fps), fps, size)
        seen = self._beside.see(frame._replace(number=self._images // self._every))
        for event in seen.events:
            self._crossed.setdefault(event.track, frame.time_s)
