"""A model that knows nothing of what drives by is no silent zero."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from detectors.counting.line import CountLine
from detectors.counting.session import Session
from detectors.counting.unknown import OVER_S, QUIET_S, UNKNOWN, Unknown
from detectors.observation import Quality
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from detectors.vision.detections import Image
from detectors.vision.pick import detector_for
from tests.detectors.counting.given import Given
from tests.detectors.video.films import film
from tests.detectors.vision.test_background import picture as road_with

pytest.importorskip("ultralytics")

FPS, APART = 12.0, 50
LINE = CountLine(160.0, 30.0, 160.0, 170.0)
NOBODY = -1000.0


def road(images: int, cars: int) -> Iterator[Image]:
    """After three seconds of nobody, ``cars`` one after another, each over the line 16 images after it came."""
    for i in range(images):
        which, since = divmod(i - 36, APART)
        yield road_with(i, -20.0 + 12.0 * since if 0 <= which < cars else NOBODY, NOBODY)


def watched(images: int, cars: int, knew: Callable[[int], bool] = lambda _: False,
            more: Sequence[CountLine] = ()) -> tuple[Unknown, list[int]]:
    """At ``LINE`` and ``more``; and the images in which there was a doubt."""
    unknown, doubtful = Unknown([LINE, *more], FPS, (320, 180)), []
    for number, image in enumerate(road(images, cars)):
        unknown.see(VideoFrame(number, number / FPS, image), knew(number))
        if unknown.doubt:
            doubtful.append(number)
    return unknown, doubtful


def test_who_drives_by_unknown_is_doubted_from_the_third_on() -> None:
    unknown, doubtful = watched(36 + 5 * APART, 4)
    assert unknown.crossed == 4 and unknown.doubt == UNKNOWN
    third = 36 + 2 * APART + 15
    assert third <= doubtful[0] <= third + 12 and doubtful == list(range(doubtful[0], 36 + 5 * APART))


@pytest.mark.parametrize("cars", [0, 2])
def test_few_say_nothing(cars: int) -> None:
    unknown, doubtful = watched(36 + 4 * APART, cars)
    assert unknown.crossed == cars and not doubtful


def test_who_crosses_three_lines_is_one() -> None:
    """As two are, of whom nothing is said."""
    more = [CountLine(x, 30.0, x, 170.0, f"at {x}") for x in (100.0, 220.0)]
    unknown, doubtful = watched(36 + 4 * APART, 2, more=more)
    assert unknown.crossed == 2 and not doubtful


def test_a_model_that_knows_one_in_three_is_not_doubted_and_is_let_alone_for_a_while() -> None:
    """What crosses just after somebody is known is not even looked at."""
    unknown, doubtful = watched(36 + 7 * APART, 7, lambda n: (n - 36) % (3 * APART) == 40)
    assert QUIET_S * FPS > 3 * APART and unknown.crossed == 0 and not doubtful


def test_the_doubt_is_over_once_somebody_is_known_and_where_nobody_has_come_for_long() -> None:
    unknown, doubtful = watched(36 + 5 * APART, 4)
    assert doubtful
    now_s = 36 / FPS + 5 * APART / FPS
    empty = road_with(0, NOBODY, NOBODY)
    unknown.see(VideoFrame(1000, now_s + OVER_S, empty), False)
    assert unknown.doubt == ""
    unknown, _ = watched(36 + 5 * APART, 4)
    unknown.see(VideoFrame(1000, now_s, empty), True)
    assert unknown.doubt == ""


@pytest.mark.parametrize(("cars", "doubted"), [(4, True), (1, False), (0, False)])
def test_a_session_that_counts_nobody_says_so(tmp_path: Path, cars: int, doubted: bool) -> None:
    path = film(tmp_path / "film.mp4", road(36 + 5 * APART, cars), fps=FPS, size=(320, 180))
    with Source(str(path)) as source:
        session = Session(source, Given(), lines=[LINE])
        last = [seen.view for seen in session][-1]
    said = session.quality()
    assert session.counted == 0
    assert (last.reason == UNKNOWN) == doubted == any(fault["reason"] == UNKNOWN for fault in said["faults"])
    assert not doubted or (last.quality is Quality.DEGRADED and said["state"] == "degraded")
    assert [one for one in said["notes"] if "does not know" in one] == (
        [f"{cars} that the model does not know drove over the lines"] if cars else [])


def test_nobody_looks_beside_background_subtraction(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", (np.zeros((180, 320, 3), np.uint8) for _ in range(5)), fps=FPS, size=(320, 180))
    with Source(str(path)) as source:
        session = Session(source, Given(classifies=False), lines=[LINE])
        assert len(list(session)) == 5
    assert not any("does not know" in one for one in session.notes)


@pytest.mark.slow
def test_cars_from_straight_above_are_no_cars_to_a_model_of_common_things(video_dir: Path) -> None:
    told = json.loads((video_dir / "ground_truth.json").read_text())["intel_car-detection.mp4"]
    (x1, y1), (x2, y2) = told["line"]
    with Source(str(video_dir / "clips" / "intel_car-detection.mp4")) as source:
        detector = detector_for(None, str(video_dir / "weights" / "yolo11n_int8_openvino_model"), fps=source.facts.fps,
                                size_px=320)
        session = Session(source, detector, lines=[CountLine(x1, y1, x2, y2)])
        for _ in session:
            pass
    assert session.counted == 0 and session.quality()["reason"] == UNKNOWN
