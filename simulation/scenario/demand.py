"""Demand of one period: vehicles an hour for every pair of zones, each with its route."""

from __future__ import annotations

from dataclasses import dataclass

from signal_drivers.errors import ScenarioError
from simulation.scenario.gravity import spread
from simulation.scenario.legs import legs_by_junction
from simulation.scenario.model import PeriodFacts, PeriodName, ScenarioFacts
from simulation.scenario.plain_xml import edges_of
from simulation.scenario.routes import Route, RouteFinder

HOUR_S = 3600.0
LEAST_VPH = 0.5  # pairs below this are left out; together they are under a hundredth of the demand


@dataclass(frozen=True)
class Flow:
    """Vehicles an hour from zone to zone along a route."""

    from_zone: str
    to_zone: str
    vph: float
    route: Route


def begin_s(period: PeriodFacts) -> float:
    """Second of the day at which the period begins."""
    hours, minutes = period.begin.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0


def zone_edges(facts: ScenarioFacts) -> tuple[dict[str, str], dict[str, str]]:
    """First edge inwards and last edge outwards of every arm that has one."""
    entries: dict[str, str] = {}
    exits: dict[str, str] = {}
    for legs in legs_by_junction(facts).values():
        for leg in (leg for leg in legs if not leg.is_road):
            if leg.arriving:
                entries[leg.id] = edges_of(facts, leg.arriving)[0]
            if leg.leaving:
                exits[leg.id] = leg.leaving.edge_id
    return entries, exits


def flows_of(facts: ScenarioFacts, name: PeriodName, finder: RouteFinder, where: str) -> list[Flow]:
    """All flows of cars, taxis, motorcycles and trucks of one period, sorted by zones.

    A ``reversed_share`` r mixes each zone's totals: (1 − r) of its own direction and r of the other, where the arm has
    lanes for it.

    Raises:
        ScenarioError: a zone sends vehicles that can reach no other zone, or a named flow has no route.
    """
    demand, period = facts.demand, facts.demand.periods[name]
    entries, exits = zone_edges(facts)
    r = period.reversed_share
    out_of = {z: ((1 - r) * v.in_vph + r * v.out_vph) * period.factor for z, v in demand.zones.items() if z in entries}
    into = {z: ((1 - r) * v.out_vph + r * v.in_vph) * period.factor for z, v in demand.zones.items() if z in exits}
    routes: dict[tuple[str, str], Route] = {}
    for zone in out_of:
        found = finder.from_edge(entries[zone], "passenger")
        ways = {(zone, other): found[exits[other]] for other in into if other != zone and exits[other] in found}
        if out_of[zone] > 0 and not ways:
            raise ScenarioError(f"demand.zones.{zone}: no other zone can be reached from it", where=where,
                                mend="check its arm's lanes and the turn bans")
        routes |= ways
    trips = spread(out_of, into, {pair: route.length_m for pair, route in routes.items()}, demand.gravity_scale_m)
    for i, flow in enumerate(demand.flows):
        pair = (flow.from_zone, flow.to_zone)
        if pair not in routes:
            raise ScenarioError(f"demand.flows[{i}]: no route from {pair[0]!r} to {pair[1]!r}", where=where,
                                mend="check lanes and turn bans on the way")
        trips[pair] = trips.get(pair, 0.0) + flow.vph * period.factor * (1 - r)
        if r and pair[::-1] in routes:
            trips[pair[::-1]] = trips.get(pair[::-1], 0.0) + flow.vph * period.factor * r
    return [Flow(*pair, trips[pair], routes[pair]) for pair in sorted(trips) if trips[pair] >= LEAST_VPH]
