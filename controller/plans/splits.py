"""Splits and a common cycle of least HCM delay, from Webster's timing as the beginning (scipy)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize, minimize_scalar

from controller.plans.cycles import least_s, whole_seconds
from controller.plans.hcm import Streams, Vector, streams_of
from controller.webster import MAX_CYCLE_S, MIN_CYCLE_S, Flows, Timing, timing
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction

CYCLE_STEP_S = 10.0
HALF_CYCLE_LOAD = 0.6
"""A junction loaded less than this may run twice in the common cycle."""


def best_splits(streams: Streams, first: Sequence[float], least: Sequence[float]) -> Vector:
    """Durations (m) s of least total delay with the sum of ``first`` and none below ``least``; ``first`` where nothing is
    gained. Sequential least squares programming (Kraft 1988); the delay is smooth in the durations."""
    start = np.asarray(first, dtype=float)
    room = start.sum() - sum(least)
    if len(start) < 2 or room < 1e-6 or not streams.flow_vph.size:
        return start
    scale = max(streams.total_delay(start), 1.0)
    found = minimize(lambda d: streams.total_delay(d) / scale, start, method="SLSQP", options={"maxiter": 60, "ftol": 1e-5},
                     bounds=Bounds(np.asarray(least), np.full(len(start), np.inf)),
                     constraints=[LinearConstraint(np.ones(len(start)), start.sum(), start.sum())])
    better = np.maximum(np.asarray(found.x, dtype=float), least)
    # A solver that stopped early is no reason to be worse than the beginning.
    if not np.all(np.isfinite(better)) or abs(better.sum() - start.sum()) > 0.5:
        return start
    return better if streams.total_delay(better) < streams.total_delay(start) else start


def timing_at(junction: Junction, flows: Flows, cycle_s: float) -> tuple[Timing, float]:
    """Whole-second timing of least HCM delay at ``cycle_s`` (or the least cycle that the minimum greens allow), and its
    vehicle-seconds of delay an hour. Without flows: Webster's."""
    begun = timing(junction, flows, cycle_s=float(round(cycle_s)))
    stages = [junction.stage[s] for s in begun.stages]
    streams, least = streams_of(junction, stages, flows), least_s(junction, stages)
    whole = whole_seconds(tuple(best_splits(streams, begun.duration_s, least)), least) if len(stages) > 1 else begun.duration_s
    choices = [begun.duration_s, whole] if abs(sum(whole) - begun.cycle_s) < 1e-6 else [begun.duration_s]
    delays = [streams.total_delay(np.asarray(d)) for d in choices]
    best = min(range(len(choices)), key=lambda i: (delays[i], i))
    return Timing(begun.stages, tuple(choices[best]), begun.load), delays[best]


def common_cycle_s(junctions: Sequence[Junction], flows: Mapping[JunctionId, Flows]) -> float:
    """Even seconds: the cycle of least delay over all ``junctions`` together, each with its best splits.

    Looked for on a grid and then around its best point (Brent, bounded). Not above any junction's maximum red unless its
    minimum greens need more.
    """
    least = max(sum(least_s(j, [j.stage[s] for s in timing(j, flows[j.id]).stages])) for j in junctions)
    low = max(MIN_CYCLE_S, math.ceil(least))
    high = max(min(MAX_CYCLE_S, *(math.floor(j.max_red_s) for j in junctions)), low)
    known: dict[float, float] = {}

    def delay(cycle_s: float) -> float:
        even = min(2.0 * round(cycle_s / 2), high)
        if even not in known:
            known[even] = sum(in_step(j, flows[j.id], even)[1] for j in junctions)
        return known[even]

    grid = [*np.arange(low, high, CYCLE_STEP_S), high]
    best = min(grid, key=delay)
    around = (max(low, best - CYCLE_STEP_S), min(high, best + CYCLE_STEP_S))
    if around[1] - around[0] > 2:
        minimize_scalar(delay, bounds=around, method="bounded", options={"xatol": 1.0, "maxiter": 8})
    return min((c for c in known if c >= low - 1), key=lambda c: (known[c], c))


def in_step(junction: Junction, flows: Flows, cycle_s: float) -> tuple[Timing, float]:
    """The timing at the common cycle, or at half of it where that gives less delay at a lightly loaded junction."""
    whole = timing_at(junction, flows, cycle_s)
    if flows and whole[0].load < HALF_CYCLE_LOAD and cycle_s / 2 >= MIN_CYCLE_S:
        half = timing_at(junction, flows, cycle_s / 2)
        if half[0].cycle_s <= cycle_s / 2 + 1e-9 and half[1] < whole[1]:
            return half
    return whole
