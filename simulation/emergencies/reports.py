"""What dispatch hears of where an ambulance is: the very metres, or what its GPS makes of them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from controller.preemption.route import Route
from controller.streets.follower import Follower, Implausible
from controller.streets.streets import Streets
from simulation.emergencies.settings import Gps
from simulation.emergencies.trips import Trip
from simulation.emergencies.ways import Way, Ways


@dataclass(frozen=True, slots=True)
class Report:
    """``at_m`` along the way that is known; of another way from now on where ``rerouted`` is one. ``error_m`` is how far from the
    ambulance that place is. ``stood_s`` and ``lost`` as :class:`controller.streets.follower.Fix` has them."""

    at_m: float
    speed_mps: float
    rerouted: Route | None = None
    error_m: float = 0.0
    stood_s: float | None = None
    lost: bool = False


class Reports(Protocol):
    """What is said of one ambulance after the other."""

    def begins(self, trip: Trip) -> Route:
        """The way that dispatch is told of."""

    def report(self, trip: Trip, way: Way, at_m: float, speed_mps: float, now_s: float) -> Report | None:
        """What is said of an ambulance that is ``at_m`` along ``way``, which it drives; None for nothing."""

    def known_m(self, trip: Trip) -> float:
        """How long the way is that is known of."""


class Exact:
    """Every second the very metres. A wrong turn is known as soon as its road is entered."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._known: dict[str, Route] = {}
        self._left_m: dict[str, float] = {}

    def begins(self, trip: Trip) -> Route:
        self._known[trip.id] = self._ways.way(trip.planned or trip.edges).route
        return self._known[trip.id]

    def report(self, trip: Trip, way: Way, at_m: float, speed_mps: float, now_s: float) -> Report | None:
        if trip.planned and trip.id not in self._left_m:
            first = _first_other(trip.planned, trip.edges)
            if at_m >= way.start_m[first]:
                self._left_m[trip.id] = way.start_m[first]
                self._known[trip.id] = self._ways.way(trip.edges[first:]).route
                return Report(at_m - way.start_m[first], speed_mps, self._known[trip.id])
        return Report(at_m - self._left_m.get(trip.id, 0.0), speed_mps)

    def known_m(self, trip: Trip) -> float:
        return self._known[trip.id].length_m


class Noisy:
    """Positions out of a GPS receiver, matched to the streets by nothing but themselves."""

    def __init__(self, ways: Ways, gps: Gps, seed: int, api: Any) -> None:
        self._streets = Streets(ways.roads, ways.turns)
        self._place = ways.place
        self._gps, self._seed, self._api = gps, seed, api
        self._followers: dict[str, Follower] = {}
        self._dice: dict[str, random.Random] = {}
        self._last_s: dict[str, float] = {}

    def begins(self, trip: Trip) -> Route:
        edges = trip.planned or trip.edges
        numbers = [self._streets.number[e] for e in edges]
        known = self._streets.route_over(numbers, 0.0, self._streets.roads[numbers[-1]].length_m)
        self._followers[trip.id] = Follower(self._streets, known)
        self._dice[trip.id] = random.Random(f"gps {self._seed} {trip.id}")
        return known.route

    def report(self, trip: Trip, way: Way, at_m: float, speed_mps: float, now_s: float) -> Report | None:
        if now_s - self._last_s.get(trip.id, -math.inf) < self._gps.every_s:
            return None
        self._last_s[trip.id] = now_s
        dice, follower = self._dice[trip.id], self._followers[trip.id]
        x_m, y_m = self._api.vehicle.getPosition(trip.id)
        lon, lat = self._place(x_m + dice.gauss(0.0, self._gps.noise_m), y_m + dice.gauss(0.0, self._gps.noise_m))
        try:
            fix = follower.heard(lon, lat, now_s, accuracy_m=self._gps.noise_m)
        except Implausible:
            return None
        true = self._streets.xy_m(self._place(x_m, y_m))
        error_m = math.dist(true, self._streets.xy_m(follower.route.place(fix.at_m)))
        other = fix.rerouted.route if fix.rerouted is not None else None
        return Report(fix.at_m, fix.speed_mps, other, error_m, fix.stood_s, fix.lost)

    def known_m(self, trip: Trip) -> float:
        return self._followers[trip.id].route.route.length_m


def _first_other(planned: Sequence[str], driven: Sequence[str]) -> int:
    return next(i for i, (a, b) in enumerate(zip(planned, driven, strict=False)) if a != b)
