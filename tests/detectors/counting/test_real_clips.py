"""Real recordings against counts by eye, to the frame: every crossing, in its direction, and no other."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectors.counter import CameraCounter
from detectors.counting.line import CountLine, Direction
from detectors.counting.session import Session
from detectors.evaluation.events import EventScore, ScoredEvent, score_events
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from detectors.vision.detections import Image
from detectors.vision.moved import moved
from detectors.vision.pick import detector_for

WITHIN_S = 0.6
YOLO, CROSSROAD = "yolo11n_int8_openvino_model", "pvb-crossroad-0078-INT8.xml"


def truth_of(clip: dict[str, Any]) -> list[tuple[float, Direction]]:
    """(frame, direction) of every crossing. All lines run rightwards or downwards: ``up`` is to the walker's left."""
    if "events_by_lane" in clip:
        return [(f, Direction.RIGHT_TO_LEFT) for frames in clip["events_by_lane"].values() for f in frames]
    return [(f, Direction.RIGHT_TO_LEFT if way == "up" else Direction.LEFT_TO_RIGHT)
            for way, frames in clip["events_by_dir"].items() for f in frames]


def scored(session: Session, told: dict[str, Any]) -> EventScore:
    return score_events([ScoredEvent(e.frame / told["fps"], e.direction) for e in session.events],
                        [ScoredEvent(frame / told["fps"], way) for frame, way in truth_of(told)], WITHIN_S)


@pytest.mark.slow
@pytest.mark.parametrize(("clip", "weights", "size_px", "at_least"), [
    ("saoyan_test.mp4", YOLO, 320, 0.98), ("yashbansal_video.avi", YOLO, 320, 0.98), ("borislav_traffic.mp4", YOLO, 320, 0.98),
    ("yashbansal_video.avi", YOLO, 640, 0.98),
    ("intel_car-detection.mp4", CROSSROAD, None, 0.95),
    ("saoyan_test.mp4", None, None, 0.85), ("yashbansal_video.avi", None, None, 0.85),
    ("borislav_traffic.mp4", None, None, 0.85), ("intel_car-detection.mp4", None, None, 0.85)])
def test_crossings_are_those_counted_by_eye(video_dir: Path, clip: str, weights: str | None, size_px: int | None,
                                            at_least: float) -> None:
    told = json.loads((video_dir / "ground_truth.json").read_text())[clip]
    (x1, y1), (x2, y2) = told["line"]
    with Source(str(video_dir / "clips" / clip)) as source:
        file = str(video_dir / "weights" / weights) if weights else None
        detector = detector_for(None, file, fps=source.facts.fps, size_px=size_px)
        session = Session(source, detector, lines=[CountLine(x1, y1, x2, y2)])
        for _ in session:
            pass
    score = scored(session, told)
    print(f"{clip}, {detector.name}: {score.counted} counted of {score.true}, F1 {score.f1:.3f}")
    assert score.f1 >= at_least, [(e.frame, e.direction.value) for e in session.events]
    assert {e.direction for e in session.events} <= {way for _, way in truth_of(told)}, "nobody is counted the wrong way"
    assert session.quality()["state"] == "good", session.quality()


@pytest.mark.slow
def test_a_line_near_the_edge_over_which_fast_vehicles_come_in(video_dir: Path) -> None:
    """Twenty rows above it; they are found some images late, and their boxes have left the edge by then. Half were lost."""
    with Source(str(video_dir / "clips" / "saoyan_test.mp4")) as source:
        session = Session(source, detector_for(None, None, fps=source.facts.fps), lines=[CountLine(0.0, 340.0, 639.0, 340.0)])
        for _ in session:
            pass
    assert {e.direction for e in session.events} == {Direction.RIGHT_TO_LEFT} and 49 <= session.counted <= 53


@pytest.mark.slow
def test_a_mast_in_the_wind_turns_nobody_round_and_makes_nobody_up(video_dir: Path, tmp_path: Path) -> None:
    """A queue at a red light, seen by a camera that sways by 5 pixels of 640: F1 was 0.55, with 6 counted of 5."""
    import cv2

    clip, dice = "borislav_traffic.mp4", np.random.default_rng(1)
    told = json.loads((video_dir / "ground_truth.json").read_text())[clip]
    film, path = cv2.VideoCapture(str(video_dir / "clips" / clip)), tmp_path / "wind.mp4"
    swaying = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), told["fps"], tuple(told["size"]))
    for number in count():
        good, image = film.read()
        if not good:
            break
        right, down = (5.0 * math.sin(way * number / told["fps"]) + dice.normal(0.0, 0.5) for way in (1.5, 4.0))
        swaying.write(moved(np.asarray(image, np.uint8), right, down))
    swaying.release()
    (x1, y1), (x2, y2) = told["line"]
    with Source(str(path)) as source:
        session = Session(source, detector_for(None, None, fps=source.facts.fps), lines=[CountLine(x1, y1, x2, y2)])
        for _ in session:
            pass
    score = scored(session, told)
    assert score.f1 >= 0.85, [(e.frame, e.direction.value) for e in session.events]
    assert {e.direction for e in session.events} <= {way for _, way in truth_of(told)}


def smaller_and_blurred(image: Image) -> Image:
    import cv2

    small = cv2.resize(image, (352, 288), interpolation=cv2.INTER_AREA)
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 20])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(("clip", "weights", "every", "spoil", "at_least"), [
    ("saoyan_test.mp4", None, 3, None, 0.85), ("saoyan_test.mp4", YOLO, 3, None, 0.95),
    ("yashbansal_video.avi", None, 1, smaller_and_blurred, 0.85)])
def test_fewer_and_poorer_images_cost_counts_but_turn_nobody_round(
        video_dir: Path, clip: str, weights: str | None, every: int, spoil: Callable[[Image], Image] | None,
        at_least: float) -> None:
    import cv2

    told = json.loads((video_dir / "ground_truth.json").read_text())[clip]
    (x1, y1), (x2, y2) = told["line"]
    fps, lasts_s = told["fps"], 15.0
    sx, sy = (352 / told["size"][0], 288 / told["size"][1]) if spoil else (1.0, 1.0)
    size = (352, 288) if spoil else (told["size"][0], told["size"][1])
    file = str(video_dir / "weights" / weights) if weights else None
    detector = detector_for(None, file, fps=fps / every, size_px=320 if weights else None)
    counter = CameraCounter(None, [CountLine(x1 * sx, y1 * sy, x2 * sx, y2 * sy)], detector, fps / every, size)
    film = cv2.VideoCapture(str(video_dir / "clips" / clip))
    events = []
    for number in range(round(lasts_s * fps)):
        good, image = film.read()
        assert good
        if number % every == 0:
            events += counter.see(VideoFrame(number, number / fps, spoil(image) if spoil else image)).events
    events += counter.finish()
    truth = [ScoredEvent(frame / fps, way) for frame, way in truth_of(told) if frame / fps < lasts_s]
    score = score_events([ScoredEvent(e.time_s, e.direction) for e in events], truth, WITHIN_S)
    assert score.f1 >= at_least, [(e.frame, e.direction.value) for e in events]
    assert {e.direction for e in events} == {Direction.RIGHT_TO_LEFT}
