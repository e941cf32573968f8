"""The ground of a drawing: lanes at their width, pavements, tracks, crossings and junctions, as the net has them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.scenario.draw_colours import KERB, LANE_MARK, RAIL, RAIL_BED, ROAD, WALK
from simulation.scenario.draw_shapes import Array, as_points, band, beside, clean, zebra
from simulation.scenario.draw_sheet import Areas, Layer, Lines, Path, Point

GAUGE_M = 1.435
MOTOR = ("passenger", "taxi", "bus", "motorcycle", "truck", "delivery")


@dataclass
class Ground:
    """Rings and lines by what they are."""

    roads: list[Path] = field(default_factory=list)
    junctions: list[Path] = field(default_factory=list)
    walks: list[Path] = field(default_factory=list)
    beds: list[Path] = field(default_factory=list)
    rails: list[Path] = field(default_factory=list)
    tracks: list[Path] = field(default_factory=list)
    marks: list[Path] = field(default_factory=list)
    middles: list[Path] = field(default_factory=list)
    stripes: list[Path] = field(default_factory=list)


def lane_use(lane: Any) -> str:
    """``road``, ``tram``, ``walk``, ``cycle`` or nothing that is drawn."""
    if any(lane.allows(c) for c in MOTOR):
        return "road"
    for use, vehicle_class in (("tram", "tram"), ("cycle", "bicycle"), ("walk", "pedestrian")):
        if lane.allows(vehicle_class):
            return use
    return ""


def ground_of(net: Any, near: tuple[Point, float] | None = None) -> Ground:
    """Everything, or what lies within the radius of ``near`` (centre, metres)."""
    ground = Ground()
    for edge in net.getEdges(withInternal=True):
        function = edge.getFunction()
        for lane in edge.getLanes():
            line = clean(lane.getShape())
            if len(line) < 2 or not _is_near(line, near):
                continue
            _add_lane(ground, lane, line, function, near)
        if function == "" and near is None:
            ground.middles.append(as_points(clean(edge.getShape())))
    for node in net.getNodes():
        shape = node.getShape()
        if len(shape) > 2 and _is_near(np.asarray([p[:2] for p in shape]), near):
            ground.junctions.append([p[:2] for p in shape])
    return ground


def _add_lane(ground: Ground, lane: Any, line: Array, function: str, near: tuple[Point, float] | None) -> None:
    use = lane_use(lane)
    if function == "walkingarea":
        ground.walks.append(as_points(line))
    elif function == "crossing":
        ground.stripes.extend(zebra(line, lane.getWidth()))
    elif use == "tram":
        if function == "":
            ground.beds.append(band(line, lane.getWidth()))
        ground.tracks.append(as_points(line))
        ground.rails.extend(as_points(beside(line, side * GAUGE_M / 2)) for side in (1, -1))
    elif function == "" and use in ("road", "cycle"):
        ground.roads.append(band(line, lane.getWidth()))
        left = lane.getEdge().getLanes()[lane.getIndex() + 1:]
        if near is not None and left and lane_use(left[0]) == "road":
            ground.marks.append(as_points(beside(line, lane.getWidth() / 2)))
    elif function == "" and use == "walk":
        ground.walks.append(band(line, lane.getWidth()))


def _is_near(line: Array, near: tuple[Point, float] | None) -> bool:
    if near is None:
        return True
    (x, y), radius = near
    low, high = line.min(axis=0), line.max(axis=0)
    dx, dy = max(low[0] - x, 0, x - high[0]), max(low[1] - y, 0, y - high[1])
    return math.hypot(dx, dy) <= radius


def network_layers(ground: Ground) -> list[Layer]:
    """For a drawing seen from far: thin streets keep a visible line, tracks the map makers' rail sign."""
    return [
        *_if(ground.walks, Areas(ground.walks, WALK)),
        Lines(ground.middles, KERB, 1.3),
        Areas([*ground.roads, *ground.junctions], ROAD),
        *_if(ground.stripes, Areas(ground.stripes, LANE_MARK)),
        *_if(ground.tracks, Lines(ground.tracks, RAIL, 3.0), Lines(ground.tracks, "#ffffff", 1.4, (5, 5))),
    ]


def street_layers(ground: Ground) -> list[Layer]:
    """For a junction seen from near: kerbs, lane marks, both rails."""
    return [
        *_if(ground.walks, Areas(ground.walks, WALK, WALK, 2.0)),
        Areas([*ground.roads, *ground.junctions], ROAD, KERB, 3.0),
        Areas([*ground.roads, *ground.junctions], ROAD, ROAD, 1.0),
        *_if(ground.beds, Areas(ground.beds, RAIL_BED)),
        *_if(ground.marks, Lines(ground.marks, LANE_MARK, 1.6, (8, 8))),
        *_if(ground.rails, Lines(ground.rails, RAIL, 1.0)),
        *_if(ground.stripes, Areas(ground.stripes, LANE_MARK)),
    ]


def pale_layers(ground: Ground) -> list[Layer]:
    """Only the outline, to draw stages on."""
    return [Areas([*ground.roads, *ground.beds, *ground.junctions], "#e1e4e9"),
            *_if(ground.stripes, Areas(ground.stripes, "#ffffff"))]


def _if(content: Iterable[object], *layers: Layer) -> list[Layer]:
    return list(layers) if content else []
