"""Stage diagrams (diagrammes de phases): for each stage a small plan with the movements that are green."""

from __future__ import annotations

from signal_drivers.stages import Stage
from simulation.netmodel.derive import SumoJunction
from simulation.scenario.draw_colours import GREEN, TRAM
from simulation.scenario.draw_ground import Ground, pale_layers
from simulation.scenario.draw_shapes import arrow_head, as_points, lengths, piece, smooth
from simulation.scenario.draw_sheet import Areas, Layer, Lines, Panel, Path, Point
from simulation.scenario.draw_signals import one_a_road

HEAD_M = (3.4, 3.0)


def stage_panels(sumo: SumoJunction, ground: Ground, centre: Point, radius_m: float, left_px: float,
                 size_px: tuple[float, float], columns: int) -> list[Panel]:
    """A panel for each stage that is nobody's variant, row by row from ``left_px``; ``size_px`` with its title."""
    stages = [s for s in sumo.junction.stages if s.variant_of is None]
    order = list(sumo.junction.index)
    panels = []
    for i, stage in enumerate(stages):
        box = (left_px + (i % columns) * size_px[0], (i // columns) * size_px[1] + 34, size_px[0] - 12, size_px[1] - 48)
        shown = [f"({g})" if g in stage.yielding else str(g) for g in order if g in stage.green]
        variants = [s for s in sumo.junction.stages if s.variant_of == stage.id]
        more = f"  +{len(variants)} variant{'s' if len(variants) > 1 else ''}" if variants else ""
        layers = _stage_layers(sumo, ground, stage, radius_m)
        panels.append(Panel(box, centre, (2 * radius_m, 2 * radius_m), layers, title=str(stage.id),
                            subtitle=" ".join(shown) + more + ("  hurry call" if stage.hurry else ""), framed=True))
    return panels


def _stage_layers(sumo: SumoJunction, ground: Ground, stage: Stage, radius_m: float) -> list[Layer]:
    grow = radius_m / 26
    firm: list[Path] = []
    soft: list[Path] = []
    people: list[Path] = []
    trams: list[Path] = []
    heads: list[Path] = []
    tram_heads: list[Path] = []
    for group in sumo.groups:
        if group.id not in stage.green:
            continue
        for link in one_a_road(group):
            line = smooth(link.path)
            head = (HEAD_M[0] * grow, HEAD_M[1] * grow)
            total = float(lengths(line)[-1])
            shaft = as_points(piece(line, 0, max(total - head[0] * 0.8, total * 0.3)))
            if link.pedestrian:
                cut = min(head[0] * 0.5, total * 0.3)
                people.append(as_points(piece(line, cut, total - cut)))
                short = min(head[0] * 0.62, total * 0.3)
                small = (short, short)
                heads += [arrow_head(line, *small), arrow_head(line[::-1], *small)]
            elif group.kind.value == "tram":
                trams.append(shaft)
                tram_heads.append(arrow_head(line, *head))
            else:
                (soft if group.id in stage.yielding else firm).append(shaft)
                heads.append(arrow_head(line, *head))
    layers = pale_layers(ground)
    for paths, colour, width, dash in ((people, GREEN, 2.0, (2, 3)), (soft, GREEN, 2.4, (6, 4)), (firm, GREEN, 2.8, ()),
                                       (trams, TRAM, 2.8, ())):
        if paths:
            layers.append(Lines(paths, colour, width, dash))
    layers.append(Areas(heads, GREEN))
    if tram_heads:
        layers.append(Areas(tram_heads, TRAM))
    return layers
