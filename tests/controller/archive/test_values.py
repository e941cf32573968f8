"""Codes, names, events, phases and channels."""

from __future__ import annotations

import pytest

from controller.archive.codes import OWN, Code, code_of
from controller.archive.event import LONGEST, Event
from controller.archive.names import NAMES, name_of
from controller.archive.phases import Zone, channel_of, detector_rows, detector_table, phase_of
from signal_drivers.errors import InvalidValue
from signal_drivers.ids import LaneId
from tests.signal_drivers.examples import SIDE, WALK, crossroads


def test_every_code_has_a_name_in_both_languages() -> None:
    assert set(NAMES) == set(Code)
    assert all(name.english and name.french and name.parameter for name in NAMES.values())
    assert name_of(4000).english == "event 4000"


def test_ours_are_out_of_everybody_elses_way() -> None:
    assert {c for c in Code if c.is_own} == {c for c in Code if c > 255}
    assert min(OWN) > 1000 and max(OWN) < 2**15


@pytest.mark.parametrize(("text", "code"), [("1", 1), ("begin", None), ("PHASE_BEGIN_GREEN", 1), ("phase-begin green", 1),
                                            ("guard-veto", 20001), ("70000", None), ("-1", None)])
def test_codes_by_name(text: str, code: int | None) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize("wrong", [{"time_s": -1.0}, {"time_s": float("nan")}, {"time_s": 1e12}, {"device": -1}, {"code": 40000},
                                   {"parameter": -1}, {"parameter": 32768}])
def test_events_that_are_none(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidValue, match=str(next(iter(wrong)))):
        Event(**{"time_s": 0.0, "device": 1, "code": 1, **wrong})  # type: ignore[arg-type]


def test_a_long_detail_is_cut() -> None:
    assert len(Event(0.0, 1, 1, 1, "x" * 9000).detail) == LONGEST


def test_phases_and_channels() -> None:
    junction = crossroads()
    assert (phase_of(junction, SIDE), phase_of(junction, WALK)) == (3, 4)
    assert channel_of(junction, LaneId("s0"), Zone.ADVANCE) == 103
    with pytest.raises(InvalidValue, match="nowhere"):
        channel_of(junction, LaneId("nowhere"), Zone.PRESENCE)
    table = detector_table(detector_rows(junction, 5))
    assert table["Parameter"] == [1, 101, 201, 2, 102, 202, 3, 103, 203]
    assert table["Phase"] == [1] * 6 + [3] * 3 and set(table["Function"]) == {"Presence", "Advance", "Yellow_Red"}
