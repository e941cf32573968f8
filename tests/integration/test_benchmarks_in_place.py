"""Published benchmark nets, run where they lie and unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from signal_drivers.limits import Clearance
from simulation.prepare import prepare
from simulation.run import run
from simulation.settings import RunSettings
from tests.integration.signal_check import faults

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("name", ["cologne1", "cologne3", "ingolstadt7"])
@pytest.mark.parametrize(("strategy", "clearance"), [("fixed", Clearance.GEOMETRY), ("self-organising", Clearance.BENCHMARK)])
def test_runs_unchanged_and_shows_nothing_unsafe(shared_dir: Path, name: str, strategy: str, clearance: Clearance) -> None:
    config = shared_dir / "benchmarks" / "resco" / name / f"{name}.sumocfg"
    if not config.is_file():
        pytest.skip(f"{config} is not there")
    settings = RunSettings(str(config), strategy, duration_s=400.0, clearance=clearance)
    ready = prepare(settings)
    record = run(settings, prepared=ready)
    assert record.result["guard"]["violations"] == 0 and faults(record, ready.signals) == []
    counts = record.result["vehicles"]
    assert counts["arrived"] > 0.5 * counts["scheduled"] > 50
    assert record.result["delay_s"]["mean"] >= 0 and record.result["teleports"] == 0
