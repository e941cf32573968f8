"""People on foot: as many an hour over each crossing as its junction's facts say, half each way."""

from __future__ import annotations

from simulation.scenario.demand import HOUR_S
from simulation.scenario.legs import Leg, legs_by_junction
from simulation.scenario.model import ScenarioFacts
from simulation.scenario.plain_xml import first_edge
from simulation.scenario.routes import RouteFinder

WALK_M = 20.0  # on the pavement before and after the crossing
FEWEST_PH = 1.0


def walkers_xml(facts: ScenarioFacts, finder: RouteFinder, begin_s: float, factor: float) -> list[str]:
    """``personFlow`` elements of the hour from ``begin_s``, arrivals Poisson by SUMO's own seed."""
    people: list[str] = []
    for junction in facts.junctions:
        legs = legs_by_junction(facts)[junction.id]
        rate_ph = junction.pedestrians_ph * factor / 2
        if rate_ph < FEWEST_PH:
            continue
        for k, leg in enumerate(legs):
            if leg.id not in junction.crossings:
                continue
            ends = _pavements(facts, leg, legs[k - 1], legs[(k + 1) % len(legs)])
            for way, (start, end) in enumerate((ends, ends[::-1]) if ends else ()):
                people.append(
                    f'<personFlow id="walk_{junction.id}_{leg.id}_{way}" type="pedestrian" begin="{begin_s:g}" '
                    f'end="{begin_s + HOUR_S:g}" period="exp({rate_ph / HOUR_S:.6f})" departPos="{_near(finder, start):.1f}">'
                    f'<walk from="{start[0]}" to="{end[0]}" arrivalPos="{_near(finder, end):.1f}"/></personFlow>')
    return people


End = tuple[str, bool]  # an edge whose pavement it is, and whether that edge arrives at the junction


def _pavements(facts: ScenarioFacts, leg: Leg, before: Leg, after: Leg) -> tuple[End, End] | None:
    """The pavements on both sides of a leg; beyond a one-way street it is the neighbouring leg's."""
    if leg.arriving and leg.leaving:
        return (leg.arriving.edge_id, True), (first_edge(facts, leg.leaving), False)
    if leg.arriving and after.arriving:
        return (leg.arriving.edge_id, True), (after.arriving.edge_id, True)
    if leg.leaving and before.leaving:
        return (first_edge(facts, leg.leaving), False), (first_edge(facts, before.leaving), False)
    return None


def _near(finder: RouteFinder, end: End) -> float:
    length = finder.length_m(end[0])
    back = min(WALK_M, length / 2)
    return length - back if end[1] else back
