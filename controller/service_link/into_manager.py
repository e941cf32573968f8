"""From the service's work to the post's manager, and what the manager has made of it."""

from __future__ import annotations

from typing import Any

import structlog

from controller.preemption.emergency import Emergency, EmergencyClass
from controller.preemption.manager import PreemptionManager
from controller.preemption.route import Piece, Route, SignalAhead
from controller.service.told import moment
from controller.service.work import Work, WorkEmergency
from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, JunctionId, LaneId

log = structlog.get_logger("mourour.emergencies")


class IntoManager:
    """``midnight_s`` is when the post's clock shows 0, s since 1970: the service counts from there, the manager from midnight."""

    def __init__(self, manager: PreemptionManager, midnight_s: float) -> None:
        self._manager, self._midnight_s = manager, midnight_s
        self._ways: dict[str, int] = {}
        self._heard_s: dict[str, float] = {}
        self._unusable: set[tuple[str, int]] = set()

    def take(self, work: Work, now_s: float) -> None:
        """Emergencies that are new begin, those on another way are re-routed, positions are handed on, and those that are no
        longer there are called off."""
        for one in work.emergencies:
            try:
                self._take(one, now_s)
            except (InvalidValue, KeyError) as error:
                if (one.id, one.way) not in self._unusable:
                    self._unusable.add((one.id, one.way))
                    log.warning("emergency.unusable", emergency=one.id, why=str(error))
        here = {one.id for one in work.emergencies}
        for name in self._ways.keys() - here:
            self._manager.cancel(name, now_s)
            del self._ways[name], self._heard_s[name]
        self._unusable = {known for known in self._unusable if known[0] in here}

    def _take(self, one: WorkEmergency, now_s: float) -> None:
        route = None
        known = self._manager.state(one.id) if one.id in self._ways else None
        if known is None or known[0].over:
            route = route_of(one)
            departs_s = one.departs_s - self._midnight_s if one.departs_s is not None else None
            self._manager.request(Emergency(one.id, route, one.expires_s - self._midnight_s, EmergencyClass[one.kind.upper()],
                                            one.priority, departs_s, one.starts_m), now_s)
            self._heard_s[one.id] = float("-inf")
        elif self._ways[one.id] != one.way:
            route = route_of(one)
            self._manager.rerouted(one.id, route, now_s)
            self._heard_s[one.id] = float("-inf")
        self._ways[one.id] = one.way
        if one.position is not None and one.position.time_s > self._heard_s[one.id]:
            self._heard_s[one.id] = one.position.time_s
            self._manager.moved(one.id, one.position.at_m, one.position.speed_mps, one.position.time_s - self._midnight_s,
                                stood_s=one.position.stood_s, lost=one.position.lost)

    def told(self) -> list[dict[str, Any]]:
        """Of every emergency of the work, its state here and when it will be at this post's signals."""
        rows = []
        for name, way in self._ways.items():
            known = self._manager.state(name)
            if known is None:
                continue
            state, why = known
            arrivals = [{"junction": a.signal.junction, "at": moment(self._midnight_s + a.eta_s), "queue_veh": a.queue_veh}
                        for a in self._manager.expected.get(name, ()) if a.signal.junction in self._manager.junctions]
            rows.append({"id": name, "state": state.value, "why": why, "way": way, "arrivals": arrivals})
        return rows


def route_of(one: WorkEmergency) -> Route:
    """Raises :class:`InvalidValue` for a way that is none."""
    return Route(tuple(Piece(length_m, speed_mps) for length_m, speed_mps in one.pieces),
                 tuple(SignalAhead(JunctionId(s.junction), frozenset(map(GroupId, s.groups)), tuple(map(LaneId, s.lanes)),
                                   s.stop_line_m, s.clear_m) for s in one.signals))
