"""Many runs in parallel processes: their order, what is kept, and what a failing one does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from signal_drivers.errors import MourourError, NetError
from simulation.batch import run_all
from simulation.record import RunRecord
from simulation.settings import RunSettings
from tests.simulation.nets import flows, four_arm, scenario


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cross")
    net = four_arm(folder, "--no-turnarounds", "true")
    return scenario(folder, net, flows({("N_in", "S_out"): 6, ("W_in", "E_out"): 5, ("S_in", "W_out"): 9}, 120), end_s=120)


def test_records_come_in_the_order_of_the_jobs_and_are_kept(cross: Path, tmp_path: Path) -> None:
    jobs = [RunSettings(str(cross), strategy, seed) for seed in (1, 2) for strategy in ("fixed", "actuated")]
    finished: list[RunRecord] = []
    told: dict[int, float] = {}
    records = run_all(jobs, workers=2, keep=tmp_path, told=told.__setitem__, finished=finished.append)
    assert [(r.strategy, r.seed) for r in records] == [(j.strategy, j.seed) for j in jobs]
    assert {r.key for r in finished} == {r.key for r in records}
    assert told and all(0 <= share <= 1 for share in told.values())
    for record in records:
        again = RunRecord.load(tmp_path / f"{record.key}.json.gz")
        assert again == record


def test_a_run_that_fails_stops_the_rest_with_its_own_error(cross: Path, tmp_path: Path) -> None:
    broken = cross.with_name("broken.sumocfg")
    (cross.parent / "broken.rou.xml").write_text('<routes><vehicle id="v" depart="1"><route edges="nowhere"/></vehicle></routes>')
    broken.write_text(cross.read_text().replace("run.rou.xml", "broken.rou.xml"))
    with pytest.raises(NetError, match="nowhere"):
        run_all([RunSettings(str(broken), "actuated", seed) for seed in range(4)], workers=1, keep=tmp_path)
    assert not list(tmp_path.iterdir())


def test_or_is_told_and_the_rest_go_on(cross: Path, tmp_path: Path) -> None:
    jobs = [RunSettings(str(cross), "actuated", 1), RunSettings(str(cross.with_name("gone.sumocfg")), "actuated", 1),
            RunSettings(str(cross), "fixed", 1, settings={"no_such": 1.0}), RunSettings(str(cross), "fixed", 2)]
    failed: dict[int, MourourError] = {}
    records = run_all(jobs, workers=1, failed=failed.__setitem__)
    assert [(r.strategy, r.seed) for r in records] == [("actuated", 1), ("fixed", 2)]
    assert "gone.sumocfg" in str(failed[1]) and "no_such" in str(failed[2])


def test_a_fault_of_the_programs_own_is_one_line_that_names_the_place(cross: Path) -> None:
    jobs = [RunSettings(str(cross), "fixed", 1, settings=cast(Any, 7))]
    failed: dict[int, MourourError] = {}
    assert run_all(jobs, workers=1, failed=failed.__setitem__) == []
    assert "\n" not in str(failed[0]) and "run.py:" in str(failed[0]) and "TypeError" in str(failed[0])
