"""What the control benchmark runs on, by default and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from signal_drivers.errors import BadInput, ScenarioError
from signal_drivers.limits import Clearance
from simulation.benchmark_control.cases import all_cases, chosen_cases, nets_folder, nets_in
from simulation.benchmark_control.measure import wanted_jobs
from simulation.scenario.resolve import shipped_files


@pytest.fixture
def nets(tmp_path: Path) -> Path:
    for name in ("a/one.sumocfg", "b/two.sumocfg", "c/deep/two.sumocfg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("<configuration/>")
    return tmp_path


def test_every_configuration_below_the_folder_is_a_net(nets: Path) -> None:
    assert [case.label for case in nets_in(nets)] == ["one", "b/two", "c/deep/two"]
    assert {case.clearance for case in nets_in(nets)} == {Clearance.BENCHMARK}


def test_by_default_every_shipped_scenario_at_its_evening_and_every_net(nets: Path) -> None:
    cases = all_cases(nets)
    assert [c.label for c in cases] == [*shipped_files(), "one", "b/two", "c/deep/two"]
    assert all(c.scenario == f"{c.label}@evening" and c.street for c in cases[:len(shipped_files())])
    assert [c.label for c in all_cases(None)] == list(shipped_files())


def test_where_nets_are_looked_for(nets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert nets_folder(nets) == (nets, "")
    monkeypatch.setenv("MOUROUR_SHARED", str(tmp_path / "none"))
    folder, said = nets_folder(None)
    assert folder is None and str(tmp_path / "none") in said and "--nets" in said and "\n" not in said
    (tmp_path / "some" / "benchmarks" / "resco").mkdir(parents=True)
    monkeypatch.setenv("MOUROUR_SHARED", str(tmp_path / "some"))
    assert nets_folder(None) == (tmp_path / "some" / "benchmarks" / "resco", "")
    with pytest.raises(ScenarioError, match="--nets"):
        nets_folder(tmp_path / "nowhere")


def test_chosen_by_name_or_by_path_once_each(nets: Path, cross: Path) -> None:
    cases = chosen_cases(["one", str(nets / "a" / "one.sumocfg"), str(cross)], nets)
    assert [(c.label, c.clearance) for c in cases] == [("one", Clearance.BENCHMARK), (str(cross), Clearance.GEOMETRY)]
    assert all(c.named for c in cases)


def test_a_name_that_is_none_is_told_all_that_are(nets: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        chosen_cases(["on"], nets)
    assert "'on'" in str(raised.value) and "zerktouni" in str(raised.value) and "b/two" in str(raised.value)
    with pytest.raises(ScenarioError, match="--scenarios"):
        chosen_cases([], nets)


def test_a_broken_net_that_was_only_found_stops_nobody_but_a_named_one_does(nets: Path) -> None:
    jobs, broken = wanted_jobs(nets_in(nets), ["fixed", "sumo:program"], [1, 2], None)
    assert len(jobs) == 3 * 2 * 2
    assert set(broken) == {"one", "b/two", "c/deep/two"} and "names no network" in broken["one"]
    assert [job.seed for job in jobs] == [1] * 6 + [2] * 6, "seed by seed, so that an early end leaves whole rows"
    with pytest.raises(BadInput, match="names no network"):
        wanted_jobs(chosen_cases(["one"], nets), ["fixed"], [1], None)
