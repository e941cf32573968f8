"""One cycle of a plan made longer or shorter, within minimum greens and maximum red."""

from __future__ import annotations

import math
from collections.abc import Sequence

from controller.webster import shortest_s
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.transitions import green_starts

EPS = 1e-6


def least_s(junction: Junction, stages: Sequence[Stage]) -> tuple[float, ...]:
    """Least seconds of each stage run in this order: its clearance and the minimum greens it starts."""
    return tuple(shortest_s(junction, stages[i - 1], s) for i, s in enumerate(stages))


def longest_red_s(junction: Junction, stages: Sequence[Stage], durations: Sequence[float]) -> dict[GroupId, float]:
    """Longest time from the end of green to its next beginning, s, of each group in a cycle that repeats; 0 for one that is
    always green, infinite for one that never is."""
    found = {g.id: 0.0 if all(g.id in s.green for s in stages) else math.inf for g in junction.groups}
    for i, stage in enumerate(stages):
        before = stages[i - 1]
        starts = green_starts(junction, before, stage)
        for group in stage.green - before.green:
            red_s, k = starts.get(group, 0.0), i - 1
            while group not in stages[k].green:
                red_s += durations[k]
                k -= 1
            found[group] = max(red_s, found[group] if math.isfinite(found[group]) else 0.0)
    return found


def shortened(durations: Sequence[float], least: Sequence[float], by_s: float) -> tuple[float, ...]:
    """``durations`` less ``by_s`` seconds in all, taken where there is room above ``least`` and in proportion to it; less where
    the room does not reach."""
    room = [max(0.0, d - m) for d, m in zip(durations, least, strict=True)]
    share = min(1.0, by_s / sum(room)) if sum(room) > EPS else 0.0
    return tuple(d - r * share for d, r in zip(durations, room, strict=True))


def lengthened(durations: Sequence[float], by_s: float) -> tuple[float, ...]:
    """``durations`` with ``by_s`` seconds more in all, in proportion."""
    total = sum(durations)
    return tuple(d * (total + by_s) / total for d in durations)


def whole_seconds(durations: Sequence[float], least: Sequence[float]) -> tuple[float, ...]:
    """``durations`` in whole seconds, none below ``least``; of the same sum, rounded, unless ``least`` needs more."""
    floor = [math.ceil(m - EPS) for m in least]
    whole = [max(math.floor(d + EPS), m) for d, m in zip(durations, floor, strict=True)]
    total = max(round(sum(durations)), sum(floor))
    while sum(whole) < total:
        whole[max(range(len(whole)), key=lambda i: durations[i] - whole[i])] += 1
    while sum(whole) > total:
        whole[max(range(len(whole)), key=lambda i: whole[i] - floor[i])] -= 1
    return tuple(float(w) for w in whole)
