"""Vehicles that drive along a way and say where they are, more or less."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from controller.streets.follower import Fix, Follower
from controller.streets.search import Spot
from controller.streets.street_route import StreetRoute
from controller.streets.streets import Streets
from tests.controller.streets.towns import at, xy

SPEED_MPS = 13.0


@dataclass
class Drive:
    """``true_m`` along the way that is driven, and what the follower made of it: by fix. ``error_m`` is from the place it told to
    the vehicle."""

    follower: Follower
    true_m: list[float] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    error_m: list[float] = field(default_factory=list)

    @property
    def reroutes(self) -> list[tuple[float, StreetRoute]]:
        """(metres driven, the other way) of each."""
        return [(m, f.rerouted) for m, f in zip(self.true_m, self.fixes, strict=True) if f.rerouted is not None]


def drive(follower: Follower, driven: StreetRoute, noise_m: float, every_s: float, seed: int = 1, *, to_m: float | None = None,
          speed_mps: Callable[[float], float] = lambda _: SPEED_MPS, told: bool = True) -> Drive:
    """Along ``driven`` from its origin to its destination, or to ``to_m``. ``speed_mps`` of the metres driven."""
    dice, found, at_m, time_s = random.Random(seed), Drive(follower), driven.origin_m, 1000.0
    end_m = driven.destination_m if to_m is None else to_m
    while at_m < end_m and len(found.fixes) < 2000:
        x_m, y_m = xy(driven.place(at_m))
        lon, lat = at(x_m + dice.gauss(0.0, noise_m), y_m + dice.gauss(0.0, noise_m))
        fix = follower.heard(lon, lat, time_s, accuracy_m=noise_m if told else None)
        found.true_m.append(at_m)
        found.fixes.append(fix)
        found.error_m.append(math.dist(xy(follower.route.place(fix.at_m)), (x_m, y_m)))
        time_s += every_s
        at_m += speed_mps(at_m) * every_s
    return found


def over(streets: Streets, *edges: str) -> StreetRoute:
    """The way over these roads, from the beginning of the first to the end of the last."""
    numbers = [streets.number[e] for e in edges]
    return streets.route_over(numbers, 0.0, streets.roads[numbers[-1]].length_m)


def with_wrong_turn(streets: Streets, planned: StreetRoute, dice: random.Random) -> tuple[StreetRoute, float]:
    """Another way to the same destination, that leaves ``planned`` at a junction; and where on it the wrong road begins."""
    i = dice.randrange(len(planned.edges) - 2)
    wrong = dice.choice([b for a, b in streets.turn if a == planned.edges[i] and b != planned.edges[i + 1]])
    rest = streets.route_from(Spot(streets.number[wrong], 0.0), planned)
    assert rest is not None
    numbers = [streets.number[e] for e in (*planned.edges[:i + 1], *rest.edges)]
    driven = streets.route_over(numbers, planned.origin_m, planned.destination_m - planned.start_m[-1])
    return driven, driven.start_m[i + 1]
