"""Colours of drawings: a hue for each road that leads to a junction, a shade for each signal group of it."""

from __future__ import annotations

from collections.abc import Iterable

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId
from simulation.netmodel.grouping import LinkGroup

PAPER, GROUND = "#ffffff", "#f6f5f1"
ROAD, KERB, LANE_MARK, WALK, RAIL_BED = "#d2d6db", "#b4bac2", "#ffffff", "#e9e4da", "#ddd5ca"
INK, MUTED, RAIL = "#1f2933", "#5f6b7a", "#3a3a3a"
JUNCTION, IDLE, REFUSED = "#0b5a8a", "#8b95a1", "#a31621"
GREEN = "#0a8f5b"
CORRIDORS = ("#5aa9e6", "#f2a65a", "#9b8bd6", "#7fb77e")
# Light to dark within a hue; hues that colour-blind people can tell apart in this order.
HUES = (("#5aa9e6", "#0072b2", "#00456e"), ("#f4b350", "#d97706", "#8f4a00"), ("#4fc79a", "#008a63", "#00573e"),
        ("#e08fbd", "#bf4d8f", "#7c2a5b"), ("#a996e0", "#6a4bb8", "#412b7a"), ("#c8b15a", "#8a7420", "#574810"))
PEOPLE = ("#c2410c", "#0f766e", "#7e22ce", "#4d7c0f")
TRAM, BUS, CYCLE = "#1c1c1c", "#8e44ad", "#15803d"


def group_colours(groups: Iterable[LinkGroup]) -> dict[GroupId, str]:
    """A colour for each group, the same for the same junction every time."""
    roads: dict[frozenset[str], int] = {}
    shades: dict[frozenset[str], int] = {}
    found: dict[GroupId, str] = {}
    people = 0
    for g in groups:
        if g.kind is GroupKind.PEDESTRIAN:
            found[g.id] = PEOPLE[people % len(PEOPLE)]
            people += 1
        elif g.kind is not GroupKind.VEHICLE:
            found[g.id] = {GroupKind.TRAM: TRAM, GroupKind.BUS: BUS, GroupKind.CYCLE: CYCLE}[g.kind]
        else:
            hue = HUES[roads.setdefault(g.edges, len(roads)) % len(HUES)]
            shade = shades.get(g.edges, 0)
            shades[g.edges] = shade + 1
            found[g.id] = hue[shade % len(hue)]
    return found


def text_on(ground: str) -> str:
    """White or ink, whichever reads better on a ``#rrggbb`` ground (relative luminance as in WCAG 2.2)."""
    parts = [int(ground[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.32 else "#ffffff"
