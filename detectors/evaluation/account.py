"""One account of what passed a camera: what ``mourour count`` says, or what a person or another program says did happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.counting.line import Direction
from detectors.vision.road_users import RoadUser

LARGEST = 1e9
"""No frame, second, pixel or count is beyond this; what is, is a slip of the pen."""


class Crossed(NamedTuple):
    """Somebody crossed a line: in which image, or when, or both. ``frame`` counts from 0; None is not known."""

    frame: int | None
    time_s: float | None
    direction: Direction | None = None
    line: str | None = None
    lane: str | None = None
    kind: RoadUser | None = None
    speed_mps: float | None = None
    track: int | None = None


class CountRow(NamedTuple):
    """How many passed between two moments; None means all lines, lanes, directions or kinds together. ``where`` it stands."""

    start_s: float
    end_s: float
    passed: int
    where: str
    line: str | None = None
    lane: str | None = None
    direction: Direction | None = None
    kind: RoadUser | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TrackTable:
    """Boxes of tracks, one a row. ``frames`` (N,) from 0; ``tracks`` (N,); ``boxes`` (N, 4) left, top, right, bottom in pixels;
    ``speeds_mps`` (N,), nan where none is known. A track has one box in a frame."""

    frames: NDArray[np.int64]
    tracks: NDArray[np.int64]
    boxes: NDArray[np.float64]
    speeds_mps: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> TrackTable:
        return TrackTable(self.frames[which], self.tracks[which], self.boxes[which], self.speeds_mps[which])


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """``where`` it was read. What is None is not in it: a list of counts has no events, and events have no tracks."""

    where: str
    source: str | None = None
    """The clip or camera it is about."""
    fps: float | None = None
    frames: int | None = None
    duration_s: float | None = None
    events: tuple[Crossed, ...] | None = None
    rows: tuple[CountRow, ...] | None = None
    tracks: TrackTable | None = None
    remarks: tuple[str, ...] = field(default=())

    @property
    def lasts_s(self) -> float | None:
        """How long it is, from its duration or its frames."""
        if self.duration_s is not None:
            return self.duration_s
        return self.frames / self.fps if self.frames is not None and self.fps else None
