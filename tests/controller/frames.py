"""Frames for tests: what a test says is there, or whatever a broken camera might claim."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from detectors.observation import (
    ConflictAreaObservation,
    CrossingObservation,
    ExitObservation,
    LaneObservation,
    Quality,
    SeenVehicle,
    VehicleClass,
    queue_of,
)

RANGE_M = 100.0


def car(distance_m: float, speed_mps: float = 0.0) -> SeenVehicle:
    return SeenVehicle(distance_m, speed_mps, VehicleClass.CAR, 5.0)


def queue(vehicles: int) -> list[SeenVehicle]:
    """Standing cars, 7.5 m apart, the first 1 m from the stop line."""
    return [car(1.0 + 7.5 * i) for i in range(vehicles)]


class SaidFrame:
    """Lanes, exits and crossings as given; a lane that is not given is empty, one given as None is not watched."""

    def __init__(self, time_s: float = 0.0, lanes: Mapping[str, list[SeenVehicle] | None] | None = None,
                 exits: Mapping[str, ExitObservation] | None = None, people: Mapping[str, int] | None = None,
                 inside_veh: int = 0) -> None:
        self.time_s, self._inside_veh = time_s, inside_veh
        self._lanes, self._exits, self._people = lanes or {}, exits or {}, people or {}

    def lane(self, lane: str) -> LaneObservation:
        said = self._lanes.get(lane, [])
        if said is None:
            raise KeyError(lane)
        vehicles = tuple(sorted(said))
        count, queue_m = queue_of(vehicles)
        return LaneObservation(lane, self.time_s, RANGE_M, vehicles, count, queue_m, 0.0)

    def exit(self, lane: str) -> ExitObservation:
        return self._exits.get(lane) or ExitObservation(lane, self.time_s, RANGE_M, 0, 0, RANGE_M)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        return CrossingObservation(group, self.time_s, self._people.get(group, 0), 0.0)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        return ConflictAreaObservation(junction, self.time_s, self._inside_veh, 0.0)


class WildFrame:
    """Anything an observation may be without contradicting itself: empty, dense, unwatched, bad, stale, absurd. The same
    seed says the same of the same lane at the same time."""

    MOODS = ("empty", "queue", "queue", "flow", "flow", "unwatched", "bad", "stale", "absurd")

    def __init__(self, seed: int, time_s: float, moods: Sequence[str] = MOODS) -> None:
        self.seed, self.time_s, self._moods = seed, time_s, moods

    @property
    def _only(self) -> str:
        """The one mood there is, where exits and people know it too."""
        return self._moods[0] if len(self._moods) == 1 and self._moods[0] in ("unwatched", "absurd") else ""

    def _random(self, what: str) -> random.Random:
        # A lane keeps its mood for half a minute, so that strategies meet queues and not only noise.
        return random.Random(f"{self.seed}/{what}/{self.time_s // 30}")

    def lane(self, lane: str) -> LaneObservation:
        dice = self._random(lane)
        mood = dice.choice(self._moods)
        if mood == "unwatched":
            raise KeyError(lane)
        if mood == "bad":
            return LaneObservation(lane, self.time_s, RANGE_M, (), 0, 0.0, 0.0, quality=Quality.BAD, reason="lens covered")
        vehicles: tuple[SeenVehicle, ...] = ()
        if mood == "queue" or mood == "stale":
            vehicles = tuple(queue(dice.randint(1, 12)))
        elif mood == "flow":
            vehicles = tuple(car(d, dice.uniform(5, 15)) for d in sorted(dice.uniform(0, 100) for _ in range(dice.randint(1, 6))))
        elif mood == "absurd":
            values = [math.nan, math.inf, -math.inf, -5.0, 0.0, 1e12]
            vehicles = tuple(SeenVehicle(dice.choice(values), dice.choice(values), VehicleClass.TRUCK, dice.choice(values))
                             for _ in range(dice.randint(1, 4)))
            return LaneObservation(lane, self.time_s, RANGE_M, vehicles, dice.randint(0, len(vehicles)), 1e9, 1.0)
        count, queue_m = queue_of(vehicles)
        age_s = 60.0 if mood == "stale" else 0.0
        return LaneObservation(lane, self.time_s - age_s, RANGE_M, vehicles, count, queue_m, 0.5)

    def exit(self, lane: str) -> ExitObservation:
        dice = self._random(lane)
        mood = self._only or dice.choice(["free", "free", "full", "unwatched", "absurd"])
        if mood == "unwatched":
            raise KeyError(lane)
        if mood == "absurd":
            return ExitObservation(lane, math.nan, math.nan, -1, 10**9, math.nan)
        full = mood == "full"
        return ExitObservation(lane, self.time_s, RANGE_M, 12 if full else 0, 12 if full else 0, 2.0 if full else RANGE_M)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        dice = self._random(junction + group)
        if dice.random() < 0.2 or self._only == "unwatched":
            raise KeyError(group)
        return CrossingObservation(group, self.time_s, dice.choice([0, 0, 1, 5, 400, -3]), 10.0)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        dice = self._random("inside " + junction)
        if dice.random() < 0.2 or self._only == "unwatched":
            raise KeyError(junction)
        age_s = dice.choice([0.0, 60.0, math.nan])
        return ConflictAreaObservation(junction, self.time_s - age_s, dice.choice([0, 0, 1, 2, 9, 10**9, -2]), math.inf)
