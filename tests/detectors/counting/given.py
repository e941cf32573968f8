"""A detector that finds nothing itself, and what tests give :meth:`CameraCounter.see` in its place."""

from __future__ import annotations

import numpy as np

from detectors.vision.detections import Detections, Image
from detectors.vision.road_users import NUMBER, RoadUser


class Given:
    """Boxes are of a model, or, where it does not classify, blobs."""

    name, at_once = "given", 1

    def __init__(self, *, classifies: bool = True) -> None:
        self.classifies = classifies

    def detect(self, image: Image) -> Detections:
        return Detections.none()

    def forget(self) -> None:
        pass


def one(kind: RoadUser, x: float, y: float, width: float, height: float) -> Detections:
    """With the middle of its box at (x, y)."""
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return Detections(np.array([box], np.float32), np.full(1, 0.8, np.float32), np.full(1, NUMBER[kind], np.int16))
