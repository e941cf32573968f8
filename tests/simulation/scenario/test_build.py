"""Nets and demand as SUMO builds and runs them."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation.scenario.build import build_into
from simulation.scenario.load import load
from simulation.scenario.resolve import resolve, shipped_files
from simulation.scenario.signal_links import links_by_light
from simulation.sumo.tools import program

Write = Callable[[dict[str, Any]], Path]


def _run(cfg: Path, tmp_path: Path, *options: str) -> tuple[ET.Element, str]:
    out = tmp_path / "tripinfo.xml"
    run = subprocess.run([program("sumo"), "-c", str(cfg), "--seed", "7", "--tripinfo-output", str(out), *options],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return ET.parse(out).getroot(), run.stderr


def _without_date(net: Path) -> str:
    return re.sub(r"<!--.*?-->", "", net.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_same_file_builds_the_same_bytes(facts: dict[str, Any], write: Write, tmp_path: Path) -> None:
    model = load(write(facts))
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        assert build_into(model, folder, "small.yaml") == []
    names = sorted(p.name for p in one.iterdir())
    assert names == sorted(p.name for p in two.iterdir())
    for name in names:
        assert _without_date(one / name) == _without_date(two / name), name


def test_a_second_resolve_reuses_the_build(facts: dict[str, Any], write: Write, tmp_path: Path) -> None:
    path = write(facts)
    first = resolve(str(path), build_dir=tmp_path / "built")
    stamp = first.net.stat().st_mtime_ns
    again = resolve(f"{path}@night+incident", build_dir=tmp_path / "built")
    assert again.net == first.net and again.net.stat().st_mtime_ns == stamp
    assert again.sumocfg.name == "night+incident.sumocfg" and again.begin_s == 23 * 3600
    assert list((tmp_path / "built").iterdir()) == [first.net.parent]  # nothing half-built is left


def test_a_refuge_lets_people_cross_half_by_half(facts: dict[str, Any], write: Write, tmp_path: Path) -> None:
    net = resolve(str(write(facts)), build_dir=tmp_path).net
    over_south = [k for k in links_by_light(net)["first"] if k.is_crossing and "south" in k.crossed[0]]
    assert sorted(k.crossed for k in over_south) == [("south_in",), ("south_out",)]


def test_the_incident_stands_in_its_lane(facts: dict[str, Any], write: Write, tmp_path: Path) -> None:
    scenario = resolve(f"{write(facts)}@offpeak+incident", build_dir=tmp_path)
    trips, _ = _run(scenario.sumocfg, tmp_path, "--end", str(scenario.begin_s + 1200))
    incident = next(t for t in trips.findall("tripinfo") if t.get("id") == "incident")
    assert float(incident.get("stopTime", "0")) == pytest.approx(300, abs=2)


def _stages_by_light(net: Path) -> dict[str, list[str]]:
    return {tl.get("id", ""): [p.get("state", "") for p in tl.findall("phase")]
            for tl in ET.parse(net).getroot().findall("tlLogic")}


@pytest.mark.parametrize("name", sorted(shipped_files()))
def test_a_shipped_scenario_builds_without_a_warning(name: str, tmp_path: Path) -> None:
    scenario = resolve(name, build_dir=tmp_path)
    assert (scenario.net.parent / "build.log").read_text(encoding="utf-8") == ""
    assert "synthetic" in scenario.demand_note.lower()
    assert any("OpenStreetMap contributors, ODbL" in s for s in load(shipped_files()[name]).sources)
    lights = links_by_light(scenario.net)
    assert set(lights) == set(scenario.junction_names)
    edges = {e.get("id") for e in ET.parse(scenario.net).getroot().findall("edge")}
    for corridor in scenario.corridors:
        assert set(corridor.edges) | set(corridor.edges_back) <= edges
        assert set(corridor.junction_ids) <= set(lights)


@pytest.mark.parametrize("name", sorted(shipped_files()))
def test_its_programme_serves_every_link_and_never_two_rivals(name: str, tmp_path: Path) -> None:
    net = resolve(name, build_dir=tmp_path).net
    stages = _stages_by_light(net)
    for light, links in links_by_light(net).items():
        by_index = {k.index: k for k in links}
        for index, link in by_index.items():
            assert any(s[index] in "Gg" for s in stages[light]), f"{light}: link {index} {link.from_edge} is never served"
        for state in stages[light]:
            green = [i for i, s in enumerate(state) if s == "G"]
            rivals = [(a, b) for a in green for b in green if a < b and b in by_index[a].foes
                      and not (by_index[a].is_crossing or by_index[b].is_crossing)
                      and not (b in by_index[a].yields_to) ^ (a in by_index[b].yields_to)]
            assert not rivals, f"{light}: {state} gives green to {rivals}"


def test_off_peak_flows_and_nobody_is_teleported(tmp_path: Path) -> None:
    scenario = resolve("mohammed-v@offpeak", build_dir=tmp_path)
    trips, said = _run(scenario.sumocfg, tmp_path, "--end", str(scenario.begin_s + 900))
    kinds = {t.get("vType") for t in trips.findall("tripinfo")}
    assert {"car_petrol", "taxi", "motorcycle", "tram"} <= kinds
    assert trips.findall("personinfo")
    assert "eleporting" not in said and "no valid route" not in said
