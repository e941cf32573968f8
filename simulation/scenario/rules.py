"""The rules between the facts of one scenario: every name that is used must exist, and fit where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from signal_drivers.errors import ScenarioError
from simulation.scenario.model import PERIODS, LineFacts, ScenarioFacts


def check(facts: ScenarioFacts, where: str) -> None:
    """Raise :class:`ScenarioError` for the first rule that the facts break; ``where`` is the file's name."""
    for place, fault, mend in _faults(facts):
        raise ScenarioError(f"{place}: {fault}", where=where, mend=mend)


def legs_of(facts: ScenarioFacts, junction_id: str) -> set[str]:
    """Names of a junction's legs: its arms, and the junctions its main roads lead to."""
    legs = {a.id for a in facts.arms if a.junction == junction_id}
    legs |= {r.end for r in facts.roads if r.start == junction_id}
    return legs | {r.start for r in facts.roads if r.end == junction_id}


Fault = tuple[str, str, str]


def _faults(facts: ScenarioFacts) -> Iterator[Fault]:
    junctions = [j.id for j in facts.junctions]
    arms = {a.id: a for a in facts.arms}
    yield from _repeated("junctions", junctions)
    yield from _repeated("arms", [a.id for a in facts.arms])
    if both := set(junctions) & set(arms):
        yield "arms", f"{min(both)!r} names both an arm and a junction", "rename one of them"
    for i, road in enumerate(facts.roads):
        for end in ("start", "end"):
            yield from _unknown(f"roads[{i}].{end}", getattr(road, end), "junction", junctions)
        if road.start == road.end:
            yield f"roads[{i}]", f"starts and ends at {road.start!r}", "name two junctions"
        if not road.lanes_forward + road.lanes_back:
            yield f"roads[{i}]", "has no lane in either direction", "give lanes_forward or lanes_back"
    for i, arm in enumerate(facts.arms):
        yield from _unknown(f"arms[{i}].junction", arm.junction, "junction", junctions)
        if not arm.lanes_in + arm.lanes_out:
            yield f"arms[{i}]", f"{arm.id!r} has no lane in either direction", "give lanes_in or lanes_out"
    for i, junction in enumerate(facts.junctions):
        legs = legs_of(facts, junction.id)
        if len(legs) < 3:
            yield f"junctions[{i}]", f"{junction.id!r} has {len(legs)} legs, fewer than 3", "add its arms or roads"
        for k, leg in enumerate(junction.crossings):
            yield from _unknown(f"junctions[{i}].crossings[{k}]", leg, f"leg of {junction.id}", legs)
    for i, ban in enumerate(facts.turn_bans):
        yield from _unknown(f"turn_bans[{i}].junction", ban.junction, "junction", junctions)
        for end in ("from_leg", "to_leg"):
            legs = legs_of(facts, ban.junction)
            yield from _unknown(f"turn_bans[{i}].{end}", getattr(ban, end), f"leg of {ban.junction}", legs)
    yield from _corridor_faults(facts, junctions, list(arms))
    yield from _demand_faults(facts)


def _corridor_faults(facts: ScenarioFacts, junctions: list[str], arms: list[str]) -> Iterator[Fault]:
    roads = {frozenset((r.start, r.end)) for r in facts.roads}
    for i, corridor in enumerate(facts.corridors):
        for k, junction in enumerate(corridor.junctions):
            yield from _unknown(f"corridors[{i}].junctions[{k}]", junction, "junction", junctions)
        for end in ("entry", "exit"):
            yield from _unknown(f"corridors[{i}].{end}", getattr(corridor, end), "arm", arms)
        for a, b in zip(corridor.junctions, corridor.junctions[1:], strict=False):
            if frozenset((a, b)) not in roads:
                yield f"corridors[{i}]", f"no road joins {a!r} and {b!r}", "add the road or mend the order"


def _demand_faults(facts: ScenarioFacts) -> Iterator[Fault]:
    demand, arms = facts.demand, {a.id: a for a in facts.arms}
    for zone, volume in demand.zones.items():
        yield from _unknown("demand.zones", zone, "arm", arms)
        if volume.in_vph and not arms[zone].lanes_in:
            yield f"demand.zones.{zone}.in_vph", "its arm has no lane inwards", "set in_vph to 0"
        if volume.out_vph and not arms[zone].lanes_out:
            yield f"demand.zones.{zone}.out_vph", "its arm has no lane outwards", "set out_vph to 0"
    for i, flow in enumerate(demand.flows):
        for end in ("from_zone", "to_zone"):
            yield from _unknown(f"demand.flows[{i}].{end}", getattr(flow, end), "zone", demand.zones)
    lines: list[tuple[str, LineFacts]] = [(f"demand.buses[{i}]", b) for i, b in enumerate(demand.buses)]
    lines += [(f"demand.trams[{i}]", t) for i, t in enumerate(demand.trams)]
    for place, line in lines:
        for end in ("from_zone", "to_zone"):
            zone = getattr(line, end)
            yield from _unknown(f"{place}.{end}", zone, "arm", arms)
            if place.startswith("demand.trams") and not arms[zone].tram:
                yield f"{place}.{end}", f"arm {zone!r} has no tram track", "set tram: true on the arm"
        stretches = {frozenset((r.start, r.end)) for r in facts.roads}
        stretches |= {frozenset((a.id, a.junction)) for a in facts.arms}
        for k, stop in enumerate(line.stops):
            if frozenset(stop) not in stretches:
                yield f"{place}.stops[{k}]", f"no road or arm joins {stop[0]!r} and {stop[1]!r}", "mend the stop"
    if missing := [p for p in PERIODS if p not in demand.periods]:
        yield "demand.periods", f"{missing[0]!r} is missing", f"give all of {', '.join(PERIODS)}"
    total = sum(demand.fleet.model_dump().values())
    if abs(total - 1) > 1e-6:
        yield "demand.fleet", f"shares add up to {total:g}, not 1", "mend the shares"
    spot = facts.incident
    lanes = [r.lanes_forward if r.start == spot.start else r.lanes_back for r in facts.roads
             if {r.start, r.end} == {spot.start, spot.end}]
    if not lanes:
        yield "incident", f"no road joins {spot.start!r} and {spot.end!r}", "name two neighbouring junctions"
    elif spot.lane_from_kerb > lanes[0]:
        yield "incident.lane_from_kerb", f"{spot.lane_from_kerb} is beyond the road's {lanes[0]} lanes", "lower it"


def _repeated(place: str, ids: list[str]) -> Iterator[Fault]:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            yield f"{place}[{i}].id", f"{name!r} is used twice", "give each its own id"


def _unknown(place: str, name: str, kind: str, known: object) -> Iterator[Fault]:
    names = sorted(known)  # type: ignore[call-overload]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        mend = f"did you mean {near[0]!r}?" if near else "known are: " + ", ".join(names[:12])
        yield place, f"unknown {kind} {name!r}", mend
