"""Synthetic demand for an imported net: fringe to fringe by a gravity rule, routed by duarouter, sized to the roads.

None of it was measured. Sizes follow lanes and speeds at the fringe, held to what roads and signals can carry; a rate that
the user gives scales them all.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from signal_drivers.errors import NetError, ScenarioError
from simulation.netmodel.derive import SumoJunction
from simulation.scenario.gravity import spread
from simulation.scenario.import_restraint import Pair, restrained
from simulation.scenario.import_zones import fringe_of, pairs_of
from simulation.sumo.tools import run_tool

GATE_VPH = 150.0
"""Vehicles an hour per lane of a 50 km/h road at the fringe before scaling."""
LEAST_VPH = 0.5
LONGEST_DETOUR = 2.5
TRAM_HEADWAY_S = 480.0
LEAST_TRAM_M = 300.0
CLASSES = ("passenger", "taxi", "motorcycle", "truck")


@dataclass(frozen=True)
class ImportFlow:
    """Vehicles an hour along a route in the evening; ``mixed`` unless some class may not use all of it."""

    id: str
    edges: tuple[str, ...]
    vph: float
    mixed: bool


@dataclass(frozen=True)
class ImportDemand:
    """All flows of the evening, the trams' routes, and the pairs of gates between which no way leads."""

    flows: tuple[ImportFlow, ...]
    trams: tuple[tuple[str, ...], ...]
    unreachable: int

    @property
    def total_vph(self) -> float:
        return sum(flow.vph for flow in self.flows)


def make_demand(net: Any, net_file: Path, junctions: Sequence[SumoJunction], work: Path, *, total_vph: float | None,
                seed: int) -> ImportDemand:
    """Demand of the evening peak hour.

    Raises:
        NetError: the net has no two fringe roads with a way between them.
    """
    fringe = fringe_of(net)
    gates = {(a.edge, b.edge): (a, b) for a, b in pairs_of(fringe)}
    routes = _routed(list(gates), "passenger", net_file, work, seed)
    length_m = {}
    for pair, edges in routes.items():
        a, b = gates[pair]
        driven = sum(net.getEdge(e).getLength() for e in edges)
        if driven <= LONGEST_DETOUR * max(math.dist(a.at_m, b.at_m), 100.0):
            length_m[pair] = driven
    if not length_m:
        raise NetError("no road leads from one edge of the area to another", where=net_file.name,
                       mend="take a larger extract, with through roads cut at its border")
    scale_m = max(500.0, sum(length_m.values()) / len(length_m))
    trips = spread({g.edge: GATE_VPH * g.weight for g in fringe.entries}, {g.edge: g.weight for g in fringe.exits}, length_m,
                   scale_m)
    trips = restrained(trips, routes, net, junctions)
    factor = total_vph / sum(trips.values()) if total_vph is not None else 1.0
    trips = _without_trickles({pair: vph * factor for pair, vph in trips.items()})
    flows = tuple(ImportFlow(f"f{i}", routes[pair], trips[pair], _all_classes(net, routes[pair]))
                  for i, pair in enumerate(sorted(trips)))
    return ImportDemand(flows, _tram_routes(net, net_file, work, seed), len(gates) - len(routes))


def _without_trickles(trips: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """The same total on the pairs that send at least :data:`LEAST_VPH`, where there are such."""
    kept = {pair: vph for pair, vph in trips.items() if vph >= LEAST_VPH} or trips
    factor = sum(trips.values()) / sum(kept.values())
    return {pair: vph * factor for pair, vph in kept.items()}


def _all_classes(net: Any, edges: tuple[str, ...]) -> bool:
    def joined(a: str, b: str, vehicle_class: str) -> bool:
        links = net.getEdge(a).getOutgoing().get(net.getEdge(b), [])
        return any(k.getFromLane().allows(vehicle_class) and k.getToLane().allows(vehicle_class) for k in links)

    return all(joined(a, b, c) for c in CLASSES for a, b in pairwise(edges))


def _tram_routes(net: Any, net_file: Path, work: Path, seed: int) -> tuple[tuple[str, ...], ...]:
    """For each track that comes into the area, the longest way it leads on to."""
    fringe = fringe_of(net, "tram")
    only = {e.getID() for e in net.getEdges(withInternal=False) if e.allows("tram") and not e.allows("passenger")}
    asked = [(a.edge, b.edge) for a in fringe.entries for b in fringe.exits
             if a.edge != b.edge and a.edge in only and b.edge in only]
    best: dict[str, tuple[float, tuple[str, ...]]] = {}
    for edges in _routed(asked, "tram", net_file, work, seed).values():
        length = sum(net.getEdge(e).getLength() for e in edges)
        if length >= LEAST_TRAM_M and length > best.get(edges[0], (0.0, ()))[0]:
            best[edges[0]] = (length, edges)
    return tuple(edges for _, (_, edges) in sorted(best.items()))


def _routed(pairs: Sequence[Pair], vehicle_class: str, net_file: Path, work: Path, seed: int) -> dict[Pair, tuple[str, ...]]:
    """Routes by duarouter for the pairs that have one. Weights vary a little by pair, so parallel roads share the load."""
    if not pairs:
        return {}
    root = ElementTree.Element("routes")
    ElementTree.SubElement(root, "vType", {"id": "asked", "vClass": vehicle_class})
    for number, (start, end) in enumerate(pairs):
        ElementTree.SubElement(root, "trip", {"id": str(number), "type": "asked", "depart": "0", "from": start, "to": end})
    trips, routes = work / f"{vehicle_class}.trips.xml", work / f"{vehicle_class}.routes.xml"
    ElementTree.ElementTree(root).write(trips, encoding="utf-8", xml_declaration=True)
    try:
        run_tool("duarouter", ["-n", str(net_file), "-r", str(trips), "-o", str(routes), "--ignore-errors", "true",
                               "--weights.random-factor", "1.3", "--seed", str(seed), "--no-warnings", "true",
                               "--alternatives-output", "NUL"], net_file.name)
    except ScenarioError as fault:
        raise NetError(fault.what, where=net_file.name, mend="check the network in netedit") from None
    found = {}
    for vehicle in ElementTree.parse(routes).getroot().iter("vehicle"):
        route = vehicle.find("route")
        if route is not None and route.get("edges"):
            found[pairs[int(vehicle.get("id", ""))]] = tuple(route.get("edges", "").split())
    return found
