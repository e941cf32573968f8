"""Write a scenario as SUMO plain XML: nodes, edges, connections with crossings. Same facts, same bytes."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

from simulation.scenario.geometry import Point, shifted_right
from simulation.scenario.lanes import LaneLink, lane_links, unreached_filled
from simulation.scenario.legs import Leg, Stretch, has_pocket, legs_by_junction, plane_of, pocket_cut, turns_of
from simulation.scenario.model import ScenarioFacts

PAVEMENT_M = 2.5
LANE_M = 3.2
TRAM_LANE_M = 3.3
CROSSING_M = 4.0
# From here on a crossing is cut in two by a refuge in the median: people cross one direction of traffic at a time.
REFUGE_FROM_LANES = 5
MEDIAN_M = 2.5  # room for the people who wait on that refuge


def before_pocket(edge_id: str) -> str:
    """Id of an approach's part upstream of its pocket; the part at the stop line keeps the approach's id."""
    return f"{edge_id}.far"


def write_plain(facts: ScenarioFacts, out: Path) -> tuple[Path, Path, Path]:
    """Write ``plain.nod.xml``, ``plain.edg.xml`` and ``plain.con.xml`` into ``out``; returns their paths."""
    plane = plane_of(facts)
    nodes = [f'<node id={quoteattr(j.id)} {_xy(plane.xy_m(j.lat, j.lon))} type="traffic_light" radius="6"/>'
             for j in facts.junctions]
    edges: list[str] = []
    links: list[str] = []
    for junction_id, legs in legs_by_junction(facts).items():
        approaches: list[tuple[Leg, list[LaneLink]]] = []
        for leg in legs:
            if leg.arriving is not None:
                turns = turns_of(facts, junction_id, legs, leg)
                way, pocket = leg.arriving, has_pocket(turns, leg.arriving)
                _approach(leg, way, pocket, nodes, edges, links)
                approaches.append((leg, lane_links(turns, way.lanes, pocket, way.tram, leg.is_road)))
            if leg.leaving is not None and not leg.is_road:
                if leg.arriving is None:
                    nodes.append(_dead_end(leg.leaving.to_node, leg.leaving.shape[-1]))
                edges.append(_edge(leg.leaving, leg.leaving.edge_id, leg.leaving.from_node, leg.leaving.to_node,
                                   list(leg.leaving.shape), pocket=False, opposite=leg.arriving))
        for leg, lane_by_lane in unreached_filled(approaches):
            for link in lane_by_lane:
                assert leg.arriving is not None and link.to_leg.leaving is not None
                target = first_edge(facts, link.to_leg.leaving)
                links.append(_link(leg.arriving.edge_id, link.from_lane, target, link.to_lane))
    links += _crossings(facts)
    paths = out / "plain.nod.xml", out / "plain.edg.xml", out / "plain.con.xml"
    for path, root, lines in zip(paths, ("nodes", "edges", "connections"), (nodes, edges, links), strict=True):
        path.write_text("\n".join([f"<{root}>", *("    " + line for line in lines), f"</{root}>", ""]), encoding="utf-8")
    return paths


def _approach(leg: Leg, way: Stretch, pocket: bool, nodes: list[str], edges: list[str], links: list[str]) -> None:
    """Nodes and edges of one approach, and the links within it where its pocket begins."""
    opposite = leg.leaving
    if not leg.is_road:
        nodes.append(_dead_end(way.from_node, way.shape[0]))
    if pocket:
        upstream, at_stop_line = pocket_cut(way)
        split = f"{way.edge_id}.split"
        nodes.append(f'<node id={quoteattr(split)} {_xy(upstream[-1])} type="priority"/>')
        edges.append(_edge(way, before_pocket(way.edge_id), way.from_node, split, upstream, pocket=False, opposite=opposite))
        edges.append(_edge(way, way.edge_id, split, way.to_node, at_stop_line, pocket=True, opposite=opposite))
        for lane in range(1, way.lanes + 1):
            links.append(_link(before_pocket(way.edge_id), lane, way.edge_id, lane))
        links.append(_link(before_pocket(way.edge_id), way.lanes, way.edge_id, way.lanes + 1))
        if way.tram:
            links.append(_link(before_pocket(way.edge_id), way.lanes + 1, way.edge_id, way.lanes + 2))
    else:
        edges.append(_edge(way, way.edge_id, way.from_node, way.to_node, list(way.shape), pocket=False, opposite=opposite))


def first_edge(facts: ScenarioFacts, stretch: Stretch) -> str:
    """Id of the first edge of a stretch: the part upstream of its pocket where it has one."""
    return edges_of(facts, stretch)[0]


def edges_of(facts: ScenarioFacts, stretch: Stretch) -> tuple[str, ...]:
    """Ids of the one or two edges that a stretch was built as, in driving order."""
    around = legs_by_junction(facts).get(stretch.to_node)
    if around is None:
        return (stretch.edge_id,)
    leg = next(leg for leg in around if leg.arriving is not None and leg.arriving.edge_id == stretch.edge_id)
    if has_pocket(turns_of(facts, stretch.to_node, around, leg), stretch):
        return (before_pocket(stretch.edge_id), stretch.edge_id)
    return (stretch.edge_id,)


def _crossings(facts: ScenarioFacts) -> list[str]:
    lines: list[str] = []
    around = legs_by_junction(facts)
    for junction in facts.junctions:
        for leg in (leg for leg in around[junction.id] if leg.id in junction.crossings):
            arriving = [leg.arriving.edge_id] if leg.arriving else []
            leaving = [first_edge(facts, leg.leaving)] if leg.leaving else []
            lanes = sum(way.lanes for way in (leg.arriving, leg.leaving) if way)
            refuge = lanes >= REFUGE_FROM_LANES and arriving and leaving
            for over in ([arriving, leaving] if refuge else [arriving + leaving]):
                lines.append(f'<crossing node={quoteattr(junction.id)} edges={quoteattr(" ".join(over))} '
                             f'priority="1" width="{CROSSING_M:g}"/>')
    return lines


def _edge(way: Stretch, edge_id: str, start: str, end: str, shape: list[Point], *, pocket: bool,
          opposite: Stretch | None) -> str:
    if opposite is not None and way.lanes + opposite.lanes >= REFUGE_FROM_LANES:
        shape = shifted_right(shape, MEDIAN_M / 2)
    cars = way.lanes + (1 if pocket else 0)
    lanes = [f'<lane index="0" allow="pedestrian" width="{PAVEMENT_M:g}" speed="2.78"/>']
    lanes += [f'<lane index="{i}" disallow="tram rail_urban rail pedestrian" width="{LANE_M:g}"/>'
              for i in range(1, cars + 1)]
    if way.tram:
        lanes.append(f'<lane index="{cars + 1}" allow="tram" width="{TRAM_LANE_M:g}"/>')
    priority = 9 if way.lanes >= 3 else 7 if way.lanes == 2 else 5
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape)
    return (f'<edge id={quoteattr(edge_id)} from={quoteattr(start)} to={quoteattr(end)} priority="{priority}" '
            f'numLanes="{len(lanes)}" speed="{way.speed_kmh / 3.6:.2f}" shape="{path}" name={quoteattr(way.name)} '
            f'spreadType="{"center" if opposite is None else "right"}">' + "".join(lanes) + "</edge>")


def _link(edge: str, lane: int, to_edge: str, to_lane: int) -> str:
    return (f'<connection from={quoteattr(edge)} to={quoteattr(to_edge)} fromLane="{lane}" toLane="{to_lane}"/>')


def _dead_end(node: str, at: Point) -> str:
    return f'<node id={quoteattr(node)} {_xy(at)} type="priority"/>'


def _xy(point: Point) -> str:
    return f'x="{point[0]:.2f}" y="{point[1]:.2f}"'
