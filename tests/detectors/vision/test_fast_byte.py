"""The lighter ByteTrack gives what ultralytics' own gives."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import numpy as np
import pytest
from ultralytics.trackers.byte_tracker import BYTETracker
from ultralytics.trackers.utils.kalman_filter import KalmanFilterXYAH

from detectors.vision.detections import Detections
from detectors.vision.fast_byte import FourFilters, LightTrack, LightTracker
from detectors.vision.tracking import _Boxes

SETTINGS = SimpleNamespace(track_high_thresh=0.25, track_low_thresh=0.1, new_track_thresh=0.3, match_thresh=0.8, fuse_score=True,
                           track_buffer=20)


def traffic(seed: int, images: int) -> list[Detections]:
    """Boxes that drive, tremble, are found with any score, and are missed now and then."""
    dice = np.random.default_rng(seed)
    at, way = dice.uniform(0, 600, (12, 2)), dice.normal(0, 4, (12, 2))
    size = dice.uniform(10, 80, (12, 2))
    found = []
    for _ in range(images):
        at += way
        here = dice.random(12) > 0.15
        corners = np.hstack([at - size / 2, at + size / 2])[here] + dice.normal(0, 1, (int(here.sum()), 4))
        found.append(Detections(corners.astype(np.float32), dice.uniform(0.05, 1.0, int(here.sum())).astype(np.float32),
                                dice.integers(0, 3, int(here.sum())).astype(np.int16)))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_tracks_are_the_same(seed: int) -> None:
    light, own = LightTracker(SETTINGS), BYTETracker(SETTINGS)
    for found in traffic(seed, 120):
        rows, theirs = light.update(_Boxes(found)), own.update(_Boxes(found))
        assert [row[4] for row in rows] == theirs[:, 4].tolist() if len(theirs) else not rows
        assert np.array(rows).reshape(-1, 8) == pytest.approx(theirs.reshape(-1, 8), abs=2e-3)
    assert max(row[4] for row in rows) > 12, "some were lost and begun anew"


def test_tracks_that_have_ended_are_forgotten() -> None:
    light = LightTracker(SETTINGS)
    gc.collect()
    before = sum(type(o) is LightTrack for o in gc.get_objects())
    numbers = set[int]()
    for image in range(300):
        # Somebody new in every second image, who is seen in two and then never again.
        x = 40.0 * (image // 2 % 16)
        box = np.array([[x, 10.0, x + 20.0, 30.0]], np.float32)
        rows = light.update(_Boxes(Detections(box, np.array([0.9], np.float32), np.zeros(1, np.int16))))
        numbers |= {int(row[4]) for row in rows}
    gc.collect()
    assert len(numbers) > 100, "there were many"
    assert sum(type(o) is LightTrack for o in gc.get_objects()) - before <= SETTINGS.track_buffer + 5


def test_the_filter_is_the_same_to_the_last_digits() -> None:
    dice = np.random.default_rng(1)
    four, one = FourFilters(), KalmanFilterXYAH()
    box = np.array([100.0, 80.0, 1.5, 40.0])
    (mean, covariance), (theirs, whole) = four.initiate(box), one.initiate(box)
    for _ in range(200):
        means, covariances = four.multi_predict(mean[None], covariance[None])
        theirs, whole = one.predict(theirs, whole)
        box = box + dice.normal(0, (2.0, 2.0, 0.02, 0.5))
        mean, covariance = four.update(means[0], covariances[0], box)
        theirs, whole = one.update(theirs, whole, box)
        assert mean == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        variances = np.diag(whole)
        assert covariance == pytest.approx(np.stack([variances[:4], np.diag(whole[:4, 4:]), variances[4:]]), rel=1e-9, abs=1e-12)
