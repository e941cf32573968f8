"""Light traffic for the synthetic city: vehicles drive, queue, and leave one every two seconds of green. Seeded, no SUMO."""

from __future__ import annotations

import random
from collections.abc import Mapping

from controller.estimate import HEADWAY_S
from detectors.observation import (
    CrossingObservation,
    ExitObservation,
    Frame,
    LaneObservation,
    SeenVehicle,
    VehicleClass,
    queue_of,
)
from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.lanes import Turn
from signal_drivers.status import Head
from simulation.benchmark_planner.city import (
    ARMS,
    ONWARD,
    ROAD_M,
    SPEED_MPS,
    City,
    exits_of,
    group_of,
    lane_id,
    turns_from,
)
from simulation.benchmark_planner.frame import PlainFrame
from simulation.cabinet.clockwork import Clockwork

RANGE_M = 100.0
SPACE_M, LENGTH_M = 7.5, 5.0
ARM_VPH = 450.0
"""Vehicles an hour on each arm: about half of what the junctions can take."""
SIDE_SHARE = 0.3
"""Of the vehicles that leave a junction so many turn off between junctions, and as many come from there."""
PEOPLE_PER_HOUR = 40.0
TURN_SHARE = {Turn.THROUGH: 0.65, Turn.LEFT: 0.17, Turn.RIGHT: 0.18}
KINDS = (VehicleClass.CAR,) * 14 + (VehicleClass.MOTORCYCLE,) * 3 + (VehicleClass.TAXI,) * 2 + (VehicleClass.TRUCK,)


class _Vehicle:
    __slots__ = ("distance_m", "kind", "speed_mps", "turn")

    def __init__(self, distance_m: float, turn: Turn, kind: VehicleClass) -> None:
        self.distance_m, self.speed_mps, self.turn, self.kind = distance_m, SPEED_MPS, turn, kind


class _Road:
    """One approach lane with its vehicles, nearest first."""

    __slots__ = ("arm", "groups", "id", "index", "last_left_s", "passed", "vehicles")

    def __init__(self, name: LaneId, arm: str, index: int, groups: Mapping[Turn, tuple[GroupId, int]]) -> None:
        self.id, self.arm, self.index, self.groups = name, arm, index, groups
        self.vehicles: list[_Vehicle] = []
        self.passed: dict[VehicleClass, int] = {}
        self.last_left_s = -1e9


class World:
    """The city's traffic. :meth:`step` moves it by a second under the cabinets' heads, :meth:`look` makes the frame, and
    :meth:`observe` (the loop's detector feed) hands out what was made last."""

    def __init__(self, city: City, cabinets: Mapping[JunctionId, Clockwork], seed: int) -> None:
        self._city, self._cabinets, self._dice = city, cabinets, random.Random(seed)
        self._roads = {j: [self._road(j, arm, i) for arm in ARMS for i in range(3)] for j in cabinets}
        self._by_id = {road.id: road for roads in self._roads.values() for road in roads}
        self._people: dict[tuple[JunctionId, GroupId], list[float]] = {
            (j, g.id): [] for j, cabinet in cabinets.items() for g in cabinet.junction.groups if g.for_pedestrians}
        self._index = {j: cabinet.junction.index for j, cabinet in cabinets.items()}
        self.frame: Frame = PlainFrame(0.0, {}, {}, {})
        self.served = 0
        for road in self._by_id.values():
            for _ in range(self._dice.choice((0, 0, 1, 1, 2))):
                self._enter(road, self._dice.uniform(20.0, ROAD_M))
            road.vehicles.sort(key=lambda v: v.distance_m)

    @property
    def vehicles(self) -> int:
        return sum(len(road.vehicles) for road in self._by_id.values())

    def observe(self, now_s: float) -> Frame:
        return self.frame

    def _road(self, junction: JunctionId, arm: str, index: int) -> _Road:
        where = self._cabinets[junction].junction.index
        return _Road(lane_id(junction, arm, index), arm, index,
                     {turn: (g := group_of(arm, turn), where[g]) for turn in turns_from(arm, index)})

    def step(self, now_s: float) -> None:
        """Everybody moves by one second."""
        for j, roads in self._roads.items():
            heads = self._cabinets[j].heads
            for road in roads:
                if road.vehicles:
                    self._move(j, road, heads, now_s)
        self._arrivals()
        self._walk(now_s)

    def _move(self, junction: JunctionId, road: _Road, heads: list[Head], now_s: float) -> None:
        first = road.vehicles[0]
        if first.distance_m <= SPEED_MPS and now_s - road.last_left_s >= HEADWAY_S and self._may_go(junction, road, first, heads):
            road.vehicles.pop(0)
            road.last_left_s = now_s
            road.passed[first.kind] = road.passed.get(first.kind, 0) + 1
            self.served += 1
            self._leave(junction, road, first)
        stop_m = 1.0
        for vehicle in road.vehicles:
            at_m = max(stop_m, vehicle.distance_m - SPEED_MPS)
            vehicle.speed_mps = max(0.0, vehicle.distance_m - at_m)
            vehicle.distance_m = at_m
            stop_m = at_m + SPACE_M

    def _may_go(self, junction: JunctionId, road: _Road, vehicle: _Vehicle, heads: list[Head]) -> bool:
        _, index = road.groups[vehicle.turn]
        head = heads[index]
        # Those who yield find a gap every other time they look.
        return head is Head.GREEN or (head is Head.GREEN_YIELD and self._dice.random() < 0.5)

    def _leave(self, junction: JunctionId, road: _Road, vehicle: _Vehicle) -> None:
        arm = ARMS[(ARMS.index(road.arm) + ONWARD[vehicle.turn]) % 4]
        there = self._city.onward.get((junction, arm))
        if there is None or self._dice.random() < SIDE_SHARE:
            return
        self._arrive(*there, vehicle.kind)

    def _arrive(self, junction: JunctionId, arm: str, kind: VehicleClass) -> None:
        turn = self._dice.choices(tuple(TURN_SHARE), tuple(TURN_SHARE.values()))[0]
        lanes = [road for i in range(3) if turn in turns_from(arm, i) for road in [self._by_id[lane_id(junction, arm, i)]]]
        self._enter(min(lanes, key=lambda road: len(road.vehicles)), ROAD_M, turn, kind)

    def _enter(self, road: _Road, distance_m: float, turn: Turn | None = None, kind: VehicleClass | None = None) -> None:
        last_m = road.vehicles[-1].distance_m + SPACE_M if road.vehicles and distance_m == ROAD_M else 0.0
        road.vehicles.append(_Vehicle(max(distance_m, last_m), turn or self._dice.choice(tuple(road.groups)),
                                      kind or self._dice.choice(KINDS)))

    def _arrivals(self) -> None:
        edge, inner = ARM_VPH / 3600, SIDE_SHARE * ARM_VPH / 3600
        for j in self._roads:
            for arm in ARMS:
                if self._dice.random() < (inner if (j, arm) in self._city.onward else edge):
                    self._arrive(j, arm, self._dice.choice(KINDS))

    def _walk(self, now_s: float) -> None:
        for (j, group), waiting in self._people.items():
            if waiting and self._cabinets[j].heads[self._index[j][group]].is_green:
                waiting.clear()
            if self._dice.random() < PEOPLE_PER_HOUR / 3600:
                waiting.append(now_s)

    def look(self, now_s: float) -> None:
        """Make the frame of ``now_s``: every lane, exit and crossing of the city."""
        lanes: dict[str, LaneObservation] = {}
        exits: dict[str, ExitObservation] = {}
        for j, roads in self._roads.items():
            for road in roads:
                lanes[road.id] = self._seen(road, now_s)
            for arm in ARMS:
                for i, lane in enumerate(exits_of(j, arm)):
                    exits[lane] = self._exit(j, arm, i, lane, now_s)
        crossings = {(str(j), str(g)): CrossingObservation(g, now_s, len(waiting), now_s - waiting[0] if waiting else 0.0)
                     for (j, g), waiting in self._people.items()}
        self.frame = PlainFrame(now_s, lanes, exits, crossings)

    @staticmethod
    def _seen(road: _Road, now_s: float) -> LaneObservation:
        seen = tuple(SeenVehicle(v.distance_m, v.speed_mps, v.kind, LENGTH_M) for v in road.vehicles if v.distance_m <= RANGE_M)
        count, queue_m = queue_of(seen)
        return LaneObservation.trusted(road.id, now_s, RANGE_M, seen, count, queue_m, min(1.0, len(seen) * LENGTH_M / RANGE_M),
                                       dict(road.passed))

    def _exit(self, junction: JunctionId, arm: str, index: int, lane: str, now_s: float) -> ExitObservation:
        there = self._city.onward.get((junction, arm))
        near: list[float] = []
        queued: list[float] = []
        if there is not None:
            onward = [self._by_id[lane_id(*there, i)] for i in ((0, 1) if index == 0 else (2,))]
            for road in onward:
                for v in road.vehicles:
                    at_m = ROAD_M - v.distance_m
                    if at_m <= RANGE_M:
                        near.append(at_m)
                        if v.speed_mps < 1.0:
                            queued.append(at_m)
        return ExitObservation(lane, now_s, RANGE_M, len(near), len(queued),
                               max(0.0, min(queued) - LENGTH_M) if queued else RANGE_M)
