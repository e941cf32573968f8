"""One junction large: its lanes with their signal groups, its movements as arrows, its stages, and their tables."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import numpy as np

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId
from simulation.netmodel.derive import SumoJunction
from simulation.scenario.draw_colours import GREEN, INK, MUTED, TRAM, group_colours, text_on
from simulation.scenario.draw_ground import ground_of, street_layers
from simulation.scenario.draw_shapes import arrow_head, as_points, clean, lengths, piece, smooth
from simulation.scenario.draw_sheet import Areas, Layer, LegendEntry, Lines, Panel, Path, Point, Sheet, Spots, Table, Tag
from simulation.scenario.draw_signals import FRENCH, centre_of, group_lines, lane_groups, stop_lines
from simulation.scenario.draw_stages import stage_panels
from simulation.scenario.draw_svg import text_width_px
from simulation.scenario.draw_target import Target
from simulation.scenario.import_signals import in_latin

PLAN_PX = 760.0
# Columns and size of the stage diagrams by their number: they fill what the plan leaves of the sheet.
STAGE_GRIDS = ((4, 2, (304.0, 380.0)), (6, 2, (304.0, 253.0)), (9, 3, (203.0, 253.0)))
SMALLEST_GRID = (3, (203.0, 230.0))
APPROACH_M, LEAST_APPROACH_M = 24.0, 13.0
HEAD_M = (2.6, 1.9)


def junction_sheet(target: Target, sumo: SumoJunction) -> Sheet:
    """The sheet of one junction."""
    centre, inner = centre_of(target.net, sumo)
    radius = inner + min(APPROACH_M, max(LEAST_APPROACH_M, inner * 0.9))
    ground = ground_of(target.net, (centre, radius * 1.6))
    stages = [s for s in sumo.junction.stages if s.variant_of is None]
    columns, stage_px = next(((c, size) for most, c, size in STAGE_GRIDS if len(stages) <= most), SMALLEST_GRID)
    height = max(PLAN_PX, math.ceil(len(stages) / columns) * stage_px[1])
    plan = Panel((0, 0, PLAN_PX, PLAN_PX), centre, (2 * radius, 2 * radius),
                 [*street_layers(ground), *_arrow_layers(target.net, sumo, radius)], _tags(target.net, sumo, centre, radius),
                 scale_bar=True, framed=True)
    panels = (plan, *stage_panels(sumo, ground, centre, inner + 7, PLAN_PX + 24, stage_px, columns))
    j = sumo.junction
    counts = ((sum(s.overlap for s in stages), "overlaps"), (sum(s.hurry for s in stages), "hurry calls"))
    extra = "".join(f" + {n} {what}" for n, what in counts if n)
    facts = (f"{len(j.groups)} signal groups · {len(j.full_stages)} stages{extra} · yellow {j.yellow_s:g} s"
             f" · longest red {j.max_red_s:g} s · id {j.id}")
    if sumo.rebuilt:
        facts += f" · stages rebuilt, because {sumo.rebuilt}"
    width = PLAN_PX + 24 + columns * stage_px[0]
    return Sheet(j.name or str(j.id), "Carrefour, lignes de feux et phases", facts, (width, height), panels, _legend(sumo),
                 tables=(_group_table(target.net, sumo), _intergreen_table(sumo)), attribution=target.attribution)


def _arrow_layers(net: Any, sumo: SumoJunction, radius: float) -> list[Layer]:
    head = tuple(size * min(1.0, radius / 45) for size in HEAD_M)
    colours = group_colours(sumo.groups)
    lines = stop_lines(net, sumo)
    lanes = {g: [lane for lane, own in lane_groups(sumo).items() if g in own] for g in lines}
    layers: list[Layer] = []
    points: list[Point] = []
    hovers: list[str] = []
    for group in sumo.groups:
        shafts: list[Path] = []
        heads: list[Path] = []
        told = group_lines(group.group, net, lanes)
        for link in group.links:
            line = smooth(link.path)
            total = float(lengths(line)[-1])
            middle = piece(line, total / 2, total)[0]
            points.append((float(middle[0]), float(middle[1])))
            hovers.append(told)
            if link.pedestrian:
                continue
            shafts.append(as_points(piece(line, 0, max(total - head[0] * 0.8, 0.3 * total))))
            heads.append(arrow_head(line, head[0], head[1]))
        colour = colours[group.id]
        if group.kind is GroupKind.PEDESTRIAN:
            shafts = [as_points(link.path) for link in group.links[:1]]
            layers.append(Lines(shafts, colour, 2.2, (5, 4)))
        elif shafts:
            layers += [Lines(shafts, colour, 2.2, opacity=0.9), Areas(heads, colour)]
        if group.id in lines:
            layers.append(Lines(lines[group.id], colour, 6))
    layers.append(Spots(points, hovers))
    return layers


def _tags(net: Any, sumo: SumoJunction, centre: Point, radius: float) -> list[Tag]:
    colours = group_colours(sumo.groups)
    told = {g.id: group_lines(g.group, net, {}) for g in sumo.groups}
    tags: list[Tag] = []
    apart = radius * 2 / PLAN_PX * 27  # metres that a tag takes on the sheet
    for name, groups in lane_groups(sumo).items():
        line = clean(net.getLane(name).getShape())[::-1]
        for i, group in enumerate(reversed(groups)):
            at = _along(line, 3.2 + i * apart)
            tags.append(Tag(at, str(group), text_on(colours[group]), colours[group], 9.5, told[group], bold=True))
    for g in sumo.groups:
        if g.group.for_pedestrians:
            at = _along(g.links[0].path, float(lengths(g.links[0].path)[-1]) / 2)
            tags.append(Tag(at, str(g.id), text_on(colours[g.id]), colours[g.id], 9.5, told[g.id], bold=True))
    return tags + _street_tags(net, sumo, centre, radius)


def _along(line: Any, at_m: float) -> Point:
    found = piece(np.asarray(line, dtype=float), at_m, float(lengths(line)[-1]))
    point = found[0] if len(found) else np.asarray(line[-1])
    return float(point[0]), float(point[1])


def _street_tags(net: Any, sumo: SumoJunction, centre: Point, radius: float) -> list[Tag]:
    """Names of the roads where they leave the drawing, once for each side."""
    rows: dict[tuple[str, int], list[Point]] = {}
    for name in sorted({link.node for g in sumo.groups for link in g.links}):
        node = net.getNode(name)
        for edge in [*node.getIncoming(), *node.getOutgoing()]:
            street = in_latin(edge.getName() or "")
            if edge.getFunction() != "" or not street:
                continue
            line = clean(edge.getShape())
            at = _along(line[::-1] if edge in node.getIncoming() else line, APPROACH_M * 0.86)
            side = round(math.atan2(at[1] - centre[1], at[0] - centre[0]) / (math.pi / 2)) % 4
            rows.setdefault((street, side), []).append(at)
    tags = []
    for (street, _), points in rows.items():
        x, y = (float(v) for v in np.asarray(points).mean(axis=0) - centre)
        grow = (radius * 0.955) / max(abs(x), abs(y), 1e-9)
        half = (text_width_px(street, 11) / 2 + 8) * 2 * radius / PLAN_PX
        x, y = min(max(x * grow, half - radius), radius - half), y * grow
        if x - half < -0.5 * radius and y < -0.85 * radius:  # the scale bar's corner
            y = -0.8 * radius
        tags.append(Tag((centre[0] + x, centre[1] + y), escape(street), INK, "#ffffff", 11))
    return tags


def _legend(sumo: SumoJunction) -> list[LegendEntry]:
    rows = [LegendEntry("line", "#0072b2", "stop line and arrows in the group's colour", "ligne d'effet et mouvements"),
            LegendEntry("line", GREEN, "green in the stage", "vert"),
            LegendEntry("dash", GREEN, "green that yields, (in brackets)", "vert, cède le passage")]
    if any(g.kind is GroupKind.PEDESTRIAN for g in sumo.groups):
        rows.append(LegendEntry("dash", MUTED, "crossing", "passage piéton"))
    if any(g.kind is GroupKind.TRAM for g in sumo.groups):
        rows.append(LegendEntry("line", TRAM, "tram", "tramway"))
    return rows


def _group_table(net: Any, sumo: SumoJunction) -> Table:
    colours = group_colours(sumo.groups)
    rows = []
    for g in sumo.groups:
        lanes = {link.from_lane for link in g.links if not link.pedestrian}
        streets = list(dict.fromkeys(in_latin(net.getLane(lane).getEdge().getName() or "") for lane in sorted(lanes)))
        served = [str(s.id) + (" (yields)" if g.id in s.yielding else "") for s in sumo.junction.stages
                  if g.id in s.green and s.variant_of is None]
        size = f"{g.group.crossing_length_m:.1f} m" if g.group.crossing_length_m is not None else f"{len(lanes)}"
        rows.append([str(g.id), f"{g.kind.value} · {FRENCH[g.kind]}", g.group.label.removeprefix(f"{g.id} "),
                     ", ".join(filter(None, streets)), size, f"{g.group.min_green_s:g}", ", ".join(served)])
    return Table("Signal groups", "Lignes de feux",
                 ["group", "kind", "movement", "road", "lanes / length", "minimum green, s", "green in stages"], rows,
                 [colours[g.id] for g in sumo.groups])


def _intergreen_table(sumo: SumoJunction) -> Table:
    groups = [GroupId(g) for g in sumo.junction.index if sumo.junction.intergreens.after(g)]
    rows = [[str(a), *("" if b not in sumo.junction.intergreens.after(a) else f"{sumo.junction.intergreens.between(a, b):g}"
                       for b in groups)] for a in groups]
    colours = group_colours(sumo.groups)
    return Table("Intergreens, s", "Matrice des temps de dégagement", ["ends ↓ starts →", *map(str, groups)], rows,
                 [colours[g] for g in groups],
                 "Seconds from the end of green of the row's group to the start of green of the column's.")
