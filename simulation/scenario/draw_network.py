"""The whole network on one sheet: roads, tracks, corridors, and every signal with a number."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from simulation.netmodel.derive import SumoJunction
from simulation.scenario.draw_colours import CORRIDORS, IDLE, JUNCTION, LANE_MARK, RAIL, REFUSED, ROAD, group_colours
from simulation.scenario.draw_ground import Ground, ground_of, network_layers
from simulation.scenario.draw_shapes import as_points, clean
from simulation.scenario.draw_sheet import Layer, LegendEntry, Lines, Panel, Path, Point, Sheet, Spots, Tag
from simulation.scenario.draw_signals import centre_of, group_lines, lane_groups, stop_lines
from simulation.scenario.draw_tags import apart
from simulation.scenario.draw_target import Target
from simulation.scenario.signals_file import largest_intergreen_s

SHEET_PX = (1360.0, 940.0)
SIDE_PX = 330.0
MOST_NAMED = 16
"""Up to so many junctions bear their names in the drawing; more are listed beside it."""


def network_sheet(target: Target) -> Sheet:
    """The sheet; its junction numbers are those that ``--junction`` takes."""
    ground = ground_of(target.net)
    numbered = target.numbered
    named = len(numbered) <= MOST_NAMED
    centres = {s.tls: centre_of(target.net, s)[0] for s in target.signals.driven}
    width = SHEET_PX[0] - (0 if named else SIDE_PX)
    low, high = _extent(ground, numbered, centres)
    span = (float(high[0] - low[0]) * 1.06 + 60, float(high[1] - low[1]) * 1.06 + 60)
    layers = [*_corridor_layers(target), *network_layers(ground), *_signal_layers(target, centres)]
    tags = [_tag(s, i + 1, centres[s.tls], named) for i, s in enumerate(numbered)]
    tags += [Tag(_where(target, r.nodes), "!", "#ffffff", REFUSED, 11, escape(f"{r.name or r.tls}: {r.why}"), bold=True)
             for r in target.signals.refused]
    panel = Panel((0, 0, width, SHEET_PX[1]), (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2), span, layers,
                  scale_bar=True)
    panel = replace(panel, tags=apart(tags, panel.metres_per_px))
    lengths = sum(edge.getLength() * edge.getLaneNumber() for edge in target.net.getEdges(withInternal=False))
    facts = f"{len(numbered)} signalised junctions · {lengths / 1000:.1f} lane km"
    if idle := len(target.signals.idle):
        facts += f" · {idle} signals where nothing conflicts"
    return Sheet(target.title, "Réseau et feux de circulation", facts, SHEET_PX, (panel,), _legend(target, ground),
                 () if named else [(str(i + 1), s.junction.name or s.tls) for i, s in enumerate(numbered)],
                 attribution=target.attribution)


def _extent(ground: Ground, numbered: list[SumoJunction], centres: dict[str, Point]) -> tuple[Any, Any]:
    cloud = np.asarray([p for line in [*ground.middles, *ground.tracks] for p in line] + list(centres.values()), dtype=float)
    return cloud.min(axis=0), cloud.max(axis=0)


def _corridor_layers(target: Target) -> list[Layer]:
    layers: list[Layer] = []
    for i, corridor in enumerate(target.corridors):
        paths: list[Path] = []
        for edge in dict.fromkeys((*corridor.forward, *corridor.back)):
            if target.net.hasEdge(edge):
                paths.append(as_points(clean(target.net.getEdge(edge).getShape())))
        layers.append(Lines(paths, CORRIDORS[i % len(CORRIDORS)], 11, opacity=0.45))
    return layers


def _signal_layers(target: Target, centres: dict[str, Point]) -> list[Layer]:
    by_colour: dict[str, list[Path]] = {}
    points, hovers = [], []
    for s in target.signals.driven:
        colours = group_colours(s.groups)
        lines = stop_lines(target.net, s)
        lanes = {g: [lane for lane, own in lane_groups(s).items() if g in own] for g in lines}
        for group, paths in lines.items():
            by_colour.setdefault(colours[group], []).extend(paths)
            for path in paths:
                points.append(((path[0][0] + path[-1][0]) / 2, (path[0][1] + path[-1][1]) / 2))
                hovers.append(f"{group_lines(s.junction.group[group], target.net, lanes)}<br>{escape(s.junction.label)}")
        for g in s.groups:
            if g.group.for_pedestrians:
                middle = g.links[0].path.mean(axis=0)
                points.append((float(middle[0]), float(middle[1])))
                hovers.append(f"{group_lines(g.group, target.net, {})}<br>{escape(s.junction.label)}")
    idle = target.signals.idle
    layers: list[Layer] = [Lines(paths, colour, 3) for colour, paths in by_colour.items()]
    if idle:
        told = [f"<b>{escape(s.junction.label)}</b><br>nothing conflicts here: always green" for s in idle]
        layers.append(Spots([centres[s.tls] for s in idle], told, IDLE, 8))
    layers.append(Spots(points, hovers))
    return layers


def _tag(s: SumoJunction, number: int, at: Point, named: bool) -> Tag:
    j = s.junction
    hover = (f"<b>{number} · {escape(j.label)}</b><br>{len(j.groups)} signal groups, {len(j.full_stages)} stages"
             f"<br>yellow {j.yellow_s:g} s, largest intergreen {largest_intergreen_s(s):g} s")
    if s.rebuilt:
        hover += f"<br>stages rebuilt: {escape(s.rebuilt)}"
    text = f"{number}  {escape(j.name or s.tls)}" if named else str(number)
    return Tag(at, text, "#ffffff", JUNCTION, 11, hover, bold=True)


def _where(target: Target, nodes: tuple[str, ...]) -> Point:
    cloud = np.asarray([target.net.getNode(n).getCoord()[:2] for n in nodes], dtype=float).mean(axis=0)
    return float(cloud[0]), float(cloud[1])


def _legend(target: Target, ground: Ground) -> list[LegendEntry]:
    rows = [LegendEntry("dot", JUNCTION, "signalised junction", "carrefour à feux"),
            LegendEntry("area", ROAD, "road, lanes at their width", "chaussée")]
    rows += [LegendEntry("area", CORRIDORS[i % len(CORRIDORS)], c.name, "axe coordonné") for i, c in enumerate(target.corridors)]
    if ground.tracks:
        rows.append(LegendEntry("rail", RAIL, "tram track", "voie de tramway"))
    if ground.stripes:
        rows.append(LegendEntry("zebra", LANE_MARK, "crossing", "passage piéton"))
    rows.append(LegendEntry("line", "#0072b2", "stop line in its group's colour (zoom in)", "ligne d'effet"))
    if target.signals.idle:
        rows.append(LegendEntry("dot", IDLE, "signal where nothing conflicts", "feu sans conflit"))
    if target.signals.refused:
        rows.append(LegendEntry("dot", REFUSED, "signal that cannot be driven", "feu refusé"))
    return rows
