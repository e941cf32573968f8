"""Names, suffixes and foreign SUMO configurations."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from signal_drivers.errors import NetError, ScenarioError
from simulation.scenario.catalogue import catalogue
from simulation.scenario.resolve import resolve, seconds, shipped_files


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
    with pytest.raises(NetError, match=r"some\.sumocfg: its net gone\.net\.xml is not there \(put the net at"):
        resolve(spec)


@pytest.mark.parametrize("text", ["<configuration>", "<configuration/>",
                                  '<configuration><net-file value="some.sumocfg"/><end value="x"/></configuration>'])
def test_a_broken_sumocfg_is_told(text: str, tmp_path: Path) -> None:
    with pytest.raises(NetError):
        resolve(_cfg(tmp_path, text))


def test_no_sumocfg(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="no such SUMO configuration"):
        resolve(str(tmp_path / "gone.sumocfg"))


def test_sumo_times() -> None:
    assert seconds("1:00:00:01") == 86401 and seconds("90.5") == 90.5


def test_a_scenario_crosses_process_boundaries(tmp_path: Path) -> None:
    scenario = resolve("mohammed-v", build_dir=tmp_path)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
