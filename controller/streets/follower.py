"""One vehicle on its way, followed by its GPS: where along the way it is, and which way it goes when it has left it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from controller.streets.errors import Implausible
from controller.streets.fixes import Heard, heard_of
from controller.streets.guesses import FAR_COST, LEAVE_COST, Candidate, Guess, Moves, emission, sifted
from controller.streets.search import Spot
from controller.streets.smoothing import Smoother
from controller.streets.standing import Standing
from controller.streets.street_route import StreetRoute
from controller.streets.streets import FAR_M, Streets

__all__ = ["Fix", "Follower", "Implausible"]

LOOK_M = 30.0
"""Roads are candidates this near a fix, and three times its noise further."""
SAME_M = 15.0
"""Places of the way nearer than this to each other are one candidate."""
SURE_COST = 5.0
"""So much likelier must another road be than the way, before the way is given up: 150 to 1."""
LEFT_FIXES, LEFT_M, LEFT_NOISES = 2, 12.0, 2.0
"""And so many fixes and metres must have been driven on it, and so many times the noise."""
TRAIL, MOVED_NOISES = 7, 3.5
"""Over the last fixes it must have moved by so many times the noise, of the first two to the last two: one time in 500 a vehicle
that stands seems to."""
ARRIVED_M = 40.0
"""So near its destination a vehicle that leaves its way has arrived."""
AHEAD_COST = 1 / 200.0
"""A vehicle first heard of is rather at the beginning of its way than a metre further on."""


@dataclass(frozen=True, slots=True)
class Fix:
    """``at_m`` along the way and ``speed_mps`` there; ``off_m`` is how far from the way the position itself lies. ``rerouted`` is
    the way that it goes from now on, where that is news; ``at_m`` is then already on it. ``stood_s``: for so long it has stood,
    None where its speed says so. ``lost``: it has left its way, and no other is known."""

    at_m: float
    speed_mps: float
    off_m: float
    rerouted: StreetRoute | None = None
    stood_s: float | None = None
    lost: bool = False


class Follower:
    """Follows one vehicle along ``street_route``; :attr:`route` is the way it is on now."""

    def __init__(self, streets: Streets, street_route: StreetRoute) -> None:
        self._streets = streets
        self._last: Heard | None = None
        self._trail: deque[Heard] = deque(maxlen=TRAIL)
        self._guesses: list[Guess] = []
        self._smooth, self._standing = Smoother(), Standing()
        self._told_m = self._furthest_m = street_route.origin_m
        self._no_way_from: int | None = None
        """The road from which no way was found last."""
        self._lost = False
        self._take(street_route)

    def fork(self) -> Follower:
        """Another one that knows what this one knows; from now on neither changes the other."""
        other = copy(self)
        # Everything else is replaced when it changes.
        other._trail, other._smooth, other._standing = self._trail.copy(), self._smooth.copy(), self._standing.copy()
        return other

    def _take(self, route: StreetRoute) -> None:
        streets = self._streets
        self.route = route
        self._roads = [streets.number[e] for e in route.edges]
        self._of_road: dict[int, list[int]] = {}
        self._of_turn: dict[int, list[int]] = {}
        for i, road in enumerate(self._roads):
            self._of_road.setdefault(road, []).append(i)
            if i + 1 < len(self._roads):
                self._of_turn.setdefault(streets.turn_number[route.edges[i], route.edges[i + 1]], []).append(i)

    def heard(self, lon: float, lat: float, time_s: float, speed_mps: float | None = None, heading_deg: float | None = None,
              accuracy_m: float | None = None) -> Fix:
        """Take in a position. ``heading_deg`` clockwise from north; ``accuracy_m`` is its standard deviation.

        Raises :class:`Implausible` for what cannot be; then nothing has changed.
        """
        fix = heard_of(self._streets.plane, self._last, lon, lat, time_s, speed_mps, heading_deg, accuracy_m)
        there = self._candidates(fix)
        if self._last is None:
            guesses = [_first(c, fix, self.route.origin_m) for c in there]
        else:
            moves = Moves(self._streets.roads, self._streets.search, self._last, fix)
            guesses = [moves.best(self._guesses, c) for c in there]
            for guess, c in zip(guesses, there, strict=True):
                guess.cost += emission(c, fix)
        self._guesses, self._last = sifted(guesses), fix
        self._trail.append(fix)
        best = self._guesses[0]
        on_way = next(g for g in self._guesses if g.way_m is not None)
        if best.way_m is None and self._has_left(best, on_way):
            other = self._other_way(best)
            if other is not None:
                return self._rerouted(other, best, fix)
            self._lost = True
        elif best.way_m is not None:
            self._lost = False
        return self._along(on_way, best, fix)

    # Candidates

    def _candidates(self, fix: Heard) -> list[Candidate]:
        near = self._streets.near(fix.x_m, fix.y_m, LOOK_M + 3 * fix.noise_m)
        if not near and (off_m := self._streets.nearest_road(fix.x_m, fix.y_m).off_m) > FAR_M:
            raise Implausible(f"no road is near: the nearest is {off_m:,.0f} m away", where=fix.place,
                              mend="is it on these streets, and its longitude the first number?")
        roads = len(self._streets.roads)
        on_way: list[Candidate] = []
        off_way: list[Candidate] = []
        for found in near:
            if found.line < roads:
                passes = self._of_road.get(found.line, ())
                on_way += [self._on_way(i, found.at_m, found.off_m, found.heading_rad) for i in passes]
                if not passes:
                    off_way.append(Candidate(found.line, found.at_m, None, found.off_m, found.heading_rad))
            else:
                on_way += [self._on_way(i, self._streets.roads[self._roads[i]].length_m + found.at_m, found.off_m,
                                        found.heading_rad) for i in self._of_turn.get(found.line - roads, ())]
        return [*(_apart(on_way) or [self._held(fix)]), *off_way]

    def _on_way(self, i: int, at_m: float, off_m: float, heading_rad: float | None) -> Candidate:
        return Candidate(self._roads[i], at_m, self.route.start_m[i] + at_m, off_m, heading_rad)

    def _held(self, fix: Heard) -> Candidate:
        """Where the way is nowhere near, it is thought to be where it was last."""
        i = max(k for k, m in enumerate(self.route.start_m) if m <= max(self._told_m, 0.0))
        x_m, y_m = self._streets.xy_m(self.route.place(self._told_m))
        return self._on_way(i, self._told_m - self.route.start_m[i], math.hypot(fix.x_m - x_m, fix.y_m - y_m), None)

    # What is told

    def _has_left(self, best: Guess, on_way: Guess) -> bool:
        noise_m = self._last.noise_m if self._last is not None else 0.0
        return (on_way.cost - best.cost >= SURE_COST and best.off_fixes >= LEFT_FIXES
                and best.off_driven_m >= max(LEFT_M, LEFT_NOISES * noise_m) and self._moves(noise_m)
                and self._furthest_m < self.route.destination_m - ARRIVED_M)

    def _moves(self, noise_m: float) -> bool:
        """False while the last fixes may as well be those of a vehicle that stands: noise alone leads anywhere in time."""
        fixes = list(self._trail)
        (x0_m, y0_m), (x1_m, y1_m) = (((a.x_m + b.x_m) / 2, (a.y_m + b.y_m) / 2) for a, b in (fixes[:2], fixes[-2:]))
        return math.hypot(x1_m - x0_m, y1_m - y0_m) > MOVED_NOISES * noise_m

    def _other_way(self, best: Guess) -> StreetRoute | None:
        if best.road == self._no_way_from:
            return None
        length_m = self._streets.roads[best.road].length_m
        other = self._streets.route_from(Spot(best.road, min(best.at_m, length_m)), self.route)
        self._no_way_from = best.road if other is None else None
        return other

    def _rerouted(self, other: StreetRoute, best: Guess, fix: Heard) -> Fix:
        self._take(other)
        self._lost = False
        self._standing.forget()
        for guess in self._guesses:
            passes = self._of_road.get(guess.road, ())
            guess.way_m = self.route.start_m[passes[0]] + guess.at_m if passes else None
            guess.off_fixes, guess.off_driven_m = 0, 0.0
            if guess is not best and guess.way_m is None:
                guess.cost += LEAVE_COST
        self._guesses = sifted(self._guesses)
        at_m = best.way_m if best.way_m is not None else other.origin_m
        self._smooth.begin(at_m, fix.noise_m, fix.speed_mps, fix.time_s)
        self._told_m = self._furthest_m = at_m
        return Fix(at_m, self._smooth.speed_mps, best.off_m, other, None if fix.speed_mps is not None else 0.0)

    def _along(self, on_way: Guess, best: Guess, fix: Heard) -> Fix:
        assert on_way.way_m is not None
        if self._lost or _far(on_way, fix):
            # It is not on its way, and no other is known: nothing of the way is ahead of it until it comes back.
            self._smooth.time_s = None
            self._standing.forget()
            return Fix(self._told_m, 0.0 if self._lost else fix.speed_mps or 0.0, on_way.off_m,
                       stood_s=None if fix.speed_mps is not None else 0.0, lost=self._lost)
        self._smooth.hear(on_way.way_m, fix.noise_m, fix.speed_mps, fix.time_s)
        at_m = min(max(self._smooth.at_m, 0.0), self.route.route.length_m)
        if abs(self._smooth.at_m - self._furthest_m) > 100.0 and self._smooth.at_m < self._furthest_m:
            self._furthest_m = at_m
        self._furthest_m = max(self._furthest_m, at_m)
        self._told_m = max(at_m, self._furthest_m - 2 * fix.noise_m)
        stood_s = None
        if fix.speed_mps is None:
            self._standing.hear(on_way.way_m, fix.noise_m, fix.time_s)
            stood_s = self._standing.stood_s(fix.time_s)
        return Fix(self._told_m, self._speed_mps(fix), on_way.off_m, stood_s=stood_s)

    def _speed_mps(self, fix: Heard) -> float:
        """What is told of its speed; nothing where it stands, so that nobody takes noise for driving."""
        if fix.speed_mps is not None:
            return self._smooth.speed_mps if fix.speed_mps >= 1.0 else fix.speed_mps
        return 0.0 if self._smooth.stands(fix.noise_m) else self._smooth.speed_mps


def _far(guess: Guess, fix: Heard) -> bool:
    """True where the way is further from the fix than its noise explains."""
    return guess.off_m > 3 * fix.noise_m + LOOK_M


def _first(there: Candidate, fix: Heard, origin_m: float) -> Guess:
    off = there.way_m is None
    cost = emission(there, fix) + (LEAVE_COST if there.way_m is None else AHEAD_COST * abs(there.way_m - origin_m))
    return Guess(there.road, there.at_m, there.way_m, there.off_m, min(cost, FAR_COST + LEAVE_COST), there.way_m or 0.0,
                 1 if off else 0)


def _apart(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of places that follow each other closely on the way, the one nearest to the fix."""
    kept: list[Candidate] = []
    for c in sorted(candidates, key=lambda c: c.way_m or 0.0):
        if kept and (c.way_m or 0.0) - (kept[-1].way_m or 0.0) < SAME_M:
            if c.off_m < kept[-1].off_m:
                kept[-1] = c
        else:
            kept.append(c)
    return kept
