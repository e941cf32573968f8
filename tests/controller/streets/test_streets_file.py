"""Streets files: what is written is read again, and what is wrong is said with its line, all of it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.streets.model import Road, Turn
from controller.streets.plane import LonLat
from controller.streets.streets import inspect_streets, read_streets
from controller.streets.streets_file import streets_text
from signal_drivers.errors import InvalidValue, SiteError
from tests.controller.streets.towns import LIMIT_MPS, as_said, at, blocks, chain, road, written

A, B = road("a", (0, 0), (300, 0)), road("b", (320, 0), (320, 200))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    town = blocks(3, 3)
    path = written(tmp_path, streets_text(town.roads, town.turns, "Quartier", "© somebody"))
    again = read_streets(path)
    assert (again.title, again.attribution) == ("Quartier", "© somebody")
    assert [(r.id, r.name) for r in again.roads] == [(r.id, r.name) for r in town.roads]
    for old, new in zip(town.roads, again.roads, strict=True):
        assert new.length_m == pytest.approx(old.length_m, abs=0.001) and new.speed_mps == old.speed_mps
        assert all(a == pytest.approx(b, abs=1e-7) for a, b in zip(old.line, new.line, strict=True))
    assert [(t.from_road, t.to_road, t.signal) for t in again.turns] == [(t.from_road, t.to_road, t.signal) for t in town.turns]
    assert path.read_text(encoding="utf-8").count("\n") == len(town.roads) + len(town.turns) + 7


def test_a_file_by_hand_may_leave_lengths_out(tmp_path: Path) -> None:
    streets = read_streets(written(tmp_path, json.dumps(as_said([A, B], chain(A, B)))))
    assert streets.roads[0].length_m == pytest.approx(300, rel=1e-4)
    only, = streets.turns
    assert only.length_m == pytest.approx(20, rel=1e-4) and only.speed_mps == LIMIT_MPS and only.signal is None


def spoilt(**changes: Any) -> dict[str, Any]:
    """Two roads and a turn, with ``changes`` to the second road, and those beginning with ``turn_`` to the turn."""
    said = as_said([A, B], chain(A, B))
    for key, value in changes.items():
        row = said["turns"][0] if key.startswith("turn_") else said["roads"][1]
        row[key.removeprefix("turn_")] = value
    return said


@pytest.mark.parametrize(("said", "told"), [
    (spoilt(id="a"), "road a is there twice"),
    (spoilt(line=[[-7.6, 33.58]]), "at least 2 items"),
    (spoilt(line=[[-7.6, 33.58], [-7.6, 33.58]]), "road b: its line has 1 place"),
    (spoilt(line=[[-7.6, 33.58], [math.nan, 33.58]]), "finite number"),
    (spoilt(line=[[-7.6, 33.58], [-7.6, 95.0]]), "85"),
    (spoilt(line=[[-7.6, 33.58], [33.58, -7.6]]), "km apart"),
    (spoilt(length_m=-200.0), "greater than 0"), (spoilt(length_m=0), "greater than 0"), (spoilt(length_m="long"), "number"),
    (spoilt(length_m=2000.0), "its line is 200 m long, its length_m 2,000"),
    (spoilt(speed_mps=0), "0.5"), (spoilt(speed_mps=50), "45"), (spoilt(speed_mps=math.inf), "finite"),
    (spoilt(colour="red"), "there is no key 'colour'"),
    (spoilt(turn_to="nowhere"), "no road is called 'nowhere'"),
    (spoilt(turn_length_m=-1), "greater than or equal to 0"), (spoilt(turn_speed_mps=-1), "0.5"),
    (spoilt(turn_signal={"junction": "J", "groups": []}), "at least 1 item"),
    (spoilt(line=[list(at(900, 0)), list(at(900, 300))]), "ends 600 m from where the other begins"),
    (as_said([A, B], chain(A, B) * 2), "the turn from a to b is there twice"),
    (as_said([]), "at least 1 item"), ({}, "mourour_streets is missing"), ({"mourour_streets": "7", "roads": []}, "'1'"),
])
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, said: dict[str, Any], told: str) -> None:
    path = written(tmp_path, json.dumps(said, indent=1))
    streets, wrong = inspect_streets(path)
    assert streets is None and any(told in fault.what for fault in wrong), [str(w) for w in wrong]
    assert all(isinstance(w, SiteError) and str(w.where).startswith("streets.json, line ") and w.mend for w in wrong)
    with pytest.raises(SiteError):
        read_streets(path)


words = st.text(max_size=5)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)), max_leaves=6)


@settings(max_examples=80)
@given(data=st.data())
def test_whatever_stands_in_it_is_streets_or_said_to_be_wrong(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    said = as_said([A, B], chain(A, B))
    spot: Any = said
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spot[key], (dict, list)) or not spot[key] or data.draw(st.booleans()):
            break
        spot = spot[key]
    spot[key] = data.draw(anything)
    path = written(tmp_path_factory.getbasetemp(), json.dumps(said))
    try:
        streets, wrong = inspect_streets(path)
    except SiteError:
        return
    assert (streets is None) == bool(wrong)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = as_said([A, B, B], chain(A, B) * 2)
    said["turns"][0]["from"] = "x"
    _, wrong = inspect_streets(written(tmp_path, json.dumps(said, indent=1)))
    assert [w.what for w in wrong] == ["road b is there twice", "no road is called 'x'"]


@pytest.mark.parametrize(("text", "told"), [("", "not JSON"), ("{", "not JSON"), ("[]", "not an object"),
                                            ("[" * 9000, "not JSON")])
def test_what_is_no_streets_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SiteError, match=told):
        inspect_streets(written(tmp_path, text))
    with pytest.raises(SiteError, match="no such streets file"):
        inspect_streets(tmp_path / "none.json")


@pytest.mark.parametrize(("made", "told"), [
    (lambda: Road("", A.line, 1.0, 1.0), "no id"), (lambda: Road("r", A.line, math.nan, 1.0), "nan m long"),
    (lambda: Road("r", A.line, 1.0, -3.0), "-3.0 m/s"), (lambda: Turn("a", "b", -1.0, 1.0), "-1.0 m long"),
    (lambda: Road("r", (LonLat(1, 1), LonLat(1, 1)), 1.0, 1.0), "1 place")])
def test_what_is_no_road(made: Any, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        made()
