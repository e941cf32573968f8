"""The shipped scenarios at a glance: how many junctions, how long, what is mapped and what is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.scenario.geometry import length_m
from simulation.scenario.legs import plane_of
from simulation.scenario.load import load
from simulation.scenario.model import PERIODS
from simulation.scenario.resolve import shipped_files


@dataclass(frozen=True)
class Entry:
    """One shipped scenario; ``mapped`` and ``assumed`` are the file's own statements."""

    name: str
    title: str
    junctions: int
    signals_mapped: int
    signals_assumed: int
    main_road_km: float
    corridors: tuple[str, ...]
    trams: tuple[str, ...]
    periods: tuple[str, ...]
    mapped: tuple[str, ...]
    assumed: tuple[str, ...]
    sources: tuple[str, ...]


def catalogue() -> list[Entry]:
    """All shipped scenarios in alphabetical order."""
    entries: list[Entry] = []
    for name, path in shipped_files().items():
        facts = load(path)
        plane = plane_of(facts)
        at = {j.id: plane.xy_m(j.lat, j.lon) for j in facts.junctions}
        road_m = sum(length_m([at[r.start], *(plane.xy_m(*b) for b in r.bends), at[r.end]]) for r in facts.roads)
        mapped = sum(j.signal == "mapped" for j in facts.junctions)
        entries.append(Entry(
            name, facts.title, len(facts.junctions), mapped, len(facts.junctions) - mapped, road_m / 1000,
            tuple(c.name for c in facts.corridors), tuple(t.name for t in facts.demand.trams), PERIODS,
            facts.mapped, facts.assumed, facts.sources))
    return entries
