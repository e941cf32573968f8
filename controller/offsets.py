"""Offsets along corridors: a two-way green-band search on the plans' own green windows.

A direction's band is what is left of the green windows when each is shifted back by the travel time from the
corridor's beginning (Little 1966, The synchronization of traffic signals by mixed-integer linear programming;
Morgan & Little 1964 for two-way bands). Long corridors often have no band from end to end, so green shared by
neighbours counts too. The search is a coordinate ascent from three beginnings: deterministic, and a local
optimum only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from controller.network import Corridor
from signal_drivers.ids import GroupId, JunctionId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan
from signal_drivers.transitions import green_starts

SWEEPS = 8
THROUGH_BAND_WEIGHT = 2
"""A second of band through the whole corridor is worth this many seconds shared by each pair of
neighbours."""


class Window(NamedTuple):
    """Green of one group in its junction's cycle: from ``start_s`` for ``length_s`` seconds; it may run past
    the cycle's end."""

    start_s: float
    length_s: float


def green_windows(junction: Junction, plan: Plan, group: GroupId) -> tuple[Window, ...]:
    """When ``group`` is green in ``plan``, offset not applied. Raises KeyError for a stage the junction does
    not have."""
    stages = [junction.stage[s.stage] for s in plan.splits]
    if all(group in s.green for s in stages):
        return (Window(0.0, plan.cycle_s),)
    windows = []
    for i, (split, stage) in enumerate(zip(plan.splits, stages, strict=True)):
        before = stages[i - 1]
        if group not in stage.green or group in before.green:
            continue
        begin_s = split.start_s + green_starts(junction, before, stage).get(group, 0.0)
        end_s = split.start_s
        for k in range(len(stages)):
            if group not in stages[(i + k) % len(stages)].green:
                break
            end_s += plan.durations_s()[(i + k) % len(stages)]
        if end_s > begin_s:
            windows.append(Window(begin_s, end_s - begin_s))
    return tuple(windows)


class _Direction(NamedTuple):
    """Bit t of ``greens[i]`` is set when second t of the common cycle is green at ``at[i]``; ``away_s[i]`` is
    the travel time to it from the direction's beginning."""

    at: tuple[int, ...]
    greens: tuple[int, ...]
    away_s: tuple[int, ...]


def corridor_offsets(corridor: Corridor, junctions: Mapping[JunctionId, Junction], plans: Mapping[JunctionId, Plan],
                     fixed: Mapping[JunctionId, float] | None = None) -> dict[JunctionId, float]:
    """Offset in whole seconds of each junction of ``corridor``.

    Plans must share one cycle, or have half of it. Those in ``fixed`` keep their offset (another corridor has
    set it).
    """
    fixed = fixed or {}
    ids = [j for j in corridor.junctions if j in plans]
    if not ids:
        return {}
    cycle = round(max(plans[j].cycle_s for j in ids))
    place = {j: i for i, j in enumerate(ids)}
    ways = [_direction(corridor, junctions, plans, cycle, place, back=back) for back in (False, True)]
    free = [i for i, j in enumerate(ids) if j not in fixed]
    if not fixed:
        free = free[1:]
    best: tuple[float, list[int]] | None = None
    for start in _beginnings(len(ids), ways, cycle):
        for j, offset in fixed.items():
            if j in place:
                start[place[j]] = round(offset) % cycle
        found = _ascend(start, free, ways, cycle)
        if best is None or found[0] > best[0]:
            best = found
    assert best is not None
    return {j: float(best[1][i] % round(plans[j].cycle_s)) for i, j in enumerate(ids)}


def _beginnings(count: int, ways: Sequence[_Direction], cycle: int) -> list[list[int]]:
    starts = [[0] * count]
    for way in ways:
        start = [0] * count
        for i, away in zip(way.at, way.away_s, strict=True):
            start[i] = away % cycle
        starts.append([(s - start[0]) % cycle for s in start])
    return starts


def _ascend(offsets: list[int], free: Sequence[int], ways: Sequence[_Direction], cycle: int) -> tuple[float, list[int]]:
    value = _value(offsets, ways, cycle)
    for _ in range(SWEEPS):
        before = value
        for i in free:
            for offset in range(cycle):
                tried = [*offsets[:i], offset, *offsets[i + 1:]]
                other = _value(tried, ways, cycle)
                if other > value:
                    value, offsets = other, tried
        if value == before:
            break
    return value, offsets


def _value(offsets: Sequence[int], ways: Sequence[_Direction], cycle: int) -> float:
    total = 0.0
    for way in ways:
        shifted = [_rotate(green, offsets[i] - away, cycle)
                   for i, green, away in zip(way.at, way.greens, way.away_s, strict=True)]
        if len(shifted) < 2:
            continue
        band = shifted[0]
        for mask in shifted[1:]:
            band &= mask
        shared = sum((a & b).bit_count() for a, b in pairwise(shifted)) / (len(shifted) - 1)
        total += THROUGH_BAND_WEIGHT * band.bit_count() + shared
    return total


def _rotate(mask: int, by: int, cycle: int) -> int:
    by %= cycle
    return ((mask << by) | (mask >> (cycle - by))) & ((1 << cycle) - 1)


def _direction(corridor: Corridor, junctions: Mapping[JunctionId, Junction], plans: Mapping[JunctionId, Plan], cycle: int,
               place: Mapping[JunctionId, int], *, back: bool) -> _Direction:
    groups = corridor.back_groups if back else corridor.forward_groups
    travel = corridor.travel_back_s if back else corridor.travel_forward_s
    order = range(len(corridor.junctions) - 1, -1, -1) if back else range(len(corridor.junctions))
    at, greens, away = [], [], []
    travelled_s = 0.0
    for k, i in enumerate(order):
        if k:
            # travel_back_s is listed like travel_forward_s, by the gap between junctions.
            gap = i if back else i - 1
            travelled_s += travel[gap] if gap < len(travel) else 0.0
        junction_id = corridor.junctions[i]
        group = groups[i] if i < len(groups) else None
        if junction_id in place and group is not None:
            at.append(place[junction_id])
            greens.append(_mask(green_windows(junctions[junction_id], plans[junction_id], group),
                                round(plans[junction_id].cycle_s), cycle))
            away.append(round(travelled_s))
    return _Direction(tuple(at), tuple(greens), tuple(away))


def _mask(windows: Sequence[Window], own_cycle: int, cycle: int) -> int:
    mask = 0
    for window in windows:
        for second in range(round(window.start_s), round(window.start_s + window.length_s)):
            for turn in range(max(1, cycle // own_cycle)):
                mask |= 1 << ((second + turn * own_cycle) % cycle)
    return mask
