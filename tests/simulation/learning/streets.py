"""Little streets to learn on."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.nets import flows, four_arm, scenario

BUSY_S, QUIET_S = 8.0, 20.0


def crossroads(folder: Path, end_s: float = 120.0) -> str:
    """Four arms; more from north to south than from east to west."""
    net = four_arm(folder, "--no-turnarounds", "true")
    routes = flows({("N_in", "S_out"): BUSY_S, ("S_in", "N_out"): BUSY_S, ("E_in", "W_out"): QUIET_S,
                    ("W_in", "E_out"): QUIET_S}, end_s)
    return str(scenario(folder, net, routes, end_s=end_s))
