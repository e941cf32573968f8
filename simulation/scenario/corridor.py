"""Corridors of a built scenario: which junctions in which order, and the edges along them both ways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from simulation.scenario.legs import Stretch, legs_by_junction
from simulation.scenario.model import CorridorFacts, ScenarioFacts
from simulation.scenario.plain_xml import edges_of


@dataclass(frozen=True)
class Corridor:
    """Traffic light ids in forward order; edges from the entry arm to the exit arm, and the way back.

    A direction that a one-way street interrupts has the edges up to there.
    """

    name: str
    junction_ids: tuple[str, ...]
    edges: tuple[str, ...]
    edges_back: tuple[str, ...]


def corridors_of(facts: ScenarioFacts) -> tuple[Corridor, ...]:
    """All corridors of a scenario, in the file's order."""
    return tuple(Corridor(c.name, c.junctions, _edges(facts, c, False), _edges(facts, c, True)) for c in facts.corridors)


def _edges(facts: ScenarioFacts, corridor: CorridorFacts, back: bool) -> tuple[str, ...]:
    stations = [corridor.entry, *corridor.junctions, corridor.exit]
    if back:
        stations.reverse()
    ways: dict[tuple[str, str], Stretch] = {}
    for junction, legs in legs_by_junction(facts).items():
        for leg in legs:
            if leg.arriving:
                ways[leg.id, junction] = leg.arriving
            if leg.leaving:
                ways[junction, leg.id] = leg.leaving
    edges: list[str] = []
    for pair in pairwise(stations):
        if pair in ways:
            edges += edges_of(facts, ways[pair])
    return tuple(edges)
