"""What a policy thought of each stage a moment ago counts for what it thinks now: single looks are noisy, and a change costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from controller.learned.policy import NEVER
from controller.predictive.model import Array

LONGEST_S = 1.5
"""A junction that was not asked for longer has changed meanwhile, or a minimum green was running."""


class Smoothing:
    """Exponential, second by second: what was thought ``half_life_s`` ago weighs as much as all since; 0 for nothing."""

    def __init__(self, half_life_s: float) -> None:
        self._half_life_s = half_life_s
        self._last: dict[int, tuple[float, Array]] = {}

    def see(self, scores: Array, ready: Sequence[int], now_s: float) -> Array:
        """``scores`` (R, P) of the junctions ``ready``, smoothed. A stage that could not be asked for before counts as it is."""
        if self._half_life_s <= 0.0:
            return scores
        smoothed = scores.copy()
        for row, i in enumerate(ready):
            last_s, before = self._last.get(i, (-np.inf, scores[row]))
            by_s = now_s - last_s
            if 0.0 <= by_s <= LONGEST_S:
                kept = 0.5 ** (by_s / self._half_life_s)
                known = (before > NEVER) & (scores[row] > NEVER)
                smoothed[row] = np.where(known, kept * before + (1.0 - kept) * scores[row], scores[row])
            self._last[i] = now_s, smoothed[row]
        return smoothed
