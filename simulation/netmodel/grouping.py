"""Which links of a signal always change together: its signal groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId
from signal_drivers.lanes import Turn
from signal_drivers.limits import Clearance, Limits
from simulation.netmodel.links import Link

LETTER = {GroupKind.VEHICLE: "V", GroupKind.PEDESTRIAN: "P", GroupKind.TRAM: "T", GroupKind.BUS: "B", GroupKind.CYCLE: "C"}
COMPASS = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")


@dataclass(frozen=True, eq=False)
class LinkGroup:
    """A signal group with the links it releases."""

    group: SignalGroup
    links: tuple[Link, ...]

    @property
    def id(self) -> GroupId:
        return self.group.id

    @property
    def kind(self) -> GroupKind:
        return self.group.kind

    @property
    def indices(self) -> frozenset[int]:
        return frozenset(link.index for link in self.links)

    @property
    def edges(self) -> frozenset[str]:
        return frozenset(link.from_edge for link in self.links)

    def conflicts_with(self, other: LinkGroup) -> bool:
        return any(a.conflicts_with(b) for a in self.links for b in other.links)

    def meeting_pairs(self, other: LinkGroup) -> list[tuple[Link, Link]]:
        return [(a, b) for a in self.links for b in other.links if a.conflicts_with(b)]

    def may_yield_to(self, other: LinkGroup) -> bool:
        """True when every conflict is a turn of ours giving way to them, as drivers are used to: never across rails."""
        pairs = self.meeting_pairs(other)
        if self.kind is GroupKind.PEDESTRIAN or other.kind is GroupKind.TRAM or self.kind is GroupKind.TRAM:
            return False
        return bool(pairs) and all(a.gives_way_to(b) and a.turn is not Turn.THROUGH for a, b in pairs)


def comes_from(link: Link) -> str:
    """Compass point the traffic comes from, e.g. ``N`` for southbound traffic."""
    return COMPASS[round((link.heading_rad + math.pi) / (math.pi / 4)) % 8]


def group_links(links: Sequence[Link], columns: dict[int, str] | None, clearance: Clearance, limits: Limits) -> list[LinkGroup]:
    """Bundle links into groups. With ``columns`` (each index's letters over the programme's phases) links of one road with
    the same letters go together; without, links of one road go together by turn: left and U-turns, through, right."""
    by_index: dict[int, list[Link]] = {}
    for link in links:
        by_index.setdefault(link.index, []).append(link)
    bundles: dict[tuple[frozenset[str], GroupKind, object], list[Link]] = {}
    for index in sorted(by_index):
        row = by_index[index]
        kind = _kind_of(row)
        edges = frozenset(link.from_edge for link in row)
        if kind is GroupKind.PEDESTRIAN:
            edges = frozenset(link.to_lane.rsplit("_", 1)[0] for link in row)
        if columns is not None:
            how: object = columns[index]
        else:
            how = ("left" if all(link.turn in (Turn.LEFT, Turn.U_TURN) for link in row)
                   else "right" if all(link.turn is Turn.RIGHT for link in row) else "through")
        bundles.setdefault((edges, kind, how), []).extend(row)
    groups: list[LinkGroup] = []
    count: dict[GroupKind, int] = {}
    for (_, kind, _), row in bundles.items():
        count[kind] = count.get(kind, 0) + 1
        name = GroupId(f"{LETTER[kind]}{count[kind]}")
        groups.append(LinkGroup(_group(name, kind, row, clearance, limits), tuple(row)))
    return groups


def _kind_of(row: Sequence[Link]) -> GroupKind:
    kinds = {link.kind for link in row}
    return GroupKind.VEHICLE if GroupKind.VEHICLE in kinds else min(kinds)


def _group(name: GroupId, kind: GroupKind, row: Sequence[Link], clearance: Clearance, limits: Limits) -> SignalGroup:
    side = comes_from(row[0])
    if kind is GroupKind.PEDESTRIAN:
        length = max(float(np.hypot(*np.diff(link.path, axis=0).T).sum()) for link in row)
        least = (limits.benchmark_min_green_s if clearance is Clearance.BENCHMARK
                 else max(limits.vehicle_min_green_s, math.ceil(length / limits.pedestrian_mps - 1e-9)))
        return SignalGroup(name, kind, least, crossing_length_m=round(length, 2), name=f"{name} crossing {length:.0f} m")
    turns = "+".join(t.value for t in Turn if any(link.turn is t for link in row))
    least = (limits.benchmark_min_green_s if clearance is Clearance.BENCHMARK
             else limits.tram_min_green_s if kind is GroupKind.TRAM else limits.vehicle_min_green_s)
    prefix = f"{kind.value} " if kind is not GroupKind.VEHICLE else ""
    return SignalGroup(name, kind, least, name=f"{name} {prefix}from {side} {turns}")
