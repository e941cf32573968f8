"""Where traffic comes into an imported net and leaves it: the roads its edge cuts, weighed by lanes and speed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

MOST_ZONES = 60
REFERENCE_MPS = 50 / 3.6
TRAM_CLASSES = ("tram",)


@dataclass(frozen=True)
class Gate:
    """An edge at the net's fringe; ``weight`` is its lanes, less for slow roads; ``at_m`` is (x, y) of its outer end."""

    edge: str
    weight: float
    at_m: tuple[float, float]


@dataclass(frozen=True)
class Fringe:
    """Gates by direction, the heaviest ones only, in the order of their edge ids."""

    entries: tuple[Gate, ...]
    exits: tuple[Gate, ...]


def fringe_of(net: Any, vehicle_class: str = "passenger") -> Fringe:
    """Edges for the class that begin or end where no other road goes on."""
    entries, exits = [], []
    for edge in net.getEdges(withInternal=False):
        if edge.getFunction() != "" or not edge.allows(vehicle_class):
            continue
        lanes = sum(lane.allows(vehicle_class) for lane in edge.getLanes())
        # Squared, because a boulevard draws traffic from farther than a street does.
        weight = lanes * (edge.getSpeed() / REFERENCE_MPS) ** 2
        if _ends(edge, edge.getFromNode().getIncoming(), vehicle_class):
            entries.append(Gate(edge.getID(), weight, edge.getShape()[0][:2]))
        if _ends(edge, edge.getToNode().getOutgoing(), vehicle_class):
            exits.append(Gate(edge.getID(), weight, edge.getShape()[-1][:2]))
    return Fringe(_heaviest(entries), _heaviest(exits))


def pairs_of(fringe: Fringe) -> list[tuple[Gate, Gate]]:
    """Ways across worth asking a route for: not back out beside the way in, which would be a turn in the road."""
    points = [gate.at_m for gate in (*fringe.entries, *fringe.exits)]
    if not points:
        return []
    span = math.dist([min(p[i] for p in points) for i in (0, 1)], [max(p[i] for p in points) for i in (0, 1)])
    least = min(200.0, 0.15 * span)
    return [(a, b) for a in fringe.entries for b in fringe.exits if math.dist(a.at_m, b.at_m) >= least and a.edge != b.edge]


def _ends(edge: Any, beyond: list[Any], vehicle_class: str) -> bool:
    around = {edge.getFromNode().getID(), edge.getToNode().getID()}
    return all({e.getFromNode().getID(), e.getToNode().getID()} == around for e in beyond
               if e.getFunction() == "" and e.allows(vehicle_class))


def _heaviest(gates: list[Gate]) -> tuple[Gate, ...]:
    kept = sorted(gates, key=lambda g: (-g.weight, g.edge))[:MOST_ZONES]
    return tuple(sorted(kept, key=lambda g: g.edge))
