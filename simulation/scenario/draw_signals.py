"""Signals as drawn: stop lines cut by group, arrows over the junction, and what a pointer at them is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId
from signal_drivers.lanes import Turn
from simulation.netmodel.derive import SumoJunction
from simulation.netmodel.grouping import LinkGroup
from simulation.netmodel.links import Link
from simulation.scenario.draw_shapes import Array, as_points, clean
from simulation.scenario.draw_sheet import Path, Point

_SIDE = (Turn.U_TURN, Turn.LEFT, Turn.THROUGH, Turn.RIGHT)
FRENCH = {GroupKind.VEHICLE: "véhicules", GroupKind.PEDESTRIAN: "piétons", GroupKind.TRAM: "tram", GroupKind.BUS: "bus",
          GroupKind.CYCLE: "cycles"}


def lane_groups(sumo: SumoJunction) -> dict[str, list[GroupId]]:
    """Groups of each approach lane from its left to its right."""
    rows: dict[str, list[tuple[int, GroupId]]] = {}
    for g in sumo.groups:
        for link in g.links:
            if not link.pedestrian:
                rows.setdefault(link.from_lane, []).append((_SIDE.index(link.turn), g.id))
    return {lane: list(dict.fromkeys(g for _, g in sorted(row))) for lane, row in sorted(rows.items())}


def stop_line(line: Array, width_m: float, parts: int) -> list[Path]:
    """The stop line at the end of a lane, left to right, cut into equal parts."""
    along = line[-1] - line[-2]
    along = along / np.hypot(*along)
    right = np.array([along[1], -along[0]])
    marks = line[-1] + np.linspace(-0.5, 0.5, parts + 1)[:, None] * right * (width_m - 0.3)
    return [as_points(marks[i:i + 2]) for i in range(parts)]


def stop_lines(net: Any, sumo: SumoJunction) -> dict[GroupId, list[Path]]:
    """Stop lines by group; a lane that several groups release shows a part of its line for each."""
    rows: dict[GroupId, list[Path]] = {}
    for name, groups in lane_groups(sumo).items():
        lane = net.getLane(name)
        for group, part in zip(groups, stop_line(clean(lane.getShape()), lane.getWidth(), len(groups)), strict=True):
            rows.setdefault(group, []).append(part)
    return rows


def group_lines(g: SignalGroup, net: Any, lanes: Mapping[GroupId, list[str]]) -> str:
    """What a pointer is told about a group."""
    kind = f"{g.kind.value} ({FRENCH[g.kind]})"
    length = f", {g.crossing_length_m:.1f} m" if g.crossing_length_m is not None else ""
    return f"<b>{g.label}</b>{length}<br>{kind} · minimum green {g.min_green_s:g} s"


def one_a_road(group: LinkGroup) -> list[Link]:
    """A link for each way a group leads, the middle one where several lanes lead there."""
    rows: dict[tuple[str, str], list[Link]] = {}
    for link in group.links:
        target = link.to_lane if link.pedestrian else link.to_lane.rsplit("_", 1)[0]
        rows.setdefault((link.from_edge, target), []).append(link)
    if group.kind is GroupKind.PEDESTRIAN:
        rows = {("", target): row for (_, target), row in rows.items()}  # both ways over a crossing are one line
    return [row[len(row) // 2] for row in rows.values()]


def centre_of(net: Any, sumo: SumoJunction) -> tuple[Point, float]:
    """Middle of a junction's nodes and the radius around it that holds their shapes and its paths, metres."""
    points = [p[:2] for node in {link.node for g in sumo.groups for link in g.links} for p in net.getNode(node).getShape()]
    points += [tuple(p) for g in sumo.groups for link in g.links for p in link.path]
    cloud = np.asarray(points, dtype=float)
    middle = (cloud.min(axis=0) + cloud.max(axis=0)) / 2
    return (float(middle[0]), float(middle[1])), float(np.hypot(*(cloud - middle).T).max())
