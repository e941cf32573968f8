"""What is measured of a camera's speed is measured: every row has done its work, and a share is of two rows."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.counting.line import CountLine
from detectors.errors import SourceError
from simulation.benchmark_video import LEAST, WARM_UP, speeds
from tests.detectors.video.films import film

SIZE = (160, 120)


def _clip(folder: Path, images: int) -> str:
    """A car that drives down again and again, at 25 images a second."""
    road = np.random.default_rng(3).normal(100, 6, (SIZE[1], SIZE[0], 1)).clip(0, 255).astype(np.uint8).repeat(3, 2)
    found = []
    for i in range(images):
        image = road.copy()
        cv2.rectangle(image, (60, 4 * i % 200 - 40), (80, 4 * i % 200 - 14), (30, 30, 220), -1)
        found.append(image)
    return str(film(folder / "a.avi", found, codec="MJPG", size=SIZE, fps=25.0))


def test_every_row_is_of_its_own_work(tmp_path: Path) -> None:
    alone, decoded, whole = speeds(_clip(tmp_path, 200), None, 120, CountLine(0, 60, SIZE[0] - 1, 60))
    assert (alone.images, decoded.images, whole.images) == (120, 120, 120)
    assert min(alone.fps, decoded.fps, whole.fps, alone.core_s, decoded.core_s, whole.core_s) > 0
    assert whole.beyond == pytest.approx(decoded.fps / whole.fps - 1) and np.isnan(alone.beyond)
    assert whole.beyond_memory == pytest.approx(alone.fps / whole.fps - 1)
    assert whole.counted is not None and whole.counted >= 2


def test_a_recording_that_ends_early_is_measured_as_far_as_it_goes(tmp_path: Path) -> None:
    _, decoded, whole = speeds(_clip(tmp_path, LEAST), None, 900)
    assert whole.images == LEAST - WARM_UP and 0 < decoded.images <= LEAST - WARM_UP


def test_a_recording_of_a_second_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=rf"only {LEAST - 1} images.*longer"):
        next(speeds(_clip(tmp_path, LEAST - 1), None, 900))
