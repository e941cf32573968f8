"""Streets for tests: a town of square blocks, and roads by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from controller.streets.model import Road, Turn, TurnSignal
from controller.streets.plane import LocalPlane, LonLat, Point
from controller.streets.streets import Streets
from signal_drivers.ids import GroupId, JunctionId, LaneId

PLANE = LocalPlane(33.58, -7.60)
LIMIT_MPS = 13.89
CORNER_M = 12.0
"""From a junction's middle to where its roads end."""


def at(x_m: float, y_m: float) -> LonLat:
    return PLANE.lon_lat(x_m, y_m)


def xy(place: LonLat) -> Point:
    return PLANE.xy_m(place.lat, place.lon)


def road(name: str, *points: Point, speed_mps: float = LIMIT_MPS) -> Road:
    length_m = sum(math.dist(a, b) for a, b in pairwise(points))
    return Road(name, tuple(at(*p) for p in points), length_m, speed_mps, f"Rue {name}")


def turn(before: Road, after: Road, *, signal: bool = False) -> Turn:
    gap_m = math.dist(xy(before.line[-1]), xy(after.line[0]))
    shown = TurnSignal(JunctionId(f"J{before.id}"), (GroupId(f"G{before.id}"),), (LaneId(f"{before.id}_1"),)) if signal else None
    return Turn(before.id, after.id, gap_m, 8.0, shown)


def chain(*roads: Road, signal: bool = False) -> list[Turn]:
    return [turn(a, b, signal=signal) for a, b in pairwise(roads)]


def blocks(columns: int = 5, rows: int = 5, *, block_m: float = 200.0, apart_m: float = 8.0, u_turns: bool = False) -> Streets:
    """Two-way streets around square blocks, a signal at every junction. Road ``1.2>2.2`` leads east from column 1, row 2; its
    direction lies ``apart_m`` from the other, on the right."""
    nodes = [(c, r) for c in range(columns) for r in range(rows)]
    roads = {}
    for c, r in nodes:
        for dc, dr in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if (c + dc, r + dr) in nodes:
                aside = (dr * apart_m / 2, -dc * apart_m / 2)
                ends = [(c * block_m + share * dc * block_m + cut * dc + aside[0], r * block_m + share * dr * block_m + cut * dr
                         + aside[1]) for share, cut in ((0, CORNER_M), (1, -CORNER_M))]
                name = f"{c}.{r}>{c + dc}.{r + dr}"
                roads[name] = road(name, *ends)
    turns = []
    for before in roads.values():
        begin, end = before.id.split(">")
        for after in roads.values():
            if after.id.startswith(f"{end}>") and (u_turns or after.id != f"{end}>{begin}"):
                turns.append(turn(before, after, signal=True))
    return Streets(tuple(roads.values()), turns, "blocks")


def as_said(streets: Sequence[Road], turns: Sequence[Turn] = (), **more: Any) -> dict[str, Any]:
    """A file's object, to be spoilt."""
    return {"mourour_streets": "1", "roads": [{"id": r.id, "line": [list(p) for p in r.line], "speed_mps": r.speed_mps}
                                              for r in streets],
            "turns": [{"from": t.from_road, "to": t.to_road} for t in turns]} | more


def written(folder: Path, text: str) -> Path:
    path = folder / "streets.json"
    path.write_text(text, encoding="utf-8")
    return path
