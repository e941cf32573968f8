"""Names, suffixes and foreign SUMO configurations."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from signal_drivers.errors import NetError, ScenarioError
from simulation.scenario.catalogue import catalogue
from simulation.scenario.import_files import write_description
from simulation.scenario.resolve import resolve, shipped_files
from simulation.sumo.configuration import clock_s


def test_five_scenarios_are_shipped() -> None:
    assert set(shipped_files()) == {"mohammed-vi", "far", "mohammed-v", "zerktouni", "centre"}


def test_the_catalogue_counts_junctions_and_says_what_is_assumed() -> None:
    by_name = {e.name: e for e in catalogue()}
    assert by_name["mohammed-vi"].junctions == 13 and by_name["mohammed-vi"].signals_assumed == 0
    assert by_name["zerktouni"].junctions == 12 and by_name["zerktouni"].signals_mapped == 2
    assert all(e.assumed and e.main_road_km > 0.5 for e in by_name.values())


def test_an_unknown_name_gets_the_nearest_and_all() -> None:
    with pytest.raises(ScenarioError, match=r"'mohamed-vi'.*did you mean 'mohammed-vi'.*zerktouni"):
        resolve("mohamed-vi")


@pytest.mark.parametrize("spec", ["far@noon", "far@", "far@evening+accident", "", "+incident"])
def test_a_wrong_suffix_is_told(spec: str) -> None:
    with pytest.raises(ScenarioError):
        resolve(spec)


def _cfg(tmp_path: Path, text: str) -> str:
    path = tmp_path / "some.sumocfg"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_any_sumocfg_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "n.net.xml").write_text("<net/>", encoding="utf-8")
    spec = _cfg(tmp_path, '<configuration><input><net-file value="n.net.xml"/></input>'
                          '<time><begin value="07:00:00"/><end value="28800"/></time></configuration>')
    scenario = resolve(spec)
    assert (scenario.begin_s, scenario.end_s) == (25200, 28800)
    assert scenario.net == tmp_path / "n.net.xml" and scenario.corridors == () and not scenario.shipped


def test_an_absent_net_is_named_with_the_mend(tmp_path: Path) -> None:
    spec = _cfg(tmp_path, '<configuration><net-file value="gone.net.xml"/></configuration>')
    with pytest.raises(NetError, match=r"some\.sumocfg: its network .*gone\.net\.xml does not exist \(correct net-file"):
        resolve(spec)


@pytest.mark.parametrize("text", ["<configuration>", "<configuration/>",
                                  '<configuration><net-file value="some.sumocfg"/><end value="x"/></configuration>'])
def test_a_broken_sumocfg_is_told(text: str, tmp_path: Path) -> None:
    with pytest.raises(NetError):
        resolve(_cfg(tmp_path, text))


def test_no_sumocfg(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="the configuration does not exist"):
        resolve(str(tmp_path / "gone.sumocfg"))


def test_a_folder_with_an_import_in_it_is_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "net.net.xml").write_text("<net/>", encoding="utf-8")
    write_description(tmp_path, {"title": "Quarter", "demand": "Made up.", "sources": ["roads of OpenStreetMap"],
                                 "junction_names": {"J": "A × B"}})
    (tmp_path / "night.sumocfg").write_text('<configuration><net-file value="net.net.xml"/></configuration>', encoding="utf-8")
    scenario = resolve(f"{tmp_path}@night")
    assert (scenario.title, scenario.period, scenario.demand_note) == ("Quarter", "night", "Made up.")
    assert scenario.junction_names == {"J": "A × B"} and scenario.end_s == 3600
    with pytest.raises(ScenarioError, match="has no incident"):
        resolve(f"{tmp_path}@night+incident")


def test_sumo_times() -> None:
    assert clock_s("1:00:00:01") == 86401 and clock_s("90.5") == 90.5 and clock_s("07:30:00") == 27000


def test_a_scenario_crosses_process_boundaries(tmp_path: Path) -> None:
    scenario = resolve("mohammed-v", build_dir=tmp_path)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
