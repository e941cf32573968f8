"""Metres that do not fit the road are noticed: never silent zeros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.counting.session import Session
from detectors.lane_traffic.agreement import (
    BACKWARDS,
    FEW,
    HALF,
    LEAST_BACK,
    LEAST_BOXES,
    MANY_BOXES,
    NOT_FOLLOWED,
    OVER_S,
    TOO_FAST,
    Agreement,
)
from detectors.observation import LaneObservation, Quality
from detectors.video.source import Source
from detectors.vision.pick import detector_for


@given(st.lists(st.tuples(st.floats(0, 1000), st.sampled_from(["box", "back", "followed"]))), st.booleans())
def test_doubt_is_of_the_last_minutes_alone(noted: list[tuple[float, str]], one_by_one: bool) -> None:
    agreement = Agreement()
    for time_s, what in sorted(noted):
        if what == "followed":
            agreement.followed(time_s)
        else:
            agreement.box(time_s, back=what == "back")
    recent = Counter(what for time_s, what in noted if time_s > 1000.0 - OVER_S)
    said = agreement.doubt(1000.0, one_by_one=one_by_one)
    few = HALF if recent["box"] >= MANY_BOXES else FEW
    if one_by_one and recent["box"] >= LEAST_BOXES and recent["followed"] < few * recent["box"]:
        assert said == NOT_FOLLOWED
    elif recent["back"] >= LEAST_BACK and max(recent["box"], recent["followed"]) < FEW * recent["back"]:
        assert said == BACKWARDS
    else:
        assert said == ""


@pytest.mark.parametrize(("followed", "doubt"), [(11, NOT_FOLLOWED), (12, ""), (20, "")])
def test_every_other_vehicle_lost_is_no_chance_once_there_were_many(followed: int, doubt: str) -> None:
    """A stop line five metres from where traffic came into view: 19 of 52 were counted, and all was said to be well."""
    agreement = Agreement()
    for i in range(MANY_BOXES):
        agreement.box(float(i))
        if i < followed:
            agreement.followed(float(i))
    assert agreement.doubt(30.0, one_by_one=True) == doubt and not agreement.doubt(30.0, one_by_one=False)


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize(("fast", "doubt"), [(LEAST_BOXES // 2, ""), (LEAST_BOXES // 2 + 1, TOO_FAST)])
def test_most_vehicles_faster_than_anybody_drives(one_by_one: bool, fast: int, doubt: str) -> None:
    agreement = Agreement()
    for i in range(LEAST_BOXES):
        agreement.box(float(i), too_fast=i < fast)
        agreement.followed(float(i))
    assert agreement.doubt(10.0, one_by_one=one_by_one) == doubt
    assert agreement.doubt(10.0 + OVER_S, one_by_one=one_by_one) == ""


def test_time_that_goes_back_begins_anew() -> None:
    agreement = Agreement()
    for i in range(LEAST_BOXES):
        agreement.box(100.0 + i)
    assert agreement.doubt(110.0, one_by_one=True) == NOT_FOLLOWED
    agreement.box(5.0)
    assert agreement.doubt(6.0, one_by_one=True) == ""


CORNERS = ((133.0, 340.0), (290.0, 340.0), (303.0, 110.0), (251.0, 110.0))
"""Of a motorway's lane seen from a bridge, some 27 m long; 14 drive along it, up the image."""


def motorway_lane(metres: Sequence[tuple[float, float]] | None, *, wrong_end: bool = False) -> CameraSite:
    """``metres`` are those of its corners; its stop line is at the far end or, wrong, nearly at the other."""
    lane = CameraLane(id="A", area=CORNERS, stop_line=((164.0, 280.0), (293.0, 280.0)) if wrong_end else (CORNERS[3], CORNERS[2]))
    road = None
    if metres is not None:
        road = Homography(points=tuple(KnownPoint(px=px, m=m) for px, m in zip(CORNERS, metres, strict=True)))
    return CameraSite(image=ImageSize(width=640, height=360), lanes=(lane,), homography=road)


def _counted(video_dir: Path, far_m: float | None, *, wrong_end: bool = False) -> tuple[int, LaneObservation]:
    """How many, and what is said in the end of a lane said to be ``far_m`` long."""
    metres = ((0.0, 0.0), (3.7, 0.0), (3.7, far_m), (0.0, far_m)) if far_m is not None else None
    site = motorway_lane(metres, wrong_end=wrong_end)
    with Source(str(video_dir / "clips" / "saoyan_test.mp4")) as source:
        session = Session(source, detector_for(None, None, fps=source.facts.fps), site=site)
        *_, last = session
    assert last.result is not None
    return session.counted, last.result.lanes["A"]


@pytest.mark.parametrize(("far_m", "least", "doubt"), [(36.0, 14, ""), (45.0, 12, TOO_FAST), (80.0, 4, NOT_FOLLOWED),
                                                      (270.0, 12, TOO_FAST)])
def test_a_lane_whose_length_was_measured_wrong_is_counted_all_the_same(video_dir: Path, far_m: float, least: int,
                                                                        doubt: str) -> None:
    """Were it 36 m, its traffic would drive at 37 m/s; were it 45 or more, faster than anybody does. Of metres ten times too many
    nothing was said, as the plane then tells no lens and boxes are measured: at the speed limit, since nobody drives at 280 m/s.
    """
    counted, said = _counted(video_dir, far_m)
    assert counted >= least and said.reason == doubt
    assert said.quality is (Quality.DEGRADED if doubt else Quality.GOOD)


@pytest.mark.parametrize("far_m", [None, 27.0])
def test_a_stop_line_at_the_wrong_end_is_noticed(video_dir: Path, far_m: float | None) -> None:
    counted, said = _counted(video_dir, far_m, wrong_end=True)
    assert counted <= 2 and said.quality is Quality.DEGRADED and said.reason == BACKWARDS


def test_nobody_is_expected_in_lanes_too_short_to_be_followed_in() -> None:
    agreement = Agreement()
    for i in range(40):
        agreement.box(float(i), long=False)
    assert agreement.doubt(40.0, one_by_one=True) == ""
    for i in range(40, 48):
        agreement.box(float(i))
    assert agreement.doubt(48.0, one_by_one=True) == NOT_FOLLOWED
