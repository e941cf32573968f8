"""One vehicle in its lane: how far it is from the stop line, how fast it comes and how it speeds up, by a Kalman filter along
the lane.

Accelerations last for a second or two and then are others: Singer's model (R. A. Singer, *Estimating optimal tracking filter
performance for manned maneuvering targets*, IEEE Trans. AES-6, 1970).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from detectors.camera.ground import Floats
from detectors.lane_traffic.silhouettes import Index, Shape
from detectors.vision.road_users import RoadUser

SPEEDS_UP_MPS2, LASTS_S = 2.0, 1.5
"""Standard deviation of accelerations, and how long one lasts."""
FIRST_SPEED_MPS = 5.0
"""Standard deviation of the speed that a vehicle is begun with."""
FASTEST_MPS = 60.0
"""Motorways are watched from bridges, too, and metres that are wrong by half make speeds wrong by half."""
HARDEST_MPS2 = 6.0
CRAWLS_MPS = 1.5
CAME_M = 3.0
"""Who has driven so far was seen to come: he is a vehicle and no hole in the background."""
BACK_M = 4.0
"""Who is seen so much farther from the stop line than he was drives the other way: places tremble by less."""


@dataclass(slots=True, eq=False)
class LaneVehicle:
    """``state`` (3,): the place of its front (m from the stop line), its speed towards it (m/s), its acceleration (m/s²);
    ``unsure`` (3, 3) their covariance."""

    number: int
    shape: Shape
    state: Floats
    unsure: Floats
    begun_s: float
    first_m: float
    missed_s: float = 0.0
    stood_s: float = 0.0
    shown_s: float = 0.0
    hidden_s: float = 0.0
    """For how long in all it was to be seen, and for how long it has been hidden by others since."""
    sure: bool = False
    """Told to others: seen often enough to be no flicker."""
    passed: bool = False
    backwards: bool = False
    turned_m: float = math.inf
    """Whether it goes away from the stop line; how near it has come since it comes towards it, or how far since it goes away."""
    better: dict[int, float] = field(default_factory=dict)
    """How many times as well it would account for the image, on the average of late, in another shape; by the number of that."""

    @classmethod
    def begun(cls, number: int, shape: Shape, place_m: float, unsure_m: float, speed_mps: float, time_s: float) -> LaneVehicle:
        return cls(number, shape, np.array([place_m, speed_mps, 0.0]),
                   np.diag([unsure_m**2, FIRST_SPEED_MPS**2, SPEEDS_UP_MPS2**2]), time_s, place_m)

    @property
    def place_m(self) -> float:
        return float(self.state[0])

    @property
    def speed_mps(self) -> float:
        return float(self.state[1])

    @property
    def unsure_m(self) -> float:
        return math.sqrt(max(0.0, float(self.unsure[0, 0])))

    @property
    def length_m(self) -> float:
        return self.shape.solid.length_m

    @property
    def tail_m(self) -> float:
        return self.place_m + self.length_m

    @property
    def on_other_track(self) -> bool:
        """Trams do not turn, and the track of the other way lies close by: who goes away on it covers much of the own one."""
        return self.backwards and self.shape.solid.kind is RoadUser.TRAM

    @property
    def told(self) -> bool:
        """Whether it is one of its lane's traffic that others are told of."""
        return self.sure and not self.on_other_track

    @property
    def driven_m(self) -> float:
        return self.first_m - self.place_m

    @property
    def came(self) -> bool:
        """It was seen to come."""
        return self.driven_m > CAME_M

    @property
    def came_to_stand(self) -> bool:
        """It was seen to come, and stands or crawls."""
        return self.came and self.speed_mps < CRAWLS_MPS

    @property
    def over_line(self) -> bool:
        """Has passed the stop line, or is about to: who stands with his front upon it is in the lane still."""
        return self.passed or (self.place_m < 0.0 and self.speed_mps > CRAWLS_MPS)

    @property
    def covered(self) -> Index:
        """The pixels that it covers."""
        return self.shape.covered(self.shape.nearest(self.place_m))

    def found(self, number: int, times: float, memory: float) -> None:
        """The shape of that number was found ``times`` as good; what was found before keeps a share of ``memory``."""
        self.better[number] = memory * self.better.get(number, 1.0) + (1.0 - memory) * times

    def take(self, shape: Shape) -> None:
        """It is of ``shape``."""
        self.shape = shape
        self.better.clear()

    def was_also(self, part: LaneVehicle) -> None:
        """``part`` was a part of it: it is known for as long as the elder of the two."""
        self.number, self.begun_s = min(self.number, part.number), min(self.begun_s, part.begun_s)
        self.first_m, self.sure = max(self.first_m, part.first_m), self.sure or part.sure

    def go_on(self, by_s: float) -> None:
        """What is expected ``by_s`` later."""
        keeps = math.exp(-by_s / LASTS_S)
        step = np.array([[1.0, -by_s, -(by_s**2) / 2], [0.0, 1.0, by_s], [0.0, 0.0, keeps]])
        self.state = step @ self.state
        self.unsure = step @ self.unsure @ step.T
        self.unsure[2, 2] += SPEEDS_UP_MPS2**2 * (1 - keeps**2)
        self._limit()

    def place_is(self, place_m: float, variance: float) -> None:
        """It was measured at ``place_m``."""
        self._learn(np.array([1.0, 0.0, 0.0]), place_m, variance)
        self._notice_way()

    def speed_was(self, speed_mps: float, variance: float, over_s: float) -> None:
        """Its mean speed over the last ``over_s`` was measured."""
        self._learn(np.array([0.0, 1.0, -over_s / 2]), speed_mps, variance)

    def not_before(self, place_m: float, speed_mps: float) -> None:
        """It is no nearer than ``place_m``, where somebody is who drives at ``speed_mps``."""
        self.state[0] = max(self.state[0], place_m)
        self.state[1] = min(self.state[1], speed_mps)

    def _learn(self, sees: Floats, value: float, variance: float) -> None:
        along = self.unsure @ sees
        total = float(sees @ along) + variance
        self.state = self.state + along * ((value - float(sees @ self.state)) / total)
        self.unsure = self.unsure - np.outer(along, along) / total
        self._limit()

    def _notice_way(self) -> None:
        way = 1.0 if self.backwards else -1.0
        if way * self.place_m > way * self.turned_m:
            self.turned_m = self.place_m
        elif way * self.place_m < way * self.turned_m - BACK_M:
            self.backwards, self.turned_m = not self.backwards, self.place_m

    def _limit(self) -> None:
        # Nobody drives backwards in a lane for long, and who has come to a halt brakes no more.
        if self.state[1] <= 0.0 and not self.on_other_track:
            self.state[1] = 0.0
            self.state[2] = max(self.state[2], 0.0)
        self.state[1] = min(self.state[1], FASTEST_MPS)
        self.state[2] = min(max(self.state[2], -HARDEST_MPS2), HARDEST_MPS2)
