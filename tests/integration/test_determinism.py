"""Same scenario, strategy and seed: the same vehicles do the same things. Another seed: they do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from controller.registry import names
from simulation.record import RunRecord
from simulation.run import run
from simulation.settings import SUMO_STRATEGIES, RunSettings

pytestmark = pytest.mark.integration


def kept(scenario: Path, strategy: str, seed: int, out: Path) -> tuple[str, RunRecord]:
    """The trip output without the comment that dates it and names files, and the record."""
    record = run(RunSettings(str(scenario), strategy, seed, 200.0, out=out))
    text = (out / f"{strategy.replace(':', '-')}-seed{seed}" / "tripinfo.xml").read_text()
    return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL), record


@pytest.mark.parametrize("strategy", [*names(), *SUMO_STRATEGIES])
def test_a_run_repeats_itself_byte_for_byte(town: Path, tmp_path: Path, strategy: str) -> None:
    first, one = kept(town, strategy, 1, tmp_path / "first")
    again, two = kept(town, strategy, 1, tmp_path / "again")
    assert first == again and first.count("<tripinfo ") > 50
    assert {**one.result, "speed": None} == {**two.result, "speed": None}
    assert [(t.times_s, t.states) for t in one.signals] == [(t.times_s, t.states) for t in two.signals]
    other, _ = kept(town, strategy, 2, tmp_path / "other")
    assert other != first
