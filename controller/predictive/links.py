"""Vehicles between two junctions: who left upstream, who will by plan, and when they reach the next stop line. Compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from controller.network import Network
from controller.predictive.compiled import compiled
from controller.predictive.model import EXIT0, Array, Layout, Model, road_of

PAST_S = 180
SPREAD = (0.15, 0.30, 0.25, 0.15, 0.10, 0.05)
"""Platoon dispersion: shares of those who left in one second that arrive 0, 1, 2 ... steps after the free travel time; a step
is 4 % of it (the shape of Robertson 1969, cut off)."""
STEP = 0.04
RATE_MEMORY_S = 300.0
PLANS_HOLD_S = 8.0
"""A plan is replaced every second: of what it says of so many seconds from now a third is trusted (1/e)."""


class Links(NamedTuple):
    """K links from an exit road to an approach. ``lanes[lane0[k]:lane0[k + 1]]`` are the lanes reached. ``past[k, s]`` vehicles
    that entered s seconds ago; ``inflow_vps`` their mean rate."""

    exit: Array
    travel_s: Array
    lane0: Array
    lanes: Array
    past: Array
    inflow_vps: Array


def build_links(network: Network, model: Model, layout: Layout) -> Links:
    where = {(layout.junctions[j], road): int(model.junction[j, EXIT0]) + i
             for j in range(len(layout.junctions))
             for i, road in enumerate(layout.exits[model.junction[j, EXIT0]:model.junction[j + 1, EXIT0]])}
    exits, travel, lane0, lanes = [], [], [0], []
    for link in network.links:
        roads = dict.fromkeys(road_of(lane) for lane in link.from_lanes)
        reached = [layout.lane_index[link.downstream, lane] for lane in link.to_lanes
                   if (link.downstream, lane) in layout.lane_index]
        for road in roads:
            if (link.upstream, road) in where and reached:
                exits.append(where[link.upstream, road])
                travel.append(max(1.0, link.travel_s))
                lanes += reached
                lane0.append(len(lanes))
    count = len(exits)
    return Links(np.asarray(exits, np.int32), np.asarray(travel, np.float32), np.asarray(lane0, np.int32),
                 np.asarray(lanes, np.int32), np.zeros((count, PAST_S), np.float32), np.zeros(count, np.float32))


@compiled
def note(k: Links, entered: Array, elapsed_s: float) -> None:
    """A second has passed in which ``entered[x]`` vehicles (-1: nobody counts) came into exit road x."""
    shift = max(1, int(elapsed_s + 0.5))
    for i in range(k.exit.shape[0]):
        for s in range(PAST_S - 1, shift - 1, -1):
            k.past[i, s] = k.past[i, s - shift]
        for s in range(min(shift, PAST_S)):
            k.past[i, s] = 0.0
        came = max(0.0, entered[k.exit[i]])
        k.past[i, 0] = came
        k.inflow_vps[i] += min(1.0, elapsed_s / RATE_MEMORY_S) * (came / max(elapsed_s, 1.0) - k.inflow_vps[i])


@compiled
def expect(k: Links, planned: Array, rate_vps: Array, free_mps: Array, range_m: Array, seen: Array, usual: float,
           shared: float, between: float, arrivals: Array, running: Array) -> None:
    """Adds to ``arrivals`` who is out of view: those who left upstream; those who will by ``planned[x, t]``, which is trusted by
    ``shared`` now and less later; for the rest ``between`` times as many as have come of late; and at their usual rate those whom
    no road from another junction explains."""
    lanes, horizon = arrivals.shape
    explained = np.zeros(lanes, np.float32)
    for i in range(k.exit.shape[0]):
        first, last = k.lane0[i], k.lane0[i + 1]
        total = 0.0
        for r in range(first, last):
            total += rate_vps[k.lanes[r]]
        if total <= 1e-6 or k.inflow_vps[i] <= 1e-4:
            continue
        # Some of those who enter turn off before the stop line.
        stay = min(1.0, total / k.inflow_vps[i])
        for r in range(first, last):
            lane = k.lanes[r]
            part = stay * rate_vps[lane] / total
            explained[lane] += part * k.inflow_vps[i]
            view_s = range_m[lane] / free_mps[lane] if seen[lane] == 1 else 0.0
            for s in range(PAST_S):
                if k.past[i, s] > 0.0:
                    _spread(arrivals, lane, k.travel_s[i] - s, k.travel_s[i], k.past[i, s] * part, view_s)
            x, mean_vps = k.exit[i], part * k.inflow_vps[i] * between
            for t in range(horizon):
                if t + k.travel_s[i] >= horizon:
                    break
                trust = shared * math.exp(-t / PLANS_HOLD_S)
                if planned[x, t] > 0.01:
                    _spread(arrivals, lane, t + k.travel_s[i], k.travel_s[i], planned[x, t] * part * trust, view_s)
                if t + k.travel_s[i] >= view_s:
                    arrivals[lane, int(t + k.travel_s[i])] += (1.0 - trust) * mean_vps
    for lane in range(lanes):
        rest = (rate_vps[lane] - explained[lane]) * usual
        if rest > 1e-4:
            begin = int(range_m[lane] / free_mps[lane]) if seen[lane] == 1 else 0
            for t in range(begin, horizon):
                arrivals[lane, t] += rest
        running[lane, 0] = 0.0
        for t in range(horizon):
            running[lane, t + 1] = running[lane, t] + arrivals[lane, t]


@compiled
def _spread(arrivals: Array, lane: int, at_s: float, travel_s: float, vehicles: float, view_s: float) -> None:
    horizon = arrivals.shape[1]
    for i in range(len(SPREAD)):
        t = at_s + i * STEP * travel_s
        # Nearer than the camera sees: it is in view already, or is not coming.
        if t >= view_s and t < horizon:
            arrivals[lane, int(t)] += vehicles * SPREAD[i]
