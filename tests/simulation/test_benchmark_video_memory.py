"""Memory over a looped recording: nothing that is kept grows with the stream."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from detectors.counting.session import Session
from detectors.video.source import Source
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections, Image
from simulation.benchmark_video_memory import everywhere, growth, memory
from tests.detectors.video.films import film

IMAGES, RATE = 75, 12.5
KEEP, READING, READINGS = 1, 110, 4
"""Events kept, images from one reading to the next, and how many of these."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of two cars that drive down a road, one of which stops for two seconds."""
    road = np.random.default_rng(3).normal(100, 6, (120, 160, 1)).clip(0, 255).astype(np.uint8).repeat(3, 2)
    images = []
    for i in range(IMAGES):
        image = road.copy()
        for x, y in ((30, 3 * i - 30), (110, 3 * (min(i, 20) + max(0, i - 45)) - 20)):
            cv2.rectangle(image, (x, y), (x + 18, y + 24), (30, 30, 220), -1)
        images.append(image)
    return film(tmp_path_factory.mktemp("clip") / "a.avi", images, codec="MJPG", size=(160, 120), fps=RATE)


def test_nothing_grows_with_a_stream(clip: Path, tmp_path: Path) -> None:
    hour = READING / RATE / 3600.0
    rows = list(memory(str(clip), None, tmp_path, hours=READINGS * hour, rate_fps=RATE, every_h=hour, block=50, keep=KEEP))
    assert [row.images for row in rows] == pytest.approx([READING * i for i in range(1, READINGS + 1)], abs=2)
    counted = [row.counted for row in rows]
    assert counted == sorted(counted) and counted[-1] - counted[1] > 3 * KEEP, "far more than is kept"
    # After the second reading every list has been as full as it gets.
    assert abs(rows[-1].objects - rows[1].objects) < 1_500
    assert growth(rows).hours == pytest.approx((READINGS - 1) * hour) and rows[-1].decoder_mb > 1.0
    told = [json.loads(line) for line in (tmp_path / "stream.jsonl").read_text().splitlines()]
    events = [row["event"] for row in told if "event" in row]
    table = pq.read_table(tmp_path / "events.parquet").to_pylist()
    assert len(table) == len(events) >= counted[-1], "what memory no longer has is in the files"
    times_s = pq.read_table(tmp_path / "lanes.parquet")["time_s"].to_pylist()
    assert times_s == sorted(times_s) and times_s[-1] > (READINGS - 1) * READING / RATE, "times go on over the recording's end"


@pytest.mark.parametrize("with_lanes", [True, False])
def test_lanes_are_measured_by_the_foreground_of_their_own_image(clip: Path, with_lanes: bool) -> None:
    """Without lanes the detector may look at the next image meanwhile; with them it would show another image's foreground."""
    with Source(str(clip)) as source:
        detector = Counted(source.rate_fps)
        session = Session(source, detector, site=everywhere(source.facts) if with_lanes else None)
        ahead = [detector.asked - (i + 1) for i, _ in enumerate(session)]
    assert max(ahead) == (0 if with_lanes else 1)


class Counted(BackgroundDetector):
    asked = 0

    def detect(self, image: Image) -> Detections:
        self.asked += 1
        return super().detect(image)
