"""Spread zone totals over origin-destination pairs: the doubly constrained gravity rule.

Trips between i and j are proportional to O_i · D_j · exp(−d_ij / scale), balanced row by row and column by column until
both totals hold (Furness iteration; J. de D. Ortúzar and L. G. Willumsen, Modelling Transport, 4th ed., section 5.6).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

ROUNDS = 60


def spread(out_of: Mapping[str, float], into: Mapping[str, float], length_m: Mapping[tuple[str, str], float],
           scale_m: float) -> dict[tuple[str, str], float]:
    """Vehicles an hour per (origin, destination) that ``length_m`` knows; zone totals in vehicles an hour.

    Destinations are first scaled to the origins' total, so what goes in comes out. Pairs without a length get nothing.
    """
    total_in, total_out = sum(out_of.values()), sum(into.values())
    if total_in <= 0 or total_out <= 0:
        return {}
    into = {z: v * total_in / total_out for z, v in into.items()}
    trips = {(i, j): out_of[i] * into[j] * math.exp(-d / scale_m)
             for (i, j), d in length_m.items() if out_of.get(i, 0) > 0 and into.get(j, 0) > 0}
    for _ in range(ROUNDS):
        for side, totals in ((1, into), (0, out_of)):  # origins last: they hold exactly
            sums: dict[str, float] = {}
            for pair, v in trips.items():
                sums[pair[side]] = sums.get(pair[side], 0.0) + v
            trips = {pair: v * totals[pair[side]] / sums[pair[side]] if sums[pair[side]] > 0 else 0.0
                     for pair, v in trips.items()}
    return trips
