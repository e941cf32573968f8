"""The ByteTrack of plain numbers gives what ultralytics' gives."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from ultralytics.trackers.byte_tracker import BYTETracker
from ultralytics.trackers.utils.kalman_filter import KalmanFilterXYAH

from detectors.vision.byte_track import SPEED, ByteTrack, Found, Settings, Track
from detectors.vision.detections import Detections

SETTINGS = Settings(high=0.25, low=0.1, new=0.3, match=0.8, keep=20)
THEIRS = SimpleNamespace(track_high_thresh=0.25, track_low_thresh=0.1, new_track_thresh=0.3, match_thresh=0.8, fuse_score=True,
                         track_buffer=20)


class _Boxes:
    """What ultralytics' trackers ask of their input: ``conf``, ``cls``, ``xywh`` and a mask to choose by."""

    def __init__(self, found: Detections) -> None:
        self._found = found
        self.conf, self.cls = found.scores, found.kinds

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, which: NDArray[np.bool_]) -> _Boxes:
        return _Boxes(self._found[which])

    @property
    def xywh(self) -> NDArray[np.float32]:
        boxes = self._found.boxes
        size = boxes[:, 2:] - boxes[:, :2]
        return np.hstack([boxes[:, :2] + size / 2, size])


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
def test_tracks_are_those_of_the_library(seed: int) -> None:
    light, own = ByteTrack(SETTINGS), BYTETracker(THEIRS)
    for found in traffic(seed, 120):
        rows = [(*t.box, t.number, t.score, t.kind) for t in light.update(found)]
        theirs = own.update(_Boxes(found)).reshape(-1, 8)[:, :7]
        assert [row[4] for row in rows] == theirs[:, 4].tolist()
        assert np.array(rows).reshape(-1, 7) == pytest.approx(theirs, abs=5e-3)
    assert max(row[4] for row in rows) > 12, "some were lost and begun anew"


def test_tracks_that_have_ended_are_forgotten() -> None:
    light = ByteTrack(SETTINGS)
    gc.collect()
    before = sum(type(o) is Track for o in gc.get_objects())
    numbers = set[int]()
    for image in range(300):
        # Somebody new in every second image, who is seen in two and then never again.
        x = 40.0 * (image // 2 % 16)
        box = np.array([[x, 10.0, x + 20.0, 30.0]], np.float32)
        numbers |= {t.number for t in light.update(Detections(box, np.array([0.9], np.float32), np.zeros(1, np.int16)))}
    gc.collect()
    assert len(numbers) > 100, "there were many"
    assert sum(type(o) is Track for o in gc.get_objects()) - before <= SETTINGS.keep + 5


def test_the_filter_is_the_library_s_to_the_last_digits() -> None:
    dice = np.random.default_rng(1)
    one = KalmanFilterXYAH()
    box = np.array([100.0, 80.0, 1.5, 40.0])
    track, (theirs, whole) = Track(1, found_at(box), 1, SPEED), one.initiate(box)
    for image in range(2, 200):
        track.predict()
        theirs, whole = one.predict(theirs, whole)
        box = box + dice.normal(0, (2.0, 2.0, 0.02, 0.5))
        track.see(found_at(box), image)
        theirs, whole = one.update(theirs, whole, box)
        assert track.at == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        variances = np.diag(whole)
        assert np.stack([track.own, track.both, track.its]) == pytest.approx(
            np.stack([variances[:4], np.diag(whole[:4, 4:]), variances[4:]]), rel=1e-9, abs=1e-12)


def found_at(box: NDArray[np.float64]) -> Found:
    """``box`` is middle x and y, aspect and height."""
    x, y, aspect, height = box.tolist()
    wide = aspect * height
    return Found((x - wide / 2, y - height / 2, x + wide / 2, y + height / 2), 0.9, 0)
