"""Where along its way a vehicle is and how fast it drives, from noisy metres: a Kalman filter of place and speed."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

URGE_MPS2 = 1.5
"""Standard deviation of the acceleration that nobody told of."""
SPEED_NOISE_MPS = 1.0
SPEED_DOUBT_MPS = 8.0
GATE = 4.0
"""Further from what was expected, in standard deviations, the past is forgotten."""
FASTEST_MPS = 45.0
STOOD_S, STOOD_FIXES = 12.0, 4
"""Over so long, and of so many fixes at least, it is seen whether a vehicle stands."""
CRAWL_MPS = 3.0
"""One that drives faster by all it seems does not stand, whatever it did before."""


@dataclass(slots=True)
class Smoother:
    """``at_m`` and ``speed_mps`` at ``time_s``, with their variances and covariance. ``None`` at first."""

    time_s: float | None = None
    at_m: float = 0.0
    speed_mps: float = 0.0
    _aa: float = 0.0
    _av: float = 0.0
    _vv: float = 0.0
    _past: deque[tuple[float, float]] = field(default_factory=deque)

    def copy(self) -> Smoother:
        return replace(self, _past=self._past.copy())

    def begin(self, at_m: float, noise_m: float, speed_mps: float | None, time_s: float) -> None:
        """Forget everything; of the speed only what is told here is known."""
        self._past.clear()
        self.time_s, self.at_m, self.speed_mps = time_s, at_m, self.speed_mps if speed_mps is None else speed_mps
        self._aa, self._av, self._vv = noise_m**2, 0.0, (SPEED_DOUBT_MPS if speed_mps is None else SPEED_NOISE_MPS) ** 2

    def hear(self, at_m: float, noise_m: float, speed_mps: float | None, time_s: float) -> None:
        """Take in where it seems to be, and how fast it says it drives."""
        if self.time_s is None:
            self.begin(at_m, noise_m, speed_mps, time_s)
            return
        self._drive(time_s - self.time_s)
        self.time_s = time_s
        self._past.append((time_s, at_m))
        while len(self._past) > STOOD_FIXES and time_s - self._past[0][0] > STOOD_S:
            self._past.popleft()
        spread = self._aa + noise_m**2
        if abs(at_m - self.at_m) > GATE * math.sqrt(spread):
            self.begin(at_m, noise_m, speed_mps, time_s)
            return
        gain_a, gain_v, off_m = self._aa / spread, self._av / spread, at_m - self.at_m
        self.at_m, self.speed_mps = self.at_m + gain_a * off_m, self.speed_mps + gain_v * off_m
        self._vv -= gain_v * self._av
        self._aa, self._av = (1 - gain_a) * self._aa, (1 - gain_a) * self._av
        if speed_mps is not None:
            self._hear_speed(speed_mps)
        self.speed_mps = min(max(self.speed_mps, 0.0), FASTEST_MPS)

    def stands(self, noise_m: float) -> bool:
        """True where the last fixes are no further from standing than their noise explains: the slope of a straight line through
        them is within two of its own standard deviations of 0."""
        if len(self._past) < STOOD_FIXES or self.speed_mps > CRAWL_MPS:
            return False
        count = len(self._past)
        mean_s, mean_m = (sum(row[k] for row in self._past) / count for k in (0, 1))
        spread = sum((t - mean_s) ** 2 for t, _ in self._past)
        slope = sum((t - mean_s) * (m - mean_m) for t, m in self._past)
        return spread > 0 and slope <= 2.0 * noise_m * math.sqrt(spread)

    def _drive(self, span_s: float) -> None:
        self.at_m += self.speed_mps * span_s
        self._aa += 2 * span_s * self._av + span_s**2 * self._vv + URGE_MPS2**2 * span_s**4 / 4
        self._av += span_s * self._vv + URGE_MPS2**2 * span_s**3 / 2
        self._vv += URGE_MPS2**2 * span_s**2

    def _hear_speed(self, speed_mps: float) -> None:
        spread = self._vv + SPEED_NOISE_MPS**2
        gain_a, gain_v, off = self._av / spread, self._vv / spread, speed_mps - self.speed_mps
        self.at_m, self.speed_mps = self.at_m + gain_a * off, self.speed_mps + gain_v * off
        self._aa -= gain_a * self._av
        self._av, self._vv = (1 - gain_v) * self._av, (1 - gain_v) * self._vv
