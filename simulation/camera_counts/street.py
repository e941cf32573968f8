"""Traffic on a straight street of four lanes, two each way, by chance alone: nobody brakes, and nobody is in anybody's way."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import Body, Floats, body
from simulation.cameras.scene import Placed

LANES_M = (-5.0, -1.7, 1.7, 5.0)
"""Middles of the lanes, across the street; traffic on the right drives along x in the first two, back in the others."""
HALF_M = 75.0
"""Of the street, from its middle, where vehicles are counted."""
SIZES_M: dict[RoadUser, tuple[float, float, float]] = {
    RoadUser.CAR: (4.4, 1.8, 1.5), RoadUser.MOTORCYCLE: (2.1, 0.7, 1.5), RoadUser.TRUCK: (8.0, 2.4, 2.9),
    RoadUser.BUS: (12.0, 2.5, 3.2)}
"""Length, width and height."""
KINDS = (*4 * (RoadUser.CAR,), RoadUser.MOTORCYCLE, RoadUser.TRUCK, RoadUser.BUS)
LEAST_GAP_S, LONG_S = 1.6, 0.5
"""From a rear to the next front; and how long a vehicle takes for its own length, in the mean."""
SPEEDS_MPS = (8.0, 13.0)
"""All of a lane drive at one speed."""
ASIDE_M = 0.4


def way_of(lane: int) -> float:
    """1 along x, -1 back."""
    return 1.0 if lane < len(LANES_M) / 2 else -1.0


class Vehicle(NamedTuple):
    """Its front is at the street's beginning, as it drives, at ``begins_s``; ``way`` as :func:`way_of` has it."""

    kind: RoadUser
    look: Body
    size_m: tuple[float, float, float]
    way: float
    across_m: float
    begins_s: float
    speed_mps: float

    def front_m(self, now_s: float) -> float:
        return self.way * (self.speed_mps * (now_s - self.begins_s) - HALF_M)

    @property
    def lane(self) -> int:
        return min(range(len(LANES_M)), key=lambda lane: abs(LANES_M[lane] - self.across_m))

    @property
    def passes_s(self) -> float:
        """When its front is at the middle of the street."""
        return self.begins_s + HALF_M / self.speed_mps

    def placed(self, now_s: float) -> Placed:
        return Placed(self.look, self.front_m(now_s), self.across_m, 0.0 if self.way > 0 else math.pi)

    def there(self, now_s: float) -> bool:
        return abs(self.front_m(now_s)) <= HALF_M

    def corners_m(self, now_s: float) -> Floats:
        """(8, 3)"""
        long_m, wide_m, high_m = self.size_m
        front = self.front_m(now_s)
        return np.array([(front - self.way * back * long_m, self.across_m + side * wide_m / 2, up * high_m)
                         for back in (0, 1) for side in (-1, 1) for up in (0, 1)])


def traffic(seed: int, seconds: float, flow_vph: float) -> list[Vehicle]:
    """All who come in ``seconds``, ``flow_vph`` in a lane and hour in the mean; the street is full when it begins."""
    dice = np.random.default_rng(seed)
    found: list[Vehicle] = []
    for lane, across_m in enumerate(LANES_M):
        way, speed = way_of(lane), float(dice.uniform(*SPEEDS_MPS))
        now_s = -2 * HALF_M / speed
        while now_s < seconds:
            kind = KINDS[int(dice.integers(len(KINDS)))]
            size = SIZES_M[kind]
            # The gap is to the rear of who is before.
            found.append(Vehicle(kind, body(kind, *size, f"{lane}-{len(found)}", seed), size, way,
                                 across_m + float(dice.uniform(-ASIDE_M, ASIDE_M)), now_s, speed))
            now_s += size[0] / speed + LEAST_GAP_S + float(dice.exponential(max(0.1, 3600.0 / flow_vph - LEAST_GAP_S - LONG_S)))
    return found
