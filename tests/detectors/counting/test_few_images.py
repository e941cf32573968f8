"""Too few images are said: counts that cannot be right are never told as if they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detectors.counter import CameraCounter
from detectors.counting.line import CountLine
from detectors.counting.session import Session
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections
from detectors.vision.road_users import RoadUser
from tests.detectors.counting.given import Given, one
from tests.detectors.video.films import film

pytest.importorskip("ultralytics")


@pytest.mark.parametrize(("images", "fps", "said"), [(6, 1.0, "1 a second"), (1, 25.0, "1 in all"), (40, 10.0, "")])
def test_too_few_images_are_said(tmp_path: Path, images: int, fps: float, said: str) -> None:
    with Source(str(film(tmp_path / "film.mp4", images, fps=fps))) as source:
        session = Session(source, BackgroundDetector(fps))
        for _ in session:
            pass
    quality = session.quality()
    assert (said in quality["reason"]) if said else "too few" not in quality["reason"]
    assert (quality["state"] == "degraded") == bool(said)


@pytest.mark.parametrize(("images", "counted"), [(4, 1), (3, 0)])
def test_who_has_crossed_before_he_is_known_is_counted_when_he_is(images: int, counted: int) -> None:
    """At five images a second a car is over the line in the second image of its track, and known to be one in the third."""
    counter = CameraCounter(None, [CountLine(0.0, 200.0, 639.0, 200.0)], Given(), 5.0, (640, 480))
    events = []
    for number in range(12):
        middle = 80.0 + 100.0 * (number - 1)
        found = one(RoadUser.CAR, 330.0, middle, 60.0, 60.0) if 1 <= number <= images else Detections.none()
        events += counter.see(VideoFrame(number, number / 5.0, np.zeros((480, 640, 3), np.uint8)), found=found).events
    assert len(events + list(counter.finish())) == counted
