"""A point-queue street for planners: vehicles arrive when a test says so, queue at the stop line, and leave while their group is
green, one every two seconds. The real clockwork, no simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from controller.strategy import Strategy, Tick
from detectors.observation import (
    ConflictAreaObservation,
    CrossingObservation,
    ExitObservation,
    LaneObservation,
    SeenVehicle,
    VehicleClass,
    queue_of,
)
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from simulation.cabinet.clockwork import Clockwork
from tests.controller.junctions import network

RANGE_M, SPACE_M, SPEED_MPS = 100.0, 7.5, 12.5
Arrivals = Callable[[str, int], int]
"""Vehicles that come into view on a lane in a second."""


@dataclass
class World:
    """``served[lane]`` have left; ``changes`` the stages asked for, with their time."""

    junction: Junction
    arrivals: Arrivals
    people: Callable[[str, int], int] = lambda group, second: 0
    inside: Callable[[int], int] = lambda second: 0
    """Vehicles that stand in the conflict area in a second."""
    start_s: float = 0.0
    """How long the first driver of a queue takes to start."""
    vehicles: dict[str, list[float]] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[int, StageId]] = field(default_factory=list)
    waited_veh_s: float = 0.0
    _ready_s: dict[str, float] = field(default_factory=dict)

    def run(self, strategy: Strategy, seconds: int) -> World:
        clock = Clockwork(self.junction, 0.0)
        strategy.start(network(self.junction), 1)
        for lane in self.junction.lanes:
            self.vehicles[lane.id], self.served[lane.id], self._ready_s[lane.id] = [], 0, 0.0
        for second in range(seconds):
            clock.tick(second)
            green = {g.id for g, head in zip(self.junction.groups, clock.heads, strict=True) if head.is_green}
            for lane in self.junction.lanes:
                self._move(lane.id, second, bool(green & set(lane.groups)))
            status = clock.status(float(second))
            if status.stage is None:
                assert not strategy.decide(Tick(float(second), self._frame(second), {}, {self.junction.id: status}))
                continue
            for decision in strategy.decide(Tick(float(second), self._frame(second), {self.junction.id: status})):
                request = StageRequest(self.junction.id, decision.stage, second, second, second + 5.0)
                assert clock.request(request, second), f"refused {decision} at {second}"
                self.changes.append((second, decision.stage))
        return self

    def _move(self, lane: str, second: int, green: bool) -> None:
        row = self.vehicles[lane]
        row += [RANGE_M] * self.arrivals(lane, second)
        ahead = -SPACE_M
        for i, at in enumerate(row):
            row[i] = max(at - SPEED_MPS, ahead + SPACE_M, 0.0)
            self.waited_veh_s += 1.0 if row[i] > at - 1.0 else 0.0
            ahead = row[i]
        if not green:
            self._ready_s[lane] = max(self._ready_s[lane], second + 1.0 + self.start_s)
        if green and row and row[0] <= 0.0 and second >= self._ready_s[lane]:
            row.pop(0)
            self.served[lane] += 1
            self._ready_s[lane] = second + 2.0

    def _frame(self, second: int) -> WorldFrame:
        return WorldFrame(self, second, {name: tuple(row) for name, row in self.vehicles.items()})


class WorldFrame:
    def __init__(self, world: World, second: int, rows: Mapping[str, tuple[float, ...]]) -> None:
        self._world, self.time_s, self._rows = world, float(second), rows

    def lane(self, lane: str) -> LaneObservation:
        row = self._rows[lane]
        seen = tuple(SeenVehicle(at, 0.0 if at <= SPACE_M * i + 1e-6 else SPEED_MPS, VehicleClass.CAR, 5.0)
                     for i, at in enumerate(row))
        count, queue_m = queue_of(seen)
        return LaneObservation(lane, self.time_s, RANGE_M, seen, count, queue_m, 0.0,
                               {VehicleClass.CAR: self._world.served[lane]})

    def exit(self, lane: str) -> ExitObservation:
        return ExitObservation(lane, self.time_s, RANGE_M, 0, 0, RANGE_M)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        return CrossingObservation(group, self.time_s, self._world.people(group, int(self.time_s)), 0.0)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        return ConflictAreaObservation(junction, self.time_s, self._world.inside(int(self.time_s)), 5.0)
