"""HCM control delay of one measured green, for the optimisers of a running cycle (formula and source: controller.plans.hcm)."""

from __future__ import annotations

from controller.plans.hcm import control_delay_s

ANALYSIS_H = 0.25
"""What is measured now holds for about a quarter of an hour (the HCM's own default)."""


def delay_veh_s(demand_veh: float, capacity_veh: float, green_share: float, cycle_s: float) -> float:
    """Vehicle-seconds of delay an hour of a stream with ``demand_veh`` arriving a cycle and room for ``capacity_veh``, whose
    effective green is ``green_share`` (0..1) of ``cycle_s``."""
    rate_vph, capacity_vph = 3600.0 * demand_veh / cycle_s, 3600.0 * capacity_veh / cycle_s
    saturation, share = rate_vph / capacity_vph, min(1.0, green_share)
    return rate_vph * float(control_delay_s(cycle_s, saturation, capacity_vph, share, ANALYSIS_H))
