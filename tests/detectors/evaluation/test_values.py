"""Numbers, moments and words as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import Direction
from detectors.evaluation import values
from detectors.vision.road_users import RoadUser


@pytest.mark.parametrize(("text", "value"), [("12", 12.0), (" 12.5 ", 12.5), ("12,5", 12.5), ("1 200,5", 1200.5), (",5", 0.5),
                                             ("-3", -3.0), ("1\u202f000", 1000.0), ("2e3", 2000.0)])
def test_numbers(text: str, value: float) -> None:
    assert values.number(text) == value


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "1e999", "1_000", "١٢", "1.2.3", "12 5", "0x10", "9" * 400])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|is beyond all measure"):
        values.number(text)


@given(st.text(max_size=30))
def test_anything_is_a_finite_number_or_a_value_error(text: str) -> None:
    for read in (values.number, values.whole, values.moment_s):
        try:
            assert -1e9 <= read(text) <= 1e9 * 4000
        except ValueError as error:
            assert "\n" not in str(error) or "\\n" in repr(text)
            assert len(str(error)) < 120


@given(st.floats(-1e8, 1e8, allow_nan=False), st.sampled_from([".", ","]))
def test_what_is_written_is_read_back(value: float, comma: str) -> None:
    assert values.number(f"{value:.6f}".replace(".", comma)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["-1", "1.5", "-0.1"])
def test_whole_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=r"less than 0|not a whole number"):
        values.whole(text)
    assert values.whole("7,0") == 7


@pytest.mark.parametrize(("text", "hours", "value"), [
    ("90", False, 90.0), ("1:30", False, 90.0), ("1:30", True, 5400.0), ("7h30", False, 27000.0), ("07:30:15", False, 27015.0),
    ("0:00:01,5", False, 1.5), ("1,25", True, 1.25)])
def test_moments(text: str, hours: bool, value: float) -> None:
    assert values.moment_s(text, hours=hours) == value


@pytest.mark.parametrize("text", ["1:60", "0:00:60", "-2", "tea time", "2026-11-26 07:30", "1:2:3:4"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time of the clock|before the beginning|not a number"):
        values.moment_s(text)


@pytest.mark.parametrize(("word", "kind"), [
    ("Voitures", RoadUser.CAR), ("VL", RoadUser.CAR), ("PL", RoadUser.TRUCK), ("2RM", RoadUser.MOTORCYCLE),
    ("vélo", RoadUser.BICYCLE), ("Piétons", RoadUser.PEDESTRIAN), ("person", RoadUser.PEDESTRIAN),
    ("motorbike", RoadUser.MOTORCYCLE), ("Bus", RoadUser.BUS), ("trucks", RoadUser.TRUCK),
    ("véhicules", RoadUser.VEHICLE), ("grand taxi", RoadUser.TAXI),
    ("Total", None), ("", None)])
def test_kinds(word: str, kind: RoadUser | None) -> None:
    assert values.kind(word) is kind


@pytest.mark.parametrize("kind", list(RoadUser))
def test_every_kind_by_its_own_name(kind: RoadUser) -> None:
    assert values.kind(kind.value) is kind


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="'sofa' is no class: car, motorcycle"):
        values.kind("sofa")


@pytest.mark.parametrize(("word", "direction"), [
    ("left_to_right", Direction.LEFT_TO_RIGHT), ("Left to right", Direction.LEFT_TO_RIGHT), ("-1", Direction.RIGHT_TO_LEFT),
    ("+1", Direction.LEFT_TO_RIGHT), ("up", Direction.RIGHT_TO_LEFT), ("gauche à droite", Direction.LEFT_TO_RIGHT), ("", None),
    ("Ain Diab", Direction.RIGHT_TO_LEFT)])
def test_directions(word: str, direction: Direction | None) -> None:
    assert values.direction(word, {"Ain Diab": Direction.RIGHT_TO_LEFT}) is direction


def test_an_unknown_direction() -> None:
    with pytest.raises(ValueError, match="'north' is no direction"):
        values.direction("north", {})
