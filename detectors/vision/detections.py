"""What a detector found in one image, and what anything must do to be a detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.vision.road_users import NUMBER, RoadUser

LEAST_SCORE = 0.1
"""ByteTrack's lower threshold: what scores less is of no use to it."""
OVERLAP = 0.6
"""Boxes that share more of their union are the same vehicle, whatever two names a model has for it (car, truck)."""
Image = NDArray[np.uint8]
"""Height × width × 3, blue-green-red, as OpenCV has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """``boxes`` (N, 4) left, top, right, bottom in pixels; ``scores`` (N,) 0 to 1; ``kinds`` (N,) numbers of
    :data:`~detectors.vision.road_users.ROAD_USERS`."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    kinds: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Detections:
        return Detections(self.boxes[which], self.scores[which], self.kinds[which])

    @classmethod
    def none(cls) -> Detections:
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))


class Detector(Protocol):
    """Finds road users in images of any size, one after another, from one fixed camera."""

    @property
    def name(self) -> str: ...

    @property
    def classifies(self) -> bool:
        """Whether it tells cars from buses; else everything that drives is a ``vehicle``."""

    @property
    def at_once(self) -> int:
        """So many images may be given to it side by side, by as many threads; 1 where each is judged by those before it."""

    def detect(self, image: Image) -> Detections: ...

    def forget(self) -> None:
        """The next image is of another view: nothing learnt from earlier ones holds."""


RIDDEN = (NUMBER[RoadUser.BICYCLE], NUMBER[RoadUser.MOTORCYCLE])


def without_riders(found: Detections) -> Detections:
    """``found`` without people who sit on a bicycle or motorcycle: they are one road user with it.

    A person is a rider where more than a third of the person's box lies over the machine's and the feet are no lower than
    its wheels by more than a tenth of its height.
    """
    people = np.flatnonzero(found.kinds == NUMBER[RoadUser.PEDESTRIAN])
    machines = found.boxes[np.isin(found.kinds, RIDDEN)]
    if not len(people) or not len(machines):
        return found
    p = found.boxes[people][:, None, :]
    m = machines[None, :, :]
    wide = np.minimum(p[..., 2], m[..., 2]) - np.maximum(p[..., 0], m[..., 0])
    high = np.minimum(p[..., 3], m[..., 3]) - np.maximum(p[..., 1], m[..., 1])
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    area = (p[..., 2] - p[..., 0]) * (p[..., 3] - p[..., 1])
    above = p[..., 3] <= m[..., 3] + 0.1 * (m[..., 3] - m[..., 1])
    riders = ((shared > area / 3) & above).any(axis=1)
    keep = np.ones(len(found), bool)
    keep[people[riders]] = False
    return found[keep]
