"""Emergency vehicles of one run: sent off in time, watched, and reported to pre-emption as their GPS would."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from controller.preemption.emergency import Emergency
from controller.preemption.manager import PreemptionManager
from simulation.emergencies.blue_light import TYPE_ID
from simulation.emergencies.recovery_watch import RecoveryWatch
from simulation.emergencies.reports import Report, Reports
from simulation.emergencies.trips import Trip
from simulation.emergencies.ways import Way, Ways

LIFE_S = 1800.0
STANDING_MPS = 0.1


@dataclass
class Journey:
    """What became of one trip. ``passed`` and ``unstopped`` count signals; times are None until they are known. ``reroutes``
    counts the other ways that dispatch heard of, ``errors_m`` has how far off each position was that it heard."""

    trip: Trip
    way: Way
    departed_s: float | None = None
    arrived_s: float | None = None
    stops: int = 0
    passed: int = 0
    unstopped: int = 0
    stopped_at: list[str] = field(default_factory=list)
    at_m: float = 0.0
    standing: bool = False
    stood_here: bool = False
    reroutes: int = 0
    errors_m: list[float] = field(default_factory=list)

    @property
    def travel_s(self) -> float | None:
        if self.departed_s is None or self.arrived_s is None:
            return None
        return self.arrived_s - self.departed_s


class Crew:
    """``before`` a step sends off who is due, ``look`` after it notes where everybody is. ``manager`` hears of it, ``notice_s``
    before a vehicle sets off for the first time; while it is None nobody does."""

    def __init__(self, api: Any, trips: Sequence[Trip], ways: Ways, reports: Reports, notice_s: float = 0.0) -> None:
        self._api, self.reports, self._notice_s = api, reports, notice_s
        self.manager: PreemptionManager | None = None
        self.recovery: RecoveryWatch | None = None
        self.journeys = [Journey(trip, ways.way(trip.edges)) for trip in trips]
        self._waiting = sorted(self.journeys, key=lambda j: j.trip.depart_s)
        self._driving: dict[str, Journey] = {}
        self._uncalled = deque(journey.trip for journey in self._waiting)

    def before(self, now_s: float) -> None:
        while self.manager is not None and self._uncalled and self._uncalled[0].depart_s - self._notice_s <= now_s:
            trip = self._uncalled.popleft()
            way = self.reports.begins(trip)
            self.manager.request(Emergency(trip.id, way, trip.depart_s + LIFE_S, departs_s=trip.depart_s), now_s)
        while self._waiting and self._waiting[0].trip.depart_s <= now_s:
            journey = self._waiting.pop(0)
            name = journey.trip.id
            self._api.route.add(name, list(journey.trip.edges))
            self._api.vehicle.add(name, name, typeID=TYPE_ID, depart="now", departLane="best", departSpeed="max")
            self._driving[name] = journey

    def look(self, now_s: float) -> None:
        if not self._driving:
            return
        running = set(self._api.vehicle.getIDList())
        for name, journey in list(self._driving.items()):
            if name in running:
                self._note(name, journey, now_s)
            elif journey.departed_s is not None:
                journey.arrived_s = now_s
                del self._driving[name]
                if self.manager is not None:
                    self.manager.moved(name, self.reports.known_m(journey.trip), 0.0, now_s)

    def _note(self, name: str, journey: Journey, now_s: float) -> None:
        vehicle = self._api.vehicle
        if journey.departed_s is None:
            journey.departed_s = now_s
        speed_mps = vehicle.getSpeed(name)
        at_m = self._place_m(name, journey.way)
        for signal in journey.way.route.signals:
            if journey.at_m <= signal.stop_line_m < at_m:
                journey.passed += 1
                journey.unstopped += not journey.stood_here
                if journey.stood_here:
                    journey.stopped_at.append(signal.junction)
                journey.stood_here = False
        standing = speed_mps < STANDING_MPS
        if standing and not journey.standing and at_m > 1.0:
            journey.stops += 1
            journey.stood_here = True
        journey.standing, journey.at_m = standing, at_m
        if self.manager is not None:
            report = self.reports.report(journey.trip, journey.way, at_m, speed_mps, now_s)
            if report is not None:
                self._pass_on(self.manager, journey, report, now_s)

    def _pass_on(self, manager: PreemptionManager, journey: Journey, report: Report, now_s: float) -> None:
        if report.rerouted is not None:
            manager.rerouted(journey.trip.id, report.rerouted, now_s)
            journey.reroutes += 1
        manager.moved(journey.trip.id, report.at_m, report.speed_mps, now_s, stood_s=report.stood_s, lost=report.lost)
        journey.errors_m.append(report.error_m)

    def _place_m(self, name: str, way: Way) -> float:
        vehicle = self._api.vehicle
        index, along_m = vehicle.getRouteIndex(name), float(vehicle.getLanePosition(name))
        if not vehicle.getRoadID(name).startswith(":"):
            return way.start_m[index] + along_m
        # Inside a junction SUMO counts from the beginning of the piece it is on, still on the edge before.
        end_m = way.start_m[index + 1] if index + 1 < len(way.start_m) else way.route.length_m
        return end_m - way.inside_m[index] + min(along_m, way.inside_m[index])
