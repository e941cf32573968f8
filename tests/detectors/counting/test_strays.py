"""Where much is seen that is nobody, as in rain, no few of it that lie on one line are taken for a vehicle."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.camera.site import CameraSite
from detectors.counter import CameraCounter
from detectors.counting.line import CountLine
from detectors.video.frames import VideoFrame
from detectors.vision.detections import Detections
from detectors.vision.road_users import NUMBER, RoadUser
from tests.detectors.counting.given import Given

pytest.importorskip("ultralytics")

SIZE, FPS, SECONDS = (640, 360), 6.0, 120
IMAGE = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
LINE = CountLine(0.0, 200.0, 639.0, 200.0)
SITE = {"image": {"width": 640, "height": 360}, "lanes": [
    {"id": "in", "role": "approach", "area": [[1, 20], [638, 20], [638, 358], [1, 358]], "stop_line": [[1, 200], [638, 200]]}]}


def counted(streaks: float, cars: int, seed: int, *, site: bool = False) -> int:
    """Of ``streaks`` an image in the mean, anywhere, and ``cars`` one after another that drive down in 3 seconds each."""
    dice = np.random.default_rng(seed)
    counter = CameraCounter(CameraSite.model_validate(SITE) if site else None, () if site else (LINE,), Given(classifies=False),
                            FPS, SIZE)
    total = 0
    for number in range(int(SECONDS * FPS)):
        many = dice.poisson(streaks)
        x, y = dice.uniform(0, 620, many), dice.uniform(0, 330, many)
        boxes = np.stack([x, y, x + dice.uniform(6, 12, many), y + dice.uniform(16, 28, many)], axis=1)
        which, since = divmod(number / FPS - 20.0, 5.0)
        if 0 <= which < cars and since < 3.0:
            boxes = np.vstack([boxes, [[300.0, 110.0 * since, 344.0, 110.0 * since + 36.0]]])
        found = Detections(boxes.astype(np.float32), np.full(len(boxes), 0.8, np.float32),
                           np.full(len(boxes), NUMBER[RoadUser.VEHICLE], np.int16))
        total += len(counter.see(VideoFrame(number, number / FPS, IMAGE), found=found).events)
    return total + len(counter.finish())


@pytest.mark.parametrize("site", [False, True], ids=["line", "stop line"])
def test_rain_alone_is_hardly_ever_somebody(site: bool) -> None:
    assert sum(counted(12.0, 0, seed, site=site) for seed in range(3)) <= 2


@pytest.mark.parametrize("streaks", [0.0, 6.0])
def test_cars_are_counted_in_rain_as_in_sunshine(streaks: float) -> None:
    assert 14 <= counted(streaks, 15, 1) <= 16
