"""HCM control delay of one measured green, for the optimisers of a running cycle (formula and source: controller.plans.hcm)."""

from __future__ import annotations

import math

ANALYSIS_H = 0.25
"""What is measured now holds for about a quarter of an hour (the HCM's own default)."""


def delay_veh_s(demand_veh: float, capacity_veh: float, green_share: float, cycle_s: float) -> float:
    """Vehicle-seconds of delay an hour of a stream with ``demand_veh`` arriving a cycle and room for ``capacity_veh``, whose
    effective green is ``green_share`` (0..1) of ``cycle_s``."""
    rate_vph, capacity_vph = 3600.0 * demand_veh / cycle_s, 3600.0 * capacity_veh / cycle_s
    x = rate_vph / capacity_vph
    share = min(1.0, green_share)
    uniform = 0.5 * cycle_s * (1.0 - share) ** 2 / max(1e-3, 1.0 - min(1.0, x) * share)
    over = x - 1.0
    incremental = 900.0 * ANALYSIS_H * (over + math.sqrt(over**2 + 4.0 * x / (capacity_vph * ANALYSIS_H)))
    return rate_vph * (uniform + incremental)
