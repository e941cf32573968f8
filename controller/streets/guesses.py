"""Where a vehicle may be: guesses kept from fix to fix, each as likely as its fixes and the way between them.

A hidden Markov model as of Newson & Krumm 2009, "Hidden Markov map matching through noise and sparseness" (ACM SIGSPATIAL GIS),
worked out forwards only: of everything that came before, a guess keeps what its best past has cost it. Costs are negative
logarithms of likelihoods, without what all guesses share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from controller.streets.fixes import Heard
from controller.streets.model import Road
from controller.streets.search import KEPT_M, StreetSearch

WIDTH_M = 4.0
"""How far from a road's line its lanes lie, standard deviation."""
HEADING_RAD = math.radians(35.0)
FAR_COST, TURNED_COST = 12.0, 5.0
"""More than this no single fix and no single heading speaks against a guess: it may be an outlier."""
LEAVE_COST = 3.0
"""A crew leaves the way that it was given one time in twenty that it could."""
LEAP_COST = 10.0
"""From anywhere to anywhere: a turn that the streets do not know, a U-turn in the middle of a road, a fix that was wrong."""
KEPT = 8
FORGET_COST = 25.0
RARE_S = 8.0
"""Where there is more time between fixes, other roads are looked for further away."""


@dataclass(slots=True)
class Guess:
    """On road number ``road``, ``at_m`` from its beginning, more than its length in the junction behind it. ``way_m`` is the
    place on the vehicle's way, None off it. ``back_m`` is how far it seems to have gone back from where it was furthest;
    ``off_fixes`` and ``off_driven_m`` how many fixes it has been off its way, and how much further it has come since."""

    road: int
    at_m: float
    way_m: float | None
    off_m: float
    cost: float
    back_m: float = 0.0
    off_fixes: int = 0
    off_driven_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place near a fix, before it is known how it was reached."""

    road: int
    at_m: float
    way_m: float | None
    off_m: float
    heading_rad: float | None


def emission(there: Candidate, fix: Heard) -> float:
    """What the fix itself says against a place: its distance, and where it heads while it drives."""
    cost = min(0.5 * there.off_m**2 / (fix.noise_m**2 + WIDTH_M**2), FAR_COST)
    if fix.heading_rad is not None and there.heading_rad is not None and (fix.speed_mps is None or fix.speed_mps > 2.0):
        turned = abs(math.remainder(fix.heading_rad - there.heading_rad, math.tau))
        cost += min(0.5 * (turned / HEADING_RAD) ** 2, TURNED_COST)
    return cost


class Moves:
    """What it costs to have come from one guess to a candidate."""

    def __init__(self, roads: Sequence[Road], search: StreetSearch, before: Heard, fix: Heard) -> None:
        self._roads, self._search = roads, search
        self._straight_m = math.hypot(fix.x_m - before.x_m, fix.y_m - before.y_m)
        self._noise_m = max(before.noise_m, fix.noise_m)
        self._scale_m = 3.0 + 0.6 * self._noise_m
        self._limit_m = KEPT_M[fix.time_s - before.time_s > RARE_S]

    def best(self, olds: Sequence[Guess], new: Candidate) -> Guess:
        """The guess that ``new`` is, with its best past; its own emission is not yet in it."""
        return min((self._from(old, new) for old in olds), key=lambda g: g.cost)

    def _from(self, old: Guess, new: Candidate) -> Guess:
        off = new.way_m is None
        guess = Guess(new.road, new.at_m, new.way_m, new.off_m, old.cost + LEAP_COST, 0.0, 1 if off else 0, 0.0)
        if old.way_m is not None and new.way_m is not None:
            cost, back_m = self._driven(old, new.way_m - old.way_m)
            if cost < guess.cost:
                guess.cost, guess.back_m = cost, back_m
        driven_m = self._over_streets(old, new)
        if driven_m is None:
            return guess
        cost, back_m = self._driven(old, driven_m)
        cost += LEAVE_COST if old.way_m is not None else 0.0
        if cost < guess.cost:
            guess.cost, guess.back_m = cost, back_m
            if off:
                # The junction does not count: there nobody knows yet where a vehicle turns.
                here_m = driven_m if old.road == new.road else min(driven_m, new.at_m)
                guess.off_fixes = old.off_fixes + (new.at_m > 0.0)
                guess.off_driven_m = old.off_driven_m + here_m
        return guess

    def _over_streets(self, old: Guess, new: Candidate) -> float | None:
        """Metres from the one to the other as the streets let one drive; None where it is too far."""
        if old.road == new.road and new.at_m - old.at_m >= -2 * self._noise_m:
            return new.at_m - old.at_m
        between_m = self._search.reach(old.road, self._limit_m).get(new.road)
        return None if between_m is None else self._roads[old.road].length_m - old.at_m + between_m + new.at_m

    def _driven(self, old: Guess, ahead_m: float) -> tuple[float, float]:
        """The cost of a guess that has come ``ahead_m`` from ``old``, and how far back it is then. Against it speaks that the
        fixes lie nearer together or further apart. Backwards nobody drives: that it seems so is noise, and must not be more. A
        vehicle that stands is not to drift into the other direction of its road, for which its noise is as good."""
        back_m = max(0.0, old.back_m - ahead_m)
        spent_m = abs(abs(ahead_m) - self._straight_m) + max(0.0, back_m - 2 * self._noise_m)
        return old.cost + spent_m / self._scale_m, back_m


def sifted(guesses: Sequence[Guess]) -> list[Guess]:
    """The likeliest few, in order, costs counted from the best; the likeliest on the way is always among them."""
    ordered = sorted(guesses, key=lambda g: (g.cost, g.way_m is None, g.road, g.at_m))
    least = ordered[0].cost
    kept = [g for g in ordered if g.cost - least <= FORGET_COST][:KEPT]
    on_way = next((g for g in ordered if g.way_m is not None), None)
    if on_way is not None and all(g is not on_way for g in kept):
        kept.append(on_way)
    for g in kept:
        g.cost -= least
    return kept
