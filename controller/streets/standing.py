"""Whether a vehicle stands, by its noisy places alone, where its receiver does not say how fast it drives.

A straight line is fitted through the places of the last while, as long as is needed for its slope to be known to
:data:`SURE_MPS`: with much noise, or few places, that takes longer. Two places, or a few seconds, cannot tell a vehicle that
stands from one that crawls in a queue. Once it stands, it does until places lie further from where it stood than noise explains.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

LEAST_S, LEAST_FIXES, LONGEST_S = 40.0, 5, 140.0
"""In a queue that moves now and then vehicles stand for less than the first."""
SURE_MPS = 0.1
"""Standard deviation of the slope that will do."""
DEVIATIONS = 1.5
"""Who stands is slower than so many of them by what is seen, six times in seven; who crawls, over as long, is not. It is asked
again with every place: who stands is soon believed."""
RECENT, LEFT_NOISES = 3, 4.5
"""The last places have left where it stood when their middle lies so many standard deviations away: by chance never."""
SPREAD_DEVIATIONS = 3.0


@dataclass(slots=True)
class Standing:
    """:meth:`stood_s` is for how long it has stood, 0 where it drives or nobody can tell."""

    _past: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=200))
    _since_s: float | None = None
    _middle_m: float = 0.0
    _count: int = 0

    def copy(self) -> Standing:
        return replace(self, _past=self._past.copy())

    def forget(self) -> None:
        self._past.clear()
        self._since_s = None

    def hear(self, at_m: float, noise_m: float, time_s: float) -> None:
        """Take in a place along the way."""
        past = self._past
        past.append((time_s, at_m))
        while time_s - past[0][0] > LONGEST_S:
            past.popleft()
        if self._since_s is None:
            self._perhaps_stands(noise_m)
            return
        recent_m = sum(past[-k][1] for k in range(1, min(RECENT, len(past)) + 1)) / min(RECENT, len(past))
        off_m = abs(recent_m - self._middle_m)
        if off_m > LEFT_NOISES * noise_m * math.sqrt(1 / RECENT + 1 / self._count):
            self._since_s = None
            while len(past) > RECENT:
                past.popleft()
            return
        self._count += 1
        self._middle_m += (at_m - self._middle_m) / self._count

    def stood_s(self, time_s: float) -> float:
        return 0.0 if self._since_s is None else max(0.0, time_s - self._since_s)

    def _perhaps_stands(self, noise_m: float) -> None:
        """Look back until the slope is known well enough; sums are of seconds and metres before the newest place."""
        (now_s, here_m), count = self._past[-1], 0
        sum_s = sum_m = sum_ss = sum_sm = sum_mm = 0.0
        for time_s, at_m in reversed(self._past):
            s, m = time_s - now_s, at_m - here_m
            count, sum_s, sum_m = count + 1, sum_s + s, sum_m + m
            sum_ss, sum_sm, sum_mm = sum_ss + s * s, sum_sm + s * m, sum_mm + m * m
            spread = sum_ss - sum_s * sum_s / count
            if -s < LEAST_S or count < LEAST_FIXES or noise_m > SURE_MPS * math.sqrt(spread):
                continue
            off_m = abs(sum_sm - sum_s * sum_m / count) / math.sqrt(spread)
            # Noise alone spreads them so far, and a jump from one standing place to the next further.
            most = (count - 1 + SPREAD_DEVIATIONS * math.sqrt(2 * (count - 1))) * noise_m**2
            if off_m <= DEVIATIONS * noise_m and sum_mm - sum_m * sum_m / count <= most:
                # It may have rolled to its stop at the beginning of all this.
                late = [m for t, m in self._past if t >= (time_s + now_s) / 2]
                self._since_s, self._middle_m, self._count = time_s, sum(late) / len(late), len(late)
            return
