"""Of a recording everybody is counted from its first image on, and nobody who crossed before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from detectors.counter import CameraCounter
from detectors.counting.line import CountLine
from detectors.counting.results import CountEvent
from detectors.counting.session import Session
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Image
from detectors.vision.road_users import RoadUser
from tests.detectors.counting.given import Given, one
from tests.detectors.video.films import film
from tests.detectors.vision.test_background import picture as road_with

FPS = 20.0
LINE = CountLine(160.0, 30.0, 160.0, 170.0)


def drive(images: int = 160) -> Iterator[Image]:
    """A car that is over the line at image 14, in the first second; nobody after image 34 but one at 120."""
    for i in range(images):
        yield road_with(i, 20.0 + 10.0 * i, -1040.0 + 10.0 * i)


def counted(path: Path, *, looped: bool) -> list[CountEvent]:
    with Source(str(path), looped=looped) as source:
        session = Session(source, BackgroundDetector(FPS), lines=[LINE], seconds=7.5)
        assert session.looks_ahead is not looped
        for _ in session:
            pass
    return session.events


def test_who_crosses_in_the_first_second_of_a_recording_is_counted(tmp_path: Path) -> None:
    """Its road is known from what comes later; of a camera, for which a looped recording stands, nobody knows that."""
    path = film(tmp_path / "film.mp4", drive(), fps=FPS, size=(320, 180))
    events = counted(path, looped=False)
    assert [e.frame for e in events] == pytest.approx([14, 120], abs=1)
    assert events == counted(path, looped=False), "the same again"
    assert [e.frame for e in counted(path, looped=True)] != [e.frame for e in events]


def test_looking_ahead_ends_when_the_session_is_stopped(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", drive(), fps=FPS, size=(320, 180))
    with Source(str(path)) as source:
        session = Session(source, BackgroundDetector(FPS), lines=[LINE])
        session.stop()
        assert list(session) == [] and session.frames == 0


def driving_down(first: int, last: int, *, model: bool) -> int:
    """How often a car of 60 rows is counted that drives down over the line at 200, 8 rows an image, in these images; its middle
    is beyond it from image 10 on, its rear from image 14."""
    counter = CameraCounter(None, [CountLine(0.0, 200.0, 639.0, 200.0)], Given(classifies=model), 25.0, (640, 480))
    kind = RoadUser.CAR if model else RoadUser.VEHICLE
    events = []
    for number in range(first, last):
        middle = 124.0 + 8.0 * number
        found = one(kind, 330.0, middle, 60.0, 60.0)
        events += counter.see(VideoFrame(number, number / 25.0, np.zeros((480, 640, 3), np.uint8)), found=found).events
    return len(events + list(counter.finish()))


@pytest.mark.parametrize("model", [True, False])
def test_of_a_recording_that_was_cut_in_two_everybody_is_counted_once(model: bool) -> None:
    """Wherever it was cut but between the last image before the line and the first beyond it, which neither half shows."""
    halves = {cut: (driving_down(0, cut, model=model), driving_down(cut, 35, model=model)) for cut in range(4, 32) if cut != 10}
    assert {cut: before + after for cut, (before, after) in halves.items() if before + after != 1} == {}
    assert halves[8] == (0, 1) and halves[12] == (1, 0), "where the middle was in the last image decides"


@pytest.mark.parametrize(("people", "counted", "left_out"), [(False, 0, 1), (True, 1, 0)])
def test_people_on_foot_who_are_not_asked_for_are_at_least_said(people: bool, counted: int, left_out: int) -> None:
    counter = CameraCounter(None, [LINE], Given(), 25.0, (320, 180), people=people)
    events = []
    for number in range(60):
        x = 100.0 + 2.0 * number
        found = one(RoadUser.PEDESTRIAN, x, 100.0, 16.0, 40.0)
        events += counter.see(VideoFrame(number, number / 25.0, np.zeros((180, 320, 3), np.uint8)), found=found).events
    assert len(events) == counted and counter.left_out == left_out


def test_who_stands_on_the_line_to_the_end_has_not_crossed_it() -> None:
    counter = CameraCounter(None, [CountLine(0.0, 200.0, 639.0, 200.0)], Given(), 25.0, (640, 480))
    for number in range(40):
        middle = 201.0 + 3.0 * (number % 2)
        found = one(RoadUser.CAR, 330.0, middle, 60.0, 60.0)
        assert counter.see(VideoFrame(number, number / 25.0, np.zeros((480, 640, 3), np.uint8)), found=found).events == ()
    assert counter.finish() == ()
