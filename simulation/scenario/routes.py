"""Shortest routes over a built net, turn by turn, for one class of vehicle."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sumolib

from signal_drivers.errors import ScenarioError

# Drivers shun left turns and lights; the figures only choose between routes, they delay nobody.
TURN_COST_S = {"l": 15.0, "L": 10.0, "r": 5.0, "R": 3.0}
SIGNAL_COST_S = 10.0


@dataclass(frozen=True)
class Route:
    """Edges from a zone to a zone, and its length in metres."""

    edges: tuple[str, ...]
    length_m: float


class RouteFinder:
    """Routes in one net; every answer is deterministic, ties go to the smaller edge id."""

    def __init__(self, net: Path) -> None:
        self.net: Any = sumolib.net.readNet(str(net))

    def length_m(self, edge_id: str) -> float:
        """Length of an edge, metres."""
        return float(self.net.getEdge(edge_id).getLength())

    def from_edge(self, start: str, vehicle_class: str) -> dict[str, Route]:
        """Route from one edge to every edge that a vehicle of the class can reach."""
        best: dict[str, tuple[float, str | None]] = {start: (0.0, None)}
        queue: list[tuple[float, str]] = [(0.0, start)]
        while queue:
            cost, here = heapq.heappop(queue)
            if cost > best[here][0]:
                continue
            for edge, links in self.net.getEdge(here).getOutgoing().items():
                usable = [k for k in links if k.getFromLane().allows(vehicle_class) and k.getToLane().allows(vehicle_class)]
                if not usable:
                    continue
                turn = min(TURN_COST_S.get(k.getDirection(), 0.0) for k in usable)
                signal = SIGNAL_COST_S if usable[0].getTLSID() else 0.0
                reached = cost + turn + signal + edge.getLength() / edge.getSpeed()
                name = edge.getID()
                if name not in best or reached < best[name][0] - 1e-9:
                    best[name] = (reached, here)
                    heapq.heappush(queue, (reached, name))
        found: dict[str, Route] = {}
        for name in best:
            path: list[str] = []
            at: str | None = name
            while at is not None:
                path.append(at)
                at = best[at][1]
            found[name] = Route(tuple(reversed(path)), sum(self.length_m(e) for e in path))
        return found

    def between(self, start: str, end: str, vehicle_class: str, where: str, what: str) -> Route:
        """The route from one edge to another.

        Raises:
            ScenarioError: there is none; ``what`` names who wanted it.
        """
        route = self.from_edge(start, vehicle_class).get(end)
        if route is None:
            raise ScenarioError(f"{what}: no way for a {vehicle_class} from {start} to {end}", where=where,
                                mend="check lanes, tram tracks and turn bans on the way")
        return route
