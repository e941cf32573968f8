"""A small scenario file of two junctions, written afresh for each test that wants to break it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml


def small_facts() -> dict[str, Any]:
    """Two crossroads on one road with a tram; every part of the schema is used."""
    return {
        "title": "Two crossroads",
        "sources": ["made up for tests"],
        "assumed": ["everything"],
        "corridors": [{"id": "main", "name": "Main", "entry": "south", "junctions": ["first", "second"], "exit": "north"}],
        "junctions": [
            {"id": "first", "name": "First", "lat": 33.58, "lon": -7.60, "signal": "assumed",
             "crossings": ["south", "first-east"], "pedestrians_ph": 60},
            {"id": "second", "name": "Second", "lat": 33.583, "lon": -7.60, "signal": "mapped",
             "crossings": ["first", "second-west"], "pedestrians_ph": 60},
        ],
        "roads": [{"start": "first", "end": "second", "name": "Main", "lanes_forward": 3, "lanes_back": 3,
                   "speed_kmh": 50, "tram": True}],
        "arms": [
            {"id": "south", "junction": "first", "name": "Main", "bearing_deg": 180, "lanes_in": 3, "lanes_out": 3,
             "tram": True},
            {"id": "first-east", "junction": "first", "name": "Side", "bearing_deg": 90, "lanes_in": 2, "lanes_out": 2},
            {"id": "first-west", "junction": "first", "name": "Side", "bearing_deg": 270, "lanes_in": 2, "lanes_out": 2},
            {"id": "north", "junction": "second", "name": "Main", "bearing_deg": 0, "lanes_in": 3, "lanes_out": 3,
             "tram": True},
            {"id": "second-west", "junction": "second", "name": "Lane", "bearing_deg": 270, "lanes_in": 1, "lanes_out": 1},
        ],
        "turn_bans": [{"junction": "second", "from_leg": "north", "to_leg": "second-west"}],
        "demand": {
            "note": "Synthetic demand.",
            "zones": {"south": {"in_vph": 500, "out_vph": 500}, "north": {"in_vph": 500, "out_vph": 500},
                      "first-east": {"in_vph": 200, "out_vph": 200}, "first-west": {"in_vph": 200, "out_vph": 200},
                      "second-west": {"in_vph": 80, "out_vph": 80}},
            "trams": [{"id": "t", "name": "tram", "from_zone": "south", "to_zone": "north", "headway_s": 300,
                       "stops": [["first", "second"]]}],
            "buses": [{"id": "b", "name": "bus", "from_zone": "south", "to_zone": "north", "headway_s": 600,
                       "stops": [["first", "second"]]}],
            "periods": {"morning": {"begin": "08:00", "factor": 0.8}, "evening": {"begin": "18:00", "factor": 1},
                        "offpeak": {"begin": "11:00", "factor": 0.5}, "night": {"begin": "23:00", "factor": 0.2}},
            "fleet": {"car": 0.6, "taxi": 0.2, "motorcycle": 0.15, "truck": 0.05},
        },
        "incident": {"start": "first", "end": "second", "lane_from_kerb": 1, "position_share": 0.5, "begin_min": 5,
                     "duration_min": 5},
    }


@pytest.fixture
def facts() -> dict[str, Any]:
    """Facts of the small scenario, free to be changed."""
    return small_facts()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Write facts as a scenario file in a folder of the test's own."""

    def to_file(facts: dict[str, Any]) -> Path:
        path = tmp_path / "small.yaml"
        path.write_text(yaml.safe_dump(facts), encoding="utf-8")
        return path

    return to_file
