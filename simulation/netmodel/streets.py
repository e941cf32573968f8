"""The roads of a SUMO net as emergencies know them: where they run, how fast, which turns are allowed and what signal they pass.

Ways in a run and streets files are both made of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from controller.streets.model import LEAST_M, Road, Turn, TurnSignal
from controller.streets.plane import LocalPlane, LonLat
from signal_drivers.ids import GroupId, JunctionId, LaneId
from simulation.netmodel.derive import SignalNet

KIND = "emergency"
"""SUMO's vehicle class; what it may use belongs to the streets."""
Place = Callable[[float, float], LonLat]
"""Where on the earth a point of the net lies, x and y in m."""


def anywhere(net: Any) -> Place:
    """The net's middle where equator and zero meridian meet: for a net whose place on the earth nobody needs."""
    west, south, east, north = net.getBoundary()
    plane = LocalPlane(0.0, 0.0)
    return lambda x_m, y_m: plane.lon_lat(x_m - (west + east) / 2, y_m - (south + north) / 2)


def may_use(lane: Any) -> bool:
    return KIND in lane.getPermissions()


def drivable(edge: Any) -> bool:
    """A road, and one that an emergency vehicle may use."""
    return edge.getFunction() == "" and any(map(may_use, edge.getLanes()))


def street_parts(signals: SignalNet, place: Place) -> tuple[list[Road], list[Turn]]:
    """Every road that an emergency vehicle may use and every turn that it may make, by their ids."""
    released = _released(signals)
    edges = sorted((e for e in signals.net.getEdges() if drivable(e)), key=lambda e: str(e.getID()))
    roads, turns = [], []
    for edge in edges:
        lanes = [lane for lane in edge.getLanes() if may_use(lane)]
        line = [place(x, y) for x, y, *_ in lanes[len(lanes) // 2].getShape()]
        limit_mps = max(lane.getSpeed() for lane in lanes)
        roads.append(Road(edge.getID(), tuple(line), edge.getLength(), limit_mps, edge.getName() or ""))
        for onward, connections in sorted(edge.getOutgoing().items(), key=lambda row: str(row[0].getID())):
            lawful = [c for c in connections if may_use(c.getFromLane()) and may_use(c.getToLane())]
            if lawful and drivable(onward):
                turns.append(_turn(signals.net, edge.getID(), onward.getID(), lawful[len(lawful) // 2],
                                   released.get((edge.getID(), onward.getID())), place))
    return roads, turns


def _released(signals: SignalNet) -> dict[tuple[str, str], TurnSignal]:
    """The signal of every turn that has one."""
    rows: dict[tuple[str, str], tuple[JunctionId, dict[GroupId, None], dict[LaneId, None]]] = {}
    for j, s in signals.junctions.items():
        for g in s.groups:
            for link in g.links:
                if not link.pedestrian and may_use(signals.net.getLane(link.from_lane)):
                    ends = (link.from_edge, link.to_lane.rsplit("_", 1)[0])
                    _, groups, lanes = rows.setdefault(ends, (j, {}, {}))
                    groups[g.id] = None
                    lanes[LaneId(link.from_lane)] = None
    return {ends: TurnSignal(j, tuple(groups), tuple(lanes)) for ends, (j, groups, lanes) in rows.items()}


def _turn(net: Any, before: str, after: str, connection: Any, signal: TurnSignal | None, place: Place) -> Turn:
    """The way over the junction by one connection. Its pieces are one: between them stands nobody but who gives way."""
    length_m, seconds, points = 0.0, 0.0, list[tuple[float, float]]()
    via, seen = connection.getViaLaneID(), set[str]()
    while via and via not in seen:
        seen.add(via)
        lane = net.getLane(via)
        points += [(x, y) for x, y, *_ in lane.getShape()]
        if lane.getLength() >= LEAST_M:
            length_m += lane.getLength()
            seconds += lane.getLength() / lane.getSpeed()
        onward = [c for c in lane.getOutgoing() if c.getViaLaneID()]
        via = onward[0].getViaLaneID() if onward else ""
    speed_mps = length_m / seconds if seconds else connection.getFromLane().getSpeed()
    return Turn(before, after, length_m, speed_mps, signal, tuple(place(x, y) for x, y in _inner(points)))


def _inner(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the ends, which are the roads', and without what is there twice."""
    return list(dict.fromkeys(points[1:-1]))
