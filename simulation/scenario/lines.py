"""Bus and tram lines: stops beside the kerb or the track, and vehicles at their headway."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulation.scenario.demand import HOUR_S, zone_edges
from simulation.scenario.legs import Stretch, legs_by_junction
from simulation.scenario.model import LineFacts, ScenarioFacts
from simulation.scenario.plain_xml import edges_of
from simulation.scenario.routes import RouteFinder

BUS_STOP_M = 25.0
TRAM_STOP_M = 70.0


@dataclass
class LineXml:
    """SUMO elements of the lines: stops for the additional file, flows for the demand file."""

    stops: list[str] = field(default_factory=list)
    flows: list[tuple[float, str]] = field(default_factory=list)


def lines_xml(facts: ScenarioFacts, finder: RouteFinder, begin_s: float, factor: float, where: str) -> LineXml:
    """Stops and flows of all lines for the hour from ``begin_s``; a quiet hour (factor < 0.3) doubles the headways."""
    out = LineXml()
    entries, exits = zone_edges(facts)
    lines = [(line, "bus") for line in facts.demand.buses] + [(line, "tram") for line in facts.demand.trams]
    for k, (line, kind) in enumerate(lines):
        headway = line.headway_s * (2 if factor < 0.3 else 1)
        ends = [(line.from_zone, line.to_zone, "there")]
        ends += [(line.to_zone, line.from_zone, "back")] if line.both_ways else []
        for way, (start, end, direction) in enumerate(ends):
            if start not in entries or end not in exits:
                continue  # a one-way arm at a line's end: it runs one way only
            route = finder.between(entries[start], exits[end], kind, where, f"line {line.id!r}")
            stops = _stops(facts, line, kind, direction, finder, set(route.edges), out)
            # Departures are spread over the headway so that lines do not all enter in the same second.
            first = begin_s + (37.0 * (2 * k + way)) % headway
            out.flows.append((first, _flow(f"{line.id}_{direction}", kind, first, begin_s + HOUR_S, headway,
                                           route.edges, stops, line.dwell_s)))
    return out


def _stops(facts: ScenarioFacts, line: LineFacts, kind: str, direction: str, finder: RouteFinder,
           on_route: set[str], out: LineXml) -> list[str]:
    """Stops on the route's side of each stretch the line names, added to ``out``; returns their ids in route order."""
    placed: list[str] = []
    stretches = _stretches(facts)
    named = line.stops if direction == "there" else tuple((b, a) for a, b in reversed(line.stops))
    for start, end in named:
        way = stretches.get((start, end))
        if way is None:
            continue
        # The upstream part, clear of the pocket's weaving and of the queue's head.
        edge = edges_of(facts, way)[0]
        if edge not in on_route:
            continue
        lane = way.lanes + 1 if kind == "tram" else 1
        size = TRAM_STOP_M if kind == "tram" else BUS_STOP_M
        length = finder.length_m(edge)
        if length < size + 10:
            continue
        last = min(length - 5, max(size + 5, 0.6 * length))
        stop_id = f"{line.id}_{direction}_{start}_{end}"
        out.stops.append(f'<busStop id="{stop_id}" lane="{edge}_{lane}" startPos="{last - size:.1f}" endPos="{last:.1f}" '
                         f'friendlyPos="true"/>')
        placed.append(stop_id)
    return placed


def _stretches(facts: ScenarioFacts) -> dict[tuple[str, str], Stretch]:
    found: dict[tuple[str, str], Stretch] = {}
    for junction, legs in legs_by_junction(facts).items():
        for leg in legs:
            if leg.arriving:
                found[leg.id, junction] = leg.arriving
            if leg.leaving:
                found[junction, leg.id] = leg.leaving
    return found


def _flow(flow_id: str, kind: str, first_s: float, end_s: float, headway_s: float, edges: tuple[str, ...],
          stops: list[str], dwell_s: float) -> str:
    inside = [f'<route edges="{" ".join(edges)}"/>']
    inside += [f'<stop busStop="{stop}" duration="{dwell_s:g}"/>' for stop in stops]
    return (f'<flow id="{flow_id}" type="{kind}" begin="{first_s:g}" end="{end_s:g}" period="{headway_s:g}" '
            f'departLane="best" departSpeed="max" departPos="base">{"".join(inside)}</flow>')
