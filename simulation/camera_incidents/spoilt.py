"""What happens to the camera itself, made on purpose: turned away, and covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detectors.incidents.incident import IncidentKind
from detectors.incidents.score import Wanted
from detectors.vision.detections import Image
from simulation.camera_incidents.seen import Body

OVER_S = 20.0
"""It is over for the watch some seconds after it is over: views are given time to settle."""
COVER = (92, 90, 88)


@dataclass
class _ForAWhile:
    """It lasts ``lasts_s`` from ``at_s`` on, and changes nothing on the road."""

    at_s: float
    lasts_s: float

    def step(self, api: Any, time_s: float) -> list[Body]:
        return []

    def _over(self, time_s: float) -> bool:
        """Whether it is over, or has not begun."""
        return not self.at_s <= time_s < self.at_s + self.lasts_s


@dataclass
class CameraTurned(_ForAWhile):
    """Somebody knocks against the mast: all is ``share`` of the image's width further to one side."""

    share: float

    def spoil(self, image: Image, time_s: float, number: int) -> Image:
        if self._over(time_s):
            return image
        by = round(self.share * image.shape[1])
        moved = np.roll(image, by, axis=1)
        # What comes in from the side is not known: the edge goes on.
        if by > 0:
            moved[:, :by] = image[:, :1]
        elif by < 0:
            moved[:, by:] = image[:, -1:]
        return moved

    def wanted(self) -> list[Wanted]:
        return [Wanted(IncidentKind.CAMERA_MOVED, self.at_s, self.at_s + self.lasts_s + OVER_S)]


@dataclass
class CameraCovered(_ForAWhile):
    """A bag hangs before the lens."""

    def spoil(self, image: Image, time_s: float, number: int) -> Image:
        if self._over(time_s):
            return image
        noise = np.random.default_rng(number).normal(0.0, 1.5, (*image.shape[:2], 1))
        return np.clip(noise + COVER, 0, 255).astype(np.uint8)

    def wanted(self) -> list[Wanted]:
        end_s = self.at_s + self.lasts_s + OVER_S
        # A covered camera has also lost its view.
        return [Wanted(IncidentKind.CAMERA_BLINDED, self.at_s, end_s),
                Wanted(IncidentKind.CAMERA_MOVED, self.at_s, end_s, optional=True)]


Spoiler = CameraTurned | CameraCovered
