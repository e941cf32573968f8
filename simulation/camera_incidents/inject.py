"""Incidents made on purpose: each knows when it is to happen, does it to SUMO or beside it, and notes what did happen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from detectors.incidents.incident import IncidentKind
from detectors.incidents.score import Wanted
from detectors.vision.road_users import RoadUser
from simulation.camera_incidents.seen import Body
from simulation.camera_incidents.spoilt import CameraCovered, CameraTurned

CAR_M = (4.4, 1.8, 1.5)
Dice = np.random.Generator


class Injected(Protocol):
    """Told of every step; adds bodies that SUMO does not know of."""

    def step(self, api: Any, time_s: float) -> list[Body]: ...

    def wanted(self) -> list[Wanted]:
        """What did happen; nothing where it could not be done."""


@dataclass
class StoppedOnApproach:
    """A vehicle of SUMO's breaks down ``before_m`` ahead of the stop line for ``lasts_s``."""

    at_s: float
    lasts_s: float
    before_m: float
    edge: str = "west_in"
    _vehicle: str | None = None
    _lane: str = ""
    _place: tuple[float, float] = (0.0, 0.0)
    _stood_s: float | None = None
    _done_s: float | None = None

    def step(self, api: Any, time_s: float) -> list[Body]:
        if time_s < self.at_s or self._done_s is not None:
            return []
        if self._vehicle is None:
            if time_s < self.at_s + 120.0:
                self._choose(api)
            return []
        gone = self._vehicle not in api.vehicle.getIDList()
        if self._stood_s is None:
            if not gone and api.vehicle.isStopped(self._vehicle):
                self._stood_s, self._lane = time_s, api.vehicle.getLaneID(self._vehicle)
                self._place = api.vehicle.getPosition(self._vehicle)
        elif gone or not api.vehicle.isStopped(self._vehicle):
            self._done_s = time_s
        return []

    def _choose(self, api: Any) -> None:
        long = api.lane.getLength(f"{self.edge}_1")
        stop_m = long - self.before_m
        for v in api.edge.getLastStepVehicleIDs(self.edge):
            at, lane = api.vehicle.getLanePosition(v), api.vehicle.getLaneIndex(v)
            if api.vehicle.getVehicleClass(v) in ("passenger", "truck") and lane > 0 and 45.0 < stop_m - at < 110.0:
                api.vehicle.setStop(v, self.edge, stop_m, lane, self.lasts_s)
                self._vehicle = v
                return

    def wanted(self) -> list[Wanted]:
        if self._stood_s is None:
            return []
        end_s = self._done_s if self._done_s is not None else self._stood_s + self.lasts_s
        # Those who wait behind it are slow, and may crawl for longer than the slow zone's limit.
        return [Wanted(IncidentKind.STOPPED_VEHICLE, self._stood_s, end_s, frozenset({self._lane}), self._place),
                *(Wanted(IncidentKind.SLOW_ZONE, self._stood_s, end_s + 30.0, frozenset({f"{self.edge}_{i}"}), optional=True)
                  for i in (1, 2))]


@dataclass
class WrongWayDriver:
    """Somebody drives against a lane: beside SUMO, which lets nobody do so. ``way`` from its first to its last point."""

    at_s: float
    way: tuple[tuple[float, float], tuple[float, float]]
    lanes: frozenset[str]
    speed_mps: float = 7.0
    kind: RoadUser = RoadUser.CAR

    def step(self, api: Any, time_s: float) -> list[Body]:
        place = _along(self.way, (time_s - self.at_s) * self.speed_mps)
        size = CAR_M if self.kind is RoadUser.CAR else (2.1, 0.8, 1.5)
        return [Body("wrong way", self.kind, *place, size)] if place else []

    def wanted(self) -> list[Wanted]:
        return [Wanted(IncidentKind.WRONG_WAY, self.at_s, self.at_s + math.dist(*self.way) / self.speed_mps, self.lanes)]


@dataclass
class WalksAcross:
    """Somebody crosses the road where no crossing is. ``road_m`` is its half width: between the kerbs it is an incident."""

    at_s: float
    x: float
    road_m: float
    speed_mps: float = 1.3
    place: str = "road"

    @property
    def _way(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return (self.x, -self.road_m - 3.0), (self.x, self.road_m + 3.0)

    def step(self, api: Any, time_s: float) -> list[Body]:
        place = _along(self._way, (time_s - self.at_s) * self.speed_mps)
        return [Body("walks across", RoadUser.PEDESTRIAN, *place, (0.4, 0.5, 1.7))] if place else []

    def wanted(self) -> list[Wanted]:
        begin_s = self.at_s + 3.0 / self.speed_mps
        return [Wanted(IncidentKind.PEDESTRIAN, begin_s, begin_s + 2 * self.road_m / self.speed_mps, frozenset({self.place}),
                       (self.x, 0.0))]


@dataclass
class BlockedExit:
    """The exit is blocked ``after_m`` behind the junction for ``lasts_s``, so that the queue grows into it. It is spill-back
    where somebody stood on the junction for ``least_s``."""

    at_s: float
    lasts_s: float
    exit: str = "west_out"
    after_m: float = 22.0
    least_s: float = 15.0
    _stopped: dict[int, str] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)
    _begun_s: float | None = None
    _ended_s: float | None = None

    def step(self, api: Any, time_s: float) -> list[Body]:
        if time_s < self.at_s or time_s > self.at_s + self.lasts_s + 90.0:
            return []
        if time_s < self.at_s + self.lasts_s:
            self._block(api, time_s)
        inside = [v for lane in _internal(api) for v in api.lane.getLastStepVehicleIDs(lane)]
        here = {v: self._since.get(v, time_s) for v in inside if api.vehicle.getSpeed(v) < 0.3
                and api.vehicle.getVehicleClass(v) in ("passenger", "truck", "bus") and self.exit in api.vehicle.getRoute(v)}
        self._since = here
        long = [s for s in here.values() if time_s - s >= self.least_s]
        if long and self._begun_s is None:
            self._begun_s = min(long)
        if self._begun_s is not None and here:
            self._ended_s = time_s
        return []

    def _block(self, api: Any, time_s: float) -> None:
        left_s = self.at_s + self.lasts_s - time_s
        for v in api.vehicle.getIDList():
            if len(self._stopped) == 2 or left_s < 20.0:
                return
            edge = api.vehicle.getRoadID(v)
            route = api.vehicle.getRoute(v)
            if v in self._stopped.values() or self.exit not in route or edge == self.exit or (
                    api.vehicle.getVehicleClass(v) != "passenger"):
                continue
            if edge.startswith(":"):
                lane = 2 if 1 in self._stopped else 1
                try:
                    api.vehicle.setStop(v, self.exit, self.after_m, lane, left_s)
                except Exception:  # libsumo's own: it is too late for this one to brake, or the lane is out of its reach
                    continue
                self._stopped[lane] = v

    def wanted(self) -> list[Wanted]:
        end_s = self.at_s + self.lasts_s + 45.0
        follows = [Wanted(kind, self.at_s, end_s, frozenset({f"{self.exit}_{i}"}), optional=True)
                   for kind in (IncidentKind.SLOW_ZONE, IncidentKind.STOPPED_VEHICLE) for i in (1, 2)]
        if self._begun_s is None or self._ended_s is None:
            return [*follows, Wanted(IncidentKind.SPILL_BACK, self.at_s, end_s, frozenset({"box"}), optional=True)]
        return [*follows, Wanted(IncidentKind.SPILL_BACK, self._begun_s, self._ended_s, frozenset({"box"}))]


@dataclass
class SlowLanes:
    """Nobody drives faster than ``speed_mps`` on a road for ``lasts_s``."""

    at_s: float
    lasts_s: float
    edge: str = "west_out"
    speed_mps: float = 2.5
    usual_mps: float = 13.9
    seen_after_s: float = 0.0
    """The slow ones take so long to come into view."""
    _slow: bool = False
    _who: dict[str, set[str]] = field(default_factory=dict)

    def step(self, api: Any, time_s: float) -> list[Body]:
        slow = self.at_s <= time_s < self.at_s + self.lasts_s
        if slow is not self._slow:
            self._slow = slow
            for i in (1, 2):
                api.lane.setMaxSpeed(f"{self.edge}_{i}", self.speed_mps if slow else self.usual_mps)
        if slow:
            for i in (1, 2):
                self._who.setdefault(f"{self.edge}_{i}", set()).update(api.lane.getLastStepVehicleIDs(f"{self.edge}_{i}"))
        return []

    def wanted(self) -> list[Wanted]:
        end_s = self.at_s + self.lasts_s
        begin_s, lanes = self.at_s + self.seen_after_s, frozenset(self._who)
        # One incident on the road; its other lane may be told of as well.
        rows = [Wanted(IncidentKind.SLOW_ZONE, begin_s, end_s, lanes, optional=max(map(len, self._who.values()), default=0) < 8),
                Wanted(IncidentKind.SLOW_ZONE, begin_s, end_s, lanes, optional=True)]
        return [*rows, Wanted(IncidentKind.SPILL_BACK, self.at_s, end_s + 30.0, frozenset({"box"}), optional=True)]


def _along(way: tuple[tuple[float, float], tuple[float, float]], far_m: float) -> tuple[float, float, float] | None:
    """x, y and angle after ``far_m`` of ``way``; None before its beginning and after its end."""
    (x1, y1), (x2, y2) = way
    long = math.dist(*way)
    if not 0.0 <= far_m <= long:
        return None
    share = far_m / long
    return x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, math.atan2(y2 - y1, x2 - x1)


def _internal(api: Any) -> list[str]:
    return [lane for lane in api.lane.getIDList() if lane.startswith(":") and "_c" not in lane and "_w" not in lane]


def plan(seed: int, begin_s: float, *, brief: bool = False) -> tuple[list[Injected], float]:
    """One of each kind (two on foot, two against), in an order and at places drawn from ``seed``, and when all is over.
    ``brief``: each as short as it can be and still be one, nearer to the junction, and at the end the camera itself is turned
    and covered."""
    dice = np.random.default_rng(seed)
    rows: list[Injected] = []
    at_s = begin_s
    makers = [_stopped, _blocked, _slow, _wrong, _wrong, _walk, _walk]
    order = [makers[i] for i in dice.permutation(len(makers))]
    for make in [*order, _turned, _covered] if brief else order:
        injected, lasts_s = make(dice, at_s + float(dice.uniform(5, 25)), brief)
        rows.append(injected)
        at_s += lasts_s
    return rows, at_s + 30.0


def _stopped(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    if brief:
        return StoppedOnApproach(at_s, float(dice.uniform(110, 140)), float(dice.uniform(15, 45))), 230.0
    return StoppedOnApproach(at_s, float(dice.uniform(140, 200)), float(dice.uniform(20, 75))), 320.0


def _blocked(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    if brief:
        return BlockedExit(at_s, float(dice.uniform(75, 95))), 180.0
    return BlockedExit(at_s, float(dice.uniform(90, 120))), 260.0


def _slow(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    lasts_s = float(dice.uniform(90, 110) if brief else dice.uniform(120, 160))
    if dice.random() < 0.5:
        return SlowLanes(at_s, lasts_s), lasts_s + 70.0 if brief else 280.0
    # The approach is longer than what the camera sees of it.
    return SlowLanes(at_s, lasts_s + 60.0, "west_in", seen_after_s=60.0), lasts_s + 130.0 if brief else 340.0


def _wrong(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    kind = RoadUser.CAR if dice.random() < 0.6 else RoadUser.MOTORCYCLE
    y = float(dice.choice([1.65, 4.95]))
    # Towards the junction on the exit's side, or out of it on the approach's.
    if dice.random() < 0.5:
        way = ((-105.0, y), (-14.0, y))
        side = "west_out"
    else:
        way = ((-14.0, -y), (-105.0, -y))
        side = "west_in"
    return (WrongWayDriver(at_s, way, frozenset({f"{side}_1", f"{side}_2"}), float(dice.uniform(5, 10)), kind),
            45.0 if brief else 60.0)


def _walk(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    place = float(dice.uniform(-45, -20) if brief else dice.uniform(-65, -25))
    return WalksAcross(at_s, place, 6.6, float(dice.uniform(1.0, 1.6))), 45.0 if brief else 60.0


def _turned(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    return CameraTurned(at_s, 45.0, float(dice.uniform(0.06, 0.12) * dice.choice([-1.0, 1.0]))), 95.0


def _covered(dice: Dice, at_s: float, brief: bool) -> tuple[Injected, float]:
    return CameraCovered(at_s, 35.0), 70.0
