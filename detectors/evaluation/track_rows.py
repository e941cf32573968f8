"""Boxes of tracks from wherever they were read, checked and put into arrays."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np

from detectors.errors import EvaluationError
from detectors.evaluation.account import LARGEST, TrackTable

MOST_BOXES = 20_000_000


class TrackRow(NamedTuple):
    """One box of one track, in pixels, and ``at`` which place of the file it stands."""

    frame: int
    track: Hashable
    left: float
    top: float
    right: float
    bottom: float
    at: str
    speed_mps: float = math.nan


def track_table(rows: Iterable[TrackRow], where: str) -> TrackTable:
    """Raises :class:`EvaluationError` for no rows, a box that is none, and a track that is at two places in one frame."""
    numbers: dict[Hashable, int] = {}
    seen: dict[tuple[int, int], str] = {}
    frames: list[int] = []
    tracks: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    speeds: list[float] = []
    for row in rows:
        if not all(-LARGEST <= value <= LARGEST for value in row[2:6]):
            raise EvaluationError(f"{row.at}: a side of the box is no number within reason", where=where)
        if not (row.right > row.left and row.bottom > row.top):
            raise EvaluationError(f"{row.at}: the box is {row.right - row.left:g} × {row.bottom - row.top:g} pixels", where=where)
        track = numbers.setdefault(row.track, len(numbers))
        before = seen.setdefault((row.frame, track), row.at)
        if before != row.at:
            raise EvaluationError(f"{row.at}: track {row.track} is in frame {row.frame} already, at {before}", where=where,
                                  mend="a track has one box in a frame")
        if len(frames) >= MOST_BOXES:
            raise EvaluationError(f"more than {MOST_BOXES} boxes", where=where, mend="take a part of it")
        frames.append(row.frame)
        tracks.append(track)
        boxes.append((row.left, row.top, row.right, row.bottom))
        speeds.append(row.speed_mps)
    if not frames:
        raise EvaluationError("there is no track in it", where=where, mend="every frame's boxes are needed, with their track")
    return TrackTable(np.array(frames, np.int64), np.array(tracks, np.int64), np.array(boxes, np.float64).reshape(-1, 4),
                      np.array(speeds, np.float64))
