"""SUMO as one more detector feed: what cameras at the stop lines would see, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from detectors.observation import (
    NO_COUNTS,
    QUEUE_SPEED_MPS,
    ConflictAreaObservation,
    CrossingObservation,
    ExitObservation,
    LaneObservation,
    SeenVehicle,
    VehicleClass,
    queue_of,
)
from simulation.netmodel.approach import Segment
from simulation.netmodel.derive import CAMERA_RANGE_M, SignalNet

CLASSES = {"passenger": VehicleClass.CAR, "taxi": VehicleClass.TAXI, "motorcycle": VehicleClass.MOTORCYCLE,
           "moped": VehicleClass.MOTORCYCLE, "bicycle": VehicleClass.BICYCLE, "bus": VehicleClass.BUS, "coach": VehicleClass.BUS,
           "truck": VehicleClass.TRUCK, "trailer": VehicleClass.TRUCK, "delivery": VehicleClass.TRUCK, "tram": VehicleClass.TRAM,
           "rail_urban": VehicleClass.TRAM}
FULL_RANGE_M = 1e6
LONG_PIECE_M = 15.0
NOBODY: tuple[str, ...] = ()
STANDING_S = 2.0
"""Who has stood this long in the conflict area waits for something there."""


class SumoFeed:
    """Frames from a running simulation. ``full`` lifts the camera's range and tells each vehicle's exit lane: for
    comparison only. ``count`` keeps passages by class, which costs a look at every lane every second."""

    def __init__(self, api: Any, net: SignalNet, *, full: bool = False, count: bool = False,
                 range_m: float = CAMERA_RANGE_M) -> None:
        self.api, self.full = api, full
        self.on: dict[str, list[str]] = {}
        """Vehicles by lane as of the last :meth:`observe`, in no order that means anything."""
        self.position, self.speed = api.vehicle.getLanePosition, api.vehicle.getSpeed
        self.range_m = FULL_RANGE_M if full else range_m
        self.segments: dict[str, tuple[Segment, ...]] = {}
        self.exits: dict[str, float] = {}
        self.crossings: dict[tuple[str, str], tuple[str, ...]] = {}
        self.inside: dict[str, tuple[str, ...]] = {}
        """the lanes of a junction's conflict area"""
        self.seen_range_m: dict[str, float] = {}
        self.looks: dict[str, tuple[tuple[str, float], ...]] = {}
        """(lane, metres from its beginning to the stop line) of each piece worth a look. The few metres inside a junction
        further upstream are left out: hardly anybody is there, and every look costs. Near the stop line they count: where the
        last lane is shorter than a car, the first one in the queue stands on them."""
        for j in net.junctions.values():
            for lane, pieces in j.approach.items():
                self.segments[lane] = pieces
                self.looks[lane] = tuple((p.lane, p.offset_m + p.length_m) for p in pieces
                                         if not p.lane.startswith(":") or p.length_m > LONG_PIECE_M
                                         or p.offset_m < LONG_PIECE_M)
                reach = max(s.offset_m + s.length_m for s in pieces)
                self.seen_range_m[lane] = min(reach, self.range_m)
            for m in j.junction.movements:
                if not j.junction.group[m.group].for_pedestrians:
                    self.exits[m.to_lane] = min(net.net.getLane(m.to_lane).getLength(), self.range_m)
            self.inside[j.junction.id] = tuple(dict.fromkeys(
                lane for g in j.groups for link in g.links if not link.pedestrian for lane in link.via))
            for group, edges in j.crossings.items():
                self.crossings[j.junction.id, group] = edges
        self._kinds: dict[str, tuple[VehicleClass, float]] = {}
        self.counts = count
        self._present: dict[str, set[str]] = {lane: set() for lane in self.segments} if count else {}
        self._passed: dict[str, dict[VehicleClass, int]] = {lane: {} for lane in self.segments} if count else {}
        self._beside: dict[str, list[str]] = {}
        """Exit lanes by road; all lanes of the road are looked at, since who changes lanes has not come in again."""
        self._on_exit: dict[str, set[str]] = {}
        self._entered: dict[str, int] = {}
        if count:
            for exit_lane in self.exits:
                road = exit_lane.rsplit("_", 1)[0]
                if road not in self._beside:
                    self._beside[road] = [x.getID() for x in net.net.getLane(exit_lane).getEdge().getLanes()]
                    self._on_exit[road] = set()
                    self._entered |= dict.fromkeys(self._beside[road], 0)
        self._siblings: dict[str, list[str]] = {}
        for watched in self.segments:
            self._siblings.setdefault(watched.rsplit("_", 1)[0], []).append(watched)

    def kind_of(self, vehicle: str) -> tuple[VehicleClass, float]:
        """Class and length (m), asked of SUMO once for each vehicle."""
        known = self._kinds.get(vehicle)
        if known is None:
            api = self.api.vehicle
            known = (CLASSES.get(api.getVehicleClass(vehicle), VehicleClass.CAR), api.getLength(vehicle))
            self._kinds[vehicle] = known
        return known

    def observe(self, now_s: float) -> SumoFrame:
        # A lane asked of each vehicle is less than vehicles asked of each lane: most lanes are empty.
        lane_of, self.on = self.api.vehicle.getLaneID, {}
        for vehicle in self.api.vehicle.getIDList():
            self.on.setdefault(lane_of(vehicle), []).append(vehicle)
        if self.counts:
            self._note_passages()
        if len(self._kinds) > 20_000:
            running = set(self.api.vehicle.getIDList())
            self._kinds = {v: k for v, k in self._kinds.items() if v in running}
        return SumoFrame(self, now_s)

    def _note_passages(self) -> None:
        on = self.on
        for lanes in self._siblings.values():
            now = {lane: set(on.get(lane, NOBODY)) for lane in lanes}
            still = set().union(*now.values())
            for lane in lanes:
                for vehicle in self._present[lane] - still:
                    kind = self._kinds.get(vehicle, (VehicleClass.CAR, 0.0))[0]
                    self._passed[lane][kind] = self._passed[lane].get(kind, 0) + 1
                for vehicle in now[lane] - self._present[lane]:
                    self.kind_of(vehicle)
                self._present[lane] = now[lane]
        for road, lanes in self._beside.items():
            was, here = self._on_exit[road], set[str]()
            for lane in lanes:
                for vehicle in on.get(lane, NOBODY):
                    here.add(vehicle)
                    if vehicle not in was:
                        self._entered[lane] += 1
            self._on_exit[road] = here

    def entered(self, lane: str) -> int | None:
        return self._entered.get(lane)

    def passed(self, lane: str) -> Mapping[VehicleClass, int]:
        return dict(self._passed[lane]) if self.counts else NO_COUNTS


trusted = LaneObservation.trusted


class SumoFrame:
    """One moment; each lane is read from SUMO when first asked for."""

    __slots__ = ("_areas", "_crossings", "_exits", "_feed", "_lanes", "time_s")

    def __init__(self, feed: SumoFeed, time_s: float) -> None:
        self._feed, self.time_s = feed, time_s
        self._lanes: dict[str, LaneObservation] = {}
        self._exits: dict[str, ExitObservation] = {}
        self._crossings: dict[tuple[str, str], CrossingObservation] = {}
        self._areas: dict[str, ConflictAreaObservation] = {}

    def lane(self, lane: str) -> LaneObservation:
        seen = self._lanes.get(lane)
        if seen is None:
            seen = self._lanes[lane] = self._look(lane)
        return seen

    def _look(self, lane: str) -> LaneObservation:
        feed = self._feed
        on, position, speed = feed.on, feed.position, feed.speed
        reach, kind_of, full = feed.range_m, feed.kind_of, feed.full
        found: list[SeenVehicle] = []
        for name, base in feed.looks[lane]:
            if name not in on:
                continue
            for v in on[name]:
                distance = base - position(v)
                if distance <= reach:
                    kind, length = kind_of(v)
                    found.append(SeenVehicle(distance, speed(v), kind, length, self._turn(v, lane) if full else None))
        look_m = feed.seen_range_m[lane]
        passed = feed.passed(lane) if feed.counts else NO_COUNTS
        if not found:
            return trusted(lane, self.time_s, look_m, (), 0, 0.0, 0.0, passed)
        # Two abreast may agree in everything but the next road, which one of them may not have.
        found.sort(key=itemgetter(0, 1, 2, 3))
        seen = tuple(found)
        count, queue_m = queue_of(seen)
        covered = sum([v.length_m for v in seen])
        return trusted(lane, self.time_s, look_m, seen, count, queue_m, min(1.0, covered / look_m), passed)

    def _turn(self, vehicle: str, lane: str) -> str | None:
        route, index = self._feed.api.vehicle.getRoute(vehicle), self._feed.api.vehicle.getRouteIndex(vehicle)
        edge = lane.rsplit("_", 1)[0]
        ahead = route[index:]
        return ahead[ahead.index(edge) + 1] if edge in ahead[:-1] else None

    def exit(self, lane: str) -> ExitObservation:
        seen = self._exits.get(lane)
        if seen is None:
            api, look_m = self._feed.api, self._feed.exits[lane]
            position, speed, kind_of = api.vehicle.getLanePosition, api.vehicle.getSpeed, self._feed.kind_of
            count = queued = 0
            free = look_m
            for v in self._feed.on.get(lane, NOBODY):
                at = position(v)
                if at > look_m:
                    continue
                count += 1
                if speed(v) < QUEUE_SPEED_MPS:
                    queued += 1
                    free = min(free, max(0.0, at - kind_of(v)[1]))
            seen = self._exits[lane] = ExitObservation(lane, self.time_s, look_m, count, queued, free,
                                                       self._feed.entered(lane))
        return seen

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        seen = self._crossings.get((junction, group))
        if seen is None:
            _, *around = self._feed.crossings[junction, group]
            person = self._feed.api.person
            edges = set(self._feed.crossings[junction, group])
            waiting, longest = 0, 0.0
            for area in around:
                for p in self._feed.api.edge.getLastStepPersonIDs(area):
                    if person.getNextEdge(p) in edges and person.getSpeed(p) < 0.2:
                        waiting += 1
                        longest = max(longest, person.getWaitingTime(p))
            seen = self._crossings[junction, group] = CrossingObservation(group, self.time_s, waiting, longest)
        return seen

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        seen = self._areas.get(junction)
        if seen is None:
            on, stood_s = self._feed.on, self._feed.api.vehicle.getWaitingTime
            waits = [s for lane in self._feed.inside[junction] for v in on.get(lane, NOBODY) if (s := stood_s(v)) >= STANDING_S]
            seen = self._areas[junction] = ConflictAreaObservation(junction, self.time_s, len(waits), max(waits, default=0.0))
        return seen
