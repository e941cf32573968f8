"""The cycle of a corridor: a step longer, a step shorter, or as it is, by HCM delay on measured demand."""

from __future__ import annotations

import math
from collections.abc import Sequence

from controller.cycle.demand import DemandMeter
from controller.cycle.runner import Runner
from controller.estimate import HEADWAY_S
from controller.webster import MAX_CYCLE_S, MIN_CYCLE_S

ANALYSIS_H = 0.25
WORTH = 0.98
"""Another cycle must promise this much less delay: changing costs a disturbance."""


def chosen_cycle_s(members: Sequence[tuple[Runner, DemandMeter]], step_s: float) -> float:
    """Present cycle, or one that differs by ``step_s`` or half of it and promises less delay; even seconds, within what minimum
    greens and maximum red allow. The present one where nothing was measured."""
    now_s = members[0][0].clock.cycle_s
    lowest = max(MIN_CYCLE_S, *(r.turns * math.ceil(sum(r.least)) for r, _ in members))
    highest = max(min(MAX_CYCLE_S, *(math.floor(r.junction.max_red_s) for r, _ in members)), now_s)
    steps = [2.0 * round((now_s + by) / 2) for by in (-step_s, -step_s / 2, step_s / 2, step_s)]
    choices = [c for c in steps if lowest <= c <= highest]
    delay = {c: sum(_delay(r, m, c / r.turns) for r, m in members) for c in (now_s, *choices)}
    best = min(delay, key=lambda c: (delay[c], abs(c - now_s)))
    return best if delay[best] < WORTH * delay[now_s] else now_s


def _delay(runner: Runner, meter: DemandMeter, cycle_s: float) -> float:
    """Vehicle-seconds of delay an hour at a junction (formula and source: :mod:`controller.plans.hcm`)."""
    was_s, durations = sum(runner.base), runner.scaled(cycle_s)
    total = 0.0
    for k, demand in meter.demand_veh.items():
        run = meter.runs[k]
        rate_vph = 3600.0 * demand / was_s
        capacity_vph = 3600.0 * run.capacity_veh(durations) / cycle_s
        x = rate_vph / capacity_vph
        share = min(1.0, capacity_vph * HEADWAY_S / 3600.0 / run.share)
        uniform = 0.5 * cycle_s * (1 - share) ** 2 / max(1e-3, 1 - min(1.0, x) * share)
        over = x - 1.0
        incremental = 900 * ANALYSIS_H * (over + math.sqrt(over**2 + 4 * x / (capacity_vph * ANALYSIS_H)))
        total += rate_vph * (uniform + incremental)
    return total

