"""What counts as told, missed, told twice and wrong."""

from __future__ import annotations

import pytest

from detectors.incidents.incident import Incident, IncidentKind, Place
from detectors.incidents.score import Wanted, match, matches, score

STOPPED, WRONG_WAY = IncidentKind.STOPPED_VEHICLE, IncidentKind.WRONG_WAY


def told(kind: IncidentKind = STOPPED, start: float = 10.0, at: float = 30.0, end: float | None = 100.0, lane: str | None = "a",
         number: int = 1, place: tuple[float, float] | None = None) -> Incident:
    return Incident(number, kind, start, Place(lane, None, None, place), 0.9, "", told_s=at, end_s=end)


HAPPENED = Wanted(STOPPED, 10.0, 100.0, frozenset({"a"}), (0.0, 0.0))


@pytest.mark.parametrize("one, fits", [
    (told(), True), (told(end=None), True), (told(kind=WRONG_WAY), False), (told(lane="b"), False), (told(lane=None), True),
    (told(lane=None, place=(10.0, 0.0)), True), (told(lane=None, place=(40.0, 0.0)), False),
    (told(start=200.0, at=210.0, end=230.0), False), (told(at=150.0, end=160.0), False),
    (told(start=0.0, at=1.0, end=2.0), False)])
def test_matches_by_kind_place_and_time(one, fits):
    assert matches(HAPPENED, one) is fits


def test_each_is_told_once():
    found = match([HAPPENED, Wanted(WRONG_WAY, 0.0, 20.0)], [told(), told(number=2, at=50.0), told(number=3, lane="b")])
    assert len(found.pairs) == 1 and [i.number for i in found.twice] == [2] and [i.number for i in found.wrong] == [3]
    assert [w.kind for w in found.missed] == [WRONG_WAY]
    both = score([found])
    assert (both[STOPPED].told, both[STOPPED].right, both[STOPPED].twice) == (3, 1, 1)
    assert both[STOPPED].precision == pytest.approx(1 / 3) and both[STOPPED].recall == 1.0 and both[STOPPED].delay_s == 20.0
    assert both[WRONG_WAY].precision is None and both[WRONG_WAY].recall == 0.0


def test_optional_is_neither_right_nor_wrong():
    follows = Wanted(STOPPED, 10.0, 100.0, frozenset({"a"}), optional=True)
    assert score([match([follows], [told()])]) == {} == score([match([follows], [])])


def test_what_happened_goes_before_what_followed():
    follows = Wanted(STOPPED, 10.0, 100.0, frozenset({"a"}), optional=True)
    assert score([match([follows, HAPPENED], [told()])])[STOPPED].recall == 1.0


def test_two_alike_are_two():
    assert score([match([HAPPENED, HAPPENED], [told(), told(number=2)])])[STOPPED].right == 2
