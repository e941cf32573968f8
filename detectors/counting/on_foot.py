"""People on foot, told from vehicles by shape and pace, for detectors that tell no kinds."""

from __future__ import annotations

import math
from dataclasses import dataclass

UPRIGHT = 1.4
"""People are at least so many times higher than wide."""
TALLEST, WIDEST = 0.2, 0.06
"""And take at most these shares of the image's height and width: a car seen from above is upright as well, but large."""
FASTEST_HEIGHTS_PS = 1.6
"""A runner makes 2.8 m/s of 1.75 m; who rides a motorcycle makes several of its heights in a second."""
PACE_S = 0.5
FASTEST_MPS, FAST_SHARE, FAST_LOOKS = 3.5, 0.25, 4
"""Where the camera is calibrated: who is faster for more than a quarter of his looks rides. Coming towards the camera nobody
makes many of his heights."""


@dataclass(slots=True)
class Gait:
    """What one track has shown of its shape and pace."""

    image_width: int
    image_height: int
    _from_s: float = math.nan
    _from: tuple[float, float] = (0.0, 0.0)
    _fastest: float = 0.0
    _upright: int = 0
    _seen: int = 0
    _fast: int = 0
    _timed: int = 0

    def see(self, time_s: float, box: tuple[float, float, float, float], speed_mps: float | None = None) -> None:
        """``speed_mps`` on the ground, where it is known."""
        if speed_mps is not None:
            self._timed += 1
            self._fast += speed_mps > FASTEST_MPS
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        at = (left + right) / 2, (top + bottom) / 2
        self._seen += 1
        self._upright += (height >= UPRIGHT * width and height <= TALLEST * self.image_height
                          and width <= WIDEST * self.image_width)
        if math.isnan(self._from_s):
            self._from_s, self._from = time_s, at
        elif time_s - self._from_s >= PACE_S:
            pace = math.dist(at, self._from) / max(1.0, height) / (time_s - self._from_s)
            self._fastest = max(self._fastest, pace)
            self._from_s, self._from = time_s, at

    @property
    def on_foot(self) -> bool:
        if self._timed >= FAST_LOOKS and self._fast > FAST_SHARE * self._timed:
            return False
        return self._upright > 0.6 * self._seen and self._fastest < FASTEST_HEIGHTS_PS
