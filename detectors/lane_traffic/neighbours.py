"""Which lanes of a camera lie side by side and lead the same way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.lane_traffic.axis import Axis

APART_M = 5.5
"""Middles of neighbouring lanes are no further apart."""
SAME_WAY = 0.7
"""Cosine of the angle between two that lead the same way."""


class Neighbours:
    """Of the lanes along ``axes``, by their number. Who changes lanes keeps his distance from the stop line, so that what counts
    is where both are at the same distance."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._of = [frozenset(j for j, other in enumerate(axes) if other is one or _side_by_side(one, other)) for one in axes]

    def of(self, lane: int) -> frozenset[int]:
        """Who drives in ``lane`` may turn out to be in one of these, itself among them."""
        return self._of[lane]


def _side_by_side(one: Axis, other: Axis) -> bool:
    half_m = min(one.reach_m, other.reach_m) / 2
    ((here,), (up,)), ((there,), (its_up,)) = one.place(half_m), other.place(half_m)
    return float(up @ its_up) >= SAME_WAY and float(np.hypot(*(here - there))) <= APART_M
