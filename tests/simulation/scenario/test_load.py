"""What a scenario file may not say, and how the user is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signal_drivers.errors import ScenarioError
from simulation.scenario.load import load

Facts = dict[str, Any]
Write = Callable[[Facts], Path]


def test_the_small_scenario_is_sound(facts: Facts, write: Write) -> None:
    assert load(write(facts)).title == "Two crossroads"


def _lat(f: Facts) -> None:
    f["junctions"][1]["lat"] = 91


def _typing_error(f: Facts) -> None:
    f["roads"][0]["lanes_forwards"] = 2


def _unknown_zone(f: Facts) -> None:
    f["demand"]["zones"]["eastt"] = {"in_vph": 10}


def _unknown_flow(f: Facts) -> None:
    f["demand"]["flows"] = [{"from_zone": "south", "to_zone": "nowhere", "vph": 5}]


def _unknown_road_of_stop(f: Facts) -> None:
    f["demand"]["buses"][0]["stops"] = [["first", "north"]]


def _tram_without_track(f: Facts) -> None:
    f["demand"]["trams"][0]["to_zone"] = "first-east"


def _two_of_a_kind(f: Facts) -> None:
    f["junctions"][1]["id"] = "first"


def _no_such_crossing(f: Facts) -> None:
    f["junctions"][0]["crossings"] = ["second-west"]


def _fleet(f: Facts) -> None:
    f["demand"]["fleet"]["car"] = 0.9


def _no_night(f: Facts) -> None:
    del f["demand"]["periods"]["night"]


def _incident_lane(f: Facts) -> None:
    f["incident"]["lane_from_kerb"] = 4


@pytest.mark.parametrize(("breaks", "place"), [
    (_lat, "junctions[1].lat"),
    (_typing_error, "roads[0].lanes_forwards"),
    (_unknown_zone, "unknown arm 'eastt'"),
    (_unknown_flow, "demand.flows[0].to_zone: unknown zone 'nowhere'"),
    (_unknown_road_of_stop, "demand.buses[0].stops[0]: no road or arm joins 'first' and 'north'"),
    (_tram_without_track, "demand.trams[0].to_zone: arm 'first-east' has no tram track"),
    (_two_of_a_kind, "junctions[1].id: 'first' is used twice"),
    (_no_such_crossing, "junctions[0].crossings[0]: unknown leg of first 'second-west'"),
    (_fleet, "demand.fleet: shares add up to 1.3"),
    (_no_night, "demand.periods: 'night' is missing"),
    (_incident_lane, "incident.lane_from_kerb: 4 is beyond the road's 3 lanes"),
])
def test_a_broken_file_is_refused_with_its_place(breaks: Callable[[Facts], None], place: str, facts: Facts,
                                                  write: Write) -> None:
    breaks(facts)
    with pytest.raises(ScenarioError) as told:
        load(write(facts))
    message = str(told.value)
    assert "small.yaml" in message and place in message
    assert "\n" not in message and told.value.exit_code == 2


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone\.yaml: no such scenario file"):
        load(tmp_path / "gone.yaml")


def test_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("title: [open\njunctions: }", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bad\.yaml: line \d"):
        load(path)
