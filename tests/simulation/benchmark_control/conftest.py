"""One small crossroads that a benchmark can run on in a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.nets import flows, four_arm, scenario


@pytest.fixture(scope="session")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its configuration: two minutes, three streams."""
    folder = tmp_path_factory.mktemp("cross")
    net = four_arm(folder, "--no-turnarounds", "true")
    return scenario(folder, net, flows({("N_in", "S_out"): 6, ("W_in", "E_out"): 5, ("S_in", "W_out"): 9}, 120), end_s=120)
