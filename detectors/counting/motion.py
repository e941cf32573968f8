"""How one track has moved lately: where it is on the road, how fast, since when it stands."""

from __future__ import annotations

import math
from collections import deque

WINDOW_S = 1.0
"""Speeds are the slope of the straight line through the places of so long."""
FASTEST_MPS = 70.0
"""250 km/h: what is faster is two vehicles under one number, or a box that jumped, and is no speed."""
ODD_MPS = 200.0 / 3.6
"""Nobody drives so fast in a street: one such speed is a box that jumped, many are metres that do not fit the road."""
STANDS_SHARE, STANDS_AFTER_S = 0.12, 1.5
"""Stands when its middle has stayed within this share of its size for so long."""

Place = tuple[float, float]


class Motion:
    """Fed with the moment, the box's middle and size in pixels, and the place on the ground in metres where that is known."""

    __slots__ = ("_anchor", "_anchor_s", "_places", "_times", "first_s", "standing_s")

    def __init__(self, time_s: float, middle: Place) -> None:
        self.first_s = time_s
        self.standing_s = 0.0
        self._anchor, self._anchor_s = middle, time_s
        self._times: deque[float] = deque()
        self._places: deque[Place] = deque()

    def add(self, time_s: float, middle: Place, size_px: float, place_m: Place | None) -> None:
        dx, dy = middle[0] - self._anchor[0], middle[1] - self._anchor[1]
        if math.hypot(dx, dy) > max(1.5, STANDS_SHARE * size_px):
            # It went away from where it was: that, and not the tremble of its box, ends a halt.
            self._anchor, self._anchor_s = middle, time_s
        halt_s = time_s - self._anchor_s
        self.standing_s = halt_s if halt_s >= STANDS_AFTER_S else 0.0
        if place_m is None or not (math.isfinite(place_m[0]) and math.isfinite(place_m[1])):
            return
        self._times.append(time_s)
        self._places.append(place_m)
        while len(self._times) > 3 and time_s - self._times[0] > WINDOW_S:
            self._times.popleft()
            self._places.popleft()

    def velocity_mps(self) -> Place | None:
        """By least squares over the window; None before there are three places, or where it is faster than anybody drives."""
        velocity = self._slope_mps()
        return None if velocity is None or math.hypot(*velocity) > FASTEST_MPS else velocity

    @property
    def too_fast(self) -> bool:
        """Whether it is faster than :data:`ODD_MPS` by what was measured, which :meth:`speed_mps` may not tell."""
        velocity = self._slope_mps()
        return velocity is not None and math.hypot(*velocity) > ODD_MPS

    def _slope_mps(self) -> Place | None:
        n = len(self._times)
        if n < 3:
            return None
        mean_s = sum(self._times) / n
        square = sum((t - mean_s) ** 2 for t in self._times)
        if square <= 0.0:
            return None
        vx = sum((t - mean_s) * p[0] for t, p in zip(self._times, self._places, strict=True)) / square
        vy = sum((t - mean_s) * p[1] for t, p in zip(self._times, self._places, strict=True)) / square
        return vx, vy

    def speed_mps(self) -> float | None:
        """0 while it stands; else as :meth:`velocity_mps` has it."""
        if self.standing_s > 0:
            return 0.0
        velocity = self.velocity_mps()
        return None if velocity is None else math.hypot(*velocity)
