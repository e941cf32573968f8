"""A way over a SUMO net as pre-emption knows ways: metres, free speeds, and the signals it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from controller.preemption.route import Piece, Route, SignalAhead
from signal_drivers.ids import GroupId, JunctionId, LaneId
from simulation.netmodel.derive import SignalNet

LEAST_M = 0.1


@dataclass(frozen=True)
class Way:
    """``start_m[i]`` is where ``edges[i]`` begins on ``route``; ``inside_m[i]`` the length of the junction behind it."""

    edges: tuple[str, ...]
    route: Route
    start_m: tuple[float, ...]
    inside_m: tuple[float, ...]


class Ways:
    """Makes ways over one net for vehicles that drive ``speed_factor`` times the limit, never above ``top_mps``."""

    def __init__(self, signals: SignalNet, speed_factor: float, top_mps: float) -> None:
        self._net, self._factor, self._top_mps = signals.net, speed_factor, top_mps
        self._signals: dict[tuple[str, str], tuple[JunctionId, dict[GroupId, None], dict[LaneId, None]]] = {}
        for j, s in signals.junctions.items():
            for g in s.groups:
                for link in g.links:
                    if link.pedestrian:
                        continue
                    _, groups, lanes = self._signals.setdefault((link.from_edge, link.to_lane.rsplit("_", 1)[0]), (j, {}, {}))
                    if "emergency" in self._net.getLane(link.from_lane).getPermissions():
                        groups[g.id] = None
                        lanes[LaneId(link.from_lane)] = None

    def way(self, edges: Sequence[str]) -> Way:
        """Raises :class:`InvalidValue` for edges without length."""
        pieces: list[Piece] = []
        signals: list[SignalAhead] = []
        starts: list[float] = []
        insides: list[float] = []
        at_m = 0.0
        for i, name in enumerate(edges):
            edge = self._net.getEdge(name)
            starts.append(at_m)
            pieces.append(Piece(edge.getLength(), self._speed(edge.getSpeed())))
            at_m += edge.getLength()
            inside = self._inside(edge, self._net.getEdge(edges[i + 1])) if i + 1 < len(edges) else []
            length_m = sum(piece.length_m for piece in inside)
            if i + 1 < len(edges) and (found := self._signals.get((name, edges[i + 1]))) is not None and found[1]:
                j, groups, lanes = found
                signals.append(SignalAhead(j, frozenset(groups), tuple(lanes), at_m, at_m + max(length_m, LEAST_M)))
            pieces += inside
            insides.append(length_m)
            at_m += length_m
        return Way(tuple(edges), Route(tuple(pieces), tuple(signals)), tuple(starts), tuple(insides))

    def signals_on(self, edges: Sequence[str]) -> int:
        return sum((a, b) in self._signals and bool(self._signals[a, b][1]) for a, b in pairwise(edges))

    def _speed(self, limit_mps: float) -> float:
        return min(limit_mps * self._factor, self._top_mps)

    def _inside(self, edge: Any, following: Any) -> list[Piece]:
        """The junction between two edges, over the connection that an emergency vehicle may take."""
        connections = edge.getOutgoing().get(following, ())
        lawful = [c for c in connections if "emergency" in c.getFromLane().getPermissions()] or connections
        pieces: list[Piece] = []
        via, seen = (lawful[0].getViaLaneID() if lawful else ""), set[str]()
        while via and via not in seen:
            seen.add(via)
            lane = self._net.getLane(via)
            if lane.getLength() >= LEAST_M:
                pieces.append(Piece(lane.getLength(), self._speed(lane.getSpeed())))
            onward = [c for c in lane.getOutgoing() if c.getViaLaneID()]
            via = onward[0].getViaLaneID() if onward else ""
        return pieces
