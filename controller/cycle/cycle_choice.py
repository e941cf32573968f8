"""The cycle of a corridor: a step longer, a step shorter, or as it is, by HCM delay on measured demand."""

from __future__ import annotations

import math
from collections.abc import Sequence

from controller.cycle.demand import DemandMeter
from controller.cycle.runner import Runner
from controller.webster import MAX_CYCLE_S, MIN_CYCLE_S

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
    """Vehicle-seconds of delay an hour at a junction, its splits scaled to ``cycle_s``."""
    durations, longer = runner.scaled(cycle_s), cycle_s / sum(runner.base)
    return sum(meter.delay_veh_s(k, durations, demand * longer) for k, demand in meter.demand_veh.items())
