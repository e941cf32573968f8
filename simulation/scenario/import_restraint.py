"""Hold synthetic flows to what roads and signals can carry, each junction on its own, so that no single bad one empties the rest.

A junction's flow ratio Y is the sum over its stages of the largest flow over saturation flow among the approaches that a stage
serves (F. V. Webster, Traffic Signal Settings, Road Research Technical Paper 39, 1958).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from simulation.netmodel.derive import SumoJunction

SATURATION_VPH = 1800.0
HIGHEST_RATIO = 0.4
"""Y that leaves room for the intergreens of four stages and for arrivals by chance."""
BUSIEST_LANE_VPH = 300.0
YIELDING_COUNTS = 2.0
"""Vehicles straight on that one turning vehicle counts for where it must wait for gaps."""
ROUNDS = 40

Pair = tuple[str, str]
Routes = Mapping[Pair, Sequence[str]]


def restrained(trips_vph: Mapping[Pair, float], routes: Routes, net: Any, junctions: Iterable[SumoJunction]) -> dict[Pair, float]:
    """The trips, less wherever they pass a lane or a junction that would be overloaded.

    ``routes`` are edges by (first edge, last edge), as in ``trips_vph``. Nothing is ever raised.
    """
    trips = dict(trips_vph)
    signals = [s for s in junctions if len(s.junction.stages) > 1]
    users = _users(trips, routes)
    for _ in range(ROUNDS):
        changed = False
        for edge, users_of_it in users[0].items():
            load = sum(trips[p] for p in users_of_it) / net.getEdge(edge).getLaneNumber()
            changed |= _less(trips, users_of_it, BUSIEST_LANE_VPH, load)
        for sumo in signals:
            ratio, pairs = flow_ratio(sumo, trips, users[1])
            changed |= _less(trips, pairs, HIGHEST_RATIO, ratio)
        if not changed:
            break
    return trips


def flow_ratio(sumo: SumoJunction, trips: Mapping[Pair, float], users: Mapping[Pair, Sequence[Pair]]) -> tuple[float, set[Pair]]:
    """Webster's Y of a junction, and the trips that pass it; ``users`` are trips by (edge, next edge)."""
    total, through, seen = 0.0, set[Pair](), set[Pair]()
    for stage in sumo.junction.full_stages:
        worst = 0.0
        flow: dict[str, float] = {}
        lanes: dict[str, set[str]] = {}
        for group in sumo.groups:
            if group.id not in stage.green:
                continue
            for link in group.links:
                turn = (link.from_edge, link.to_lane.rsplit("_", 1)[0])
                lanes.setdefault(link.from_edge, set()).add(link.from_lane)
                if turn in seen:
                    continue
                seen.add(turn)
                through.update(users.get(turn, ()))
                counts = YIELDING_COUNTS if group.id in stage.yielding else 1.0
                flow[link.from_edge] = flow.get(link.from_edge, 0.0) + counts * sum(trips[p] for p in users.get(turn, ()))
        for edge, vph in flow.items():
            worst = max(worst, vph / (len(lanes[edge]) * SATURATION_VPH))
        total += worst
    return total, through


def _users(trips: Mapping[Pair, float], routes: Routes) -> tuple[dict[str, list[Pair]], dict[Pair, list[Pair]]]:
    by_edge: dict[str, list[Pair]] = {}
    by_turn: dict[Pair, list[Pair]] = {}
    for pair in sorted(trips):
        edges = routes[pair]
        for edge in edges:
            by_edge.setdefault(edge, []).append(pair)
        for turn in pairwise(edges):
            by_turn.setdefault(turn, []).append(pair)
    return by_edge, by_turn


def _less(trips: dict[Pair, float], pairs: Iterable[Pair], limit: float, value: float) -> bool:
    if value <= limit * 1.001:
        return False
    for pair in pairs:
        trips[pair] *= limit / value
    return True
