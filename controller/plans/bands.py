"""Offsets by a mixed-integer band model, solved with HiGHS through ``scipy.optimize.milp``.

Sources: J. D. C. Little, The synchronization of traffic signals by mixed-integer linear programming, Operations Research 14,
1966 (a band through the whole artery, both ways, the multiples of the cycle as integers); N. H. Gartner, S. F. Assmann, F.
Lasaga, D. L. Hou, A multi-band approach to arterial traffic signal optimization, Transportation Research 25B, 1991 (a band of
its own width on each link, weighted by the link's traffic).

Both kinds of band are in one model. Cycle, splits and speeds are given, so that only offsets, band positions and integers are
unknown. For direction w with travel times a_i from its beginning, junction i with offset o_i, own cycle C_i, green from g_i
for G_i seconds, integer n_i, and a band that starts at p and is b wide::

    o_i + g_i + n_i C_i  <=  p + a_i          p + a_i + b  <=  o_i + g_i + G_i + n_i C_i

for both ends of each link's band, and for every i for the band of the whole direction. A binary lets go of a band that cannot be.
Corridors with common junctions are solved together, since they share offsets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from controller.network import Corridor, Network
from controller.offsets import Window, green_windows
from signal_drivers.ids import GroupId, JunctionId
from signal_drivers.plan import Plan

WHOLE_WEIGHT = 2.0
"""A second of band through the whole direction is worth this many seconds of band on each of its links, all together."""
NODES, GAP = 3000, 0.01
"""Where the search stops: branch-and-bound nodes rather than seconds, so that a slower machine finds the same offsets."""


class Stop(NamedTuple):
    """A junction on one direction: its through group's green, ``away_s`` travel from the direction's first junction."""

    junction: JunctionId
    group: GroupId
    green: Window
    cycle_s: float
    away_s: float


class Way(NamedTuple):
    """One direction of a corridor. ``weight`` of each link, mean 1."""

    corridor: str
    forward: bool
    stops: tuple[Stop, ...]
    weight: tuple[float, ...]


class Band(NamedTuple):
    """Widths, s a cycle: ``whole_s`` from end to end, ``links_s`` between neighbours."""

    corridor: str
    forward: bool
    whole_s: float
    links_s: tuple[float, ...]


def ways_of(network: Network, plans: Mapping[JunctionId, Plan]) -> list[Way]:
    """Both directions of every corridor, those with two signalised junctions at least. Of several greens in a cycle the
    longest stands for the group."""
    found = []
    for corridor in network.corridors:
        for forward in (True, False):
            stops = _stops(network, plans, corridor, forward)
            if len(stops) > 1:
                flow = [_flow_vph(network, s) for s in stops[1:]]
                mean = sum(flow) / len(flow)
                found.append(Way(corridor.name, forward, stops, tuple(f / mean if mean > 0 else 1.0 for f in flow)))
    return found


def _stops(network: Network, plans: Mapping[JunctionId, Plan], corridor: Corridor, forward: bool) -> tuple[Stop, ...]:
    groups = corridor.forward_groups if forward else corridor.back_groups
    travel = corridor.travel_forward_s if forward else corridor.travel_back_s
    order = range(len(corridor.junctions)) if forward else range(len(corridor.junctions) - 1, -1, -1)
    stops, away_s = [], 0.0
    for k, i in enumerate(order):
        gap = i - 1 if forward else i
        away_s += travel[gap] if k and gap < len(travel) else 0.0
        j, group = corridor.junctions[i], groups[i] if i < len(groups) else None
        if group is None or j not in plans:
            continue
        windows = green_windows(network.junctions[j], plans[j], group)
        if windows:
            stops.append(Stop(j, group, max(windows, key=lambda w: w.length_s), plans[j].cycle_s, away_s))
    return tuple(stops)


def _flow_vph(network: Network, stop: Stop) -> float:
    return sum(v for (j, _, g), v in network.flows_vph.items() if j == stop.junction and g == stop.group)


def bands(ways: Sequence[Way], plans: Mapping[JunctionId, Plan]) -> list[Band]:
    """Band widths that ``plans`` have with their offsets, counted over the whole cycle."""
    found = []
    for way in ways:
        cycle = round(max(s.cycle_s for s in way.stops))
        masks = [_mask(s, plans[s.junction].offset_s, cycle) for s in way.stops]
        whole = masks[0].copy()
        for mask in masks[1:]:
            whole &= mask
        found.append(Band(way.corridor, way.forward, _longest(whole), tuple(_longest(a & b) for a, b in pairwise(masks))))
    return found


def _mask(stop: Stop, offset_s: float, cycle: int) -> Any:
    second = (np.arange(cycle) + 0.5 + stop.away_s - offset_s - stop.green.start_s) % stop.cycle_s
    return second < stop.green.length_s


def _longest(mask: Any) -> float:
    """Longest run of true in a mask that closes on itself, s."""
    if mask.all():
        return float(len(mask))
    rolled = np.roll(mask, -int(np.argmin(mask)))
    ends = np.flatnonzero(np.diff(np.concatenate(([0], rolled.astype(int), [0]))))
    return float(max((b - a for a, b in zip(ends[::2], ends[1::2], strict=True)), default=0))


def value(ways: Sequence[Way], plans: Mapping[JunctionId, Plan]) -> float:
    """What the model maximises, of given offsets: seconds of band, weighted."""
    return sum(WHOLE_WEIGHT * b.whole_s + sum(w * s for w, s in zip(way.weight, b.links_s, strict=True)) / len(way.weight)
               for way, b in zip(ways, bands(ways, plans), strict=True))


@dataclass
class _Model:
    """Rows and columns as they are added."""

    cost: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def column(self, low: float, high: float, *, gain: float = 0.0, integer: bool = False) -> int:
        self.cost.append(-gain)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(integer))
        return len(self.cost) - 1

    def at_most(self, limit: float, **terms: float) -> None:
        self.rows.append({int(k[1:]): v for k, v in terms.items()})
        self.most.append(limit)

    def solve(self) -> Any:
        entries = [(r, c, v) for r, row in enumerate(self.rows) for c, v in row.items()]
        table = csr_array(([v for _, _, v in entries], ([r for r, _, _ in entries], [c for _, c, _ in entries])),
                          shape=(len(self.rows), len(self.cost)))
        return milp(self.cost, integrality=self.whole, bounds=Bounds(self.low, self.high),
                    constraints=LinearConstraint(table, -np.inf, self.most),
                    options={"node_limit": NODES, "mip_rel_gap": GAP})


def band_offsets(ways: Sequence[Way]) -> dict[JunctionId, float] | None:
    """Offset, whole seconds below the junction's cycle, of every junction on ``ways``; None where the solver found nothing."""
    if not ways:
        return {}
    model = _Model()
    cycles = {s.junction: s.cycle_s for way in ways for s in way.stops}
    first = ways[0].stops[0].junction
    offset = {j: model.column(0.0, 0.0 if j == first else c) for j, c in cycles.items()}
    for way in ways:
        _add_way(model, way, offset)
    found = model.solve()
    if found.x is None:
        return None
    return {j: float(round(found.x[column]) % round(cycles[j])) for j, column in offset.items()}


def _add_way(model: _Model, way: Way, offset: Mapping[JunctionId, int]) -> None:
    cycle = max(s.cycle_s for s in way.stops)
    turns = [model.column(math.floor((s.away_s - 2 * cycle) / s.cycle_s) - 2, math.ceil((s.away_s + 2 * cycle) / s.cycle_s) + 1,
                          integer=True) for s in way.stops]
    whole = _add_band(model, cycle, WHOLE_WEIGHT)
    for stop, turn in zip(way.stops, turns, strict=True):
        _within(model, stop, offset[stop.junction], turn, whole)
    for i, weight in enumerate(way.weight):
        link = _add_band(model, cycle, weight / len(way.weight))
        for k in (i, i + 1):
            _within(model, way.stops[k], offset[way.stops[k].junction], turns[k], link)


def _add_band(model: _Model, cycle: float, gain: float) -> tuple[int, int, int]:
    """Columns of a band's start and width, and of the binary that lets go of it."""
    start = model.column(-cycle, 2 * cycle)
    width = model.column(0.0, cycle, gain=gain)
    gone = model.column(0.0, 1.0, integer=True)
    model.at_most(cycle, **{f"c{width}": 1.0, f"c{gone}": cycle})
    return start, width, gone


def _within(model: _Model, stop: Stop, offset: int, turn: int, band: tuple[int, int, int]) -> None:
    start, width, gone = band
    # The nearest green is never further off than the own cycle: that much slack frees a band that is let go.
    free = 2 * stop.cycle_s
    green_s, length_s = stop.green
    model.at_most(stop.away_s - green_s, **{f"c{offset}": 1.0, f"c{turn}": stop.cycle_s, f"c{start}": -1.0, f"c{gone}": -free})
    model.at_most(green_s + length_s - stop.away_s,
                  **{f"c{start}": 1.0, f"c{width}": 1.0, f"c{offset}": -1.0, f"c{turn}": -stop.cycle_s, f"c{gone}": -free})
