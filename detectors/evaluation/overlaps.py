"""Which boxes of one account lie over which of the other, in the same image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.evaluation.account import TrackTable

_AT_ONCE = 2_000_000
"""Pairs of boxes looked at together; memory stays below 200 MB."""


Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


class Overlaps(NamedTuple):
    """Pairs of rows (``true``, ``counted``) of one frame with their intersection over union, by frame."""

    true: NDArray[np.int64]
    counted: NDArray[np.int64]
    iou: NDArray[np.float64]


def overlaps(truth: TrackTable, counted: TrackTable, least_iou: float) -> Overlaps:
    """All pairs that share ``least_iou`` or more of what they cover together; both tables must be sorted by frame."""
    found = [_over(truth, counted, pairs, least_iou) for pairs in _pairs_of_frames(truth.frames, counted.frames)]
    if not found:
        none = np.empty(0, np.int64)
        return Overlaps(none, none, np.empty(0))
    return Overlaps(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _pairs_of_frames(one: NDArray[np.int64], other: NDArray[np.int64]) -> Iterator[Pairs]:
    """Rows (i, j) of the same frame, a handful of frames at a time."""
    first, last = np.searchsorted(other, one, "left"), np.searchsorted(other, one, "right")
    partners = last - first
    ends = np.cumsum(partners)
    begin = 0
    while begin < len(one):
        before = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
        here = partners[begin:end]
        i = np.repeat(np.arange(begin, end), here)
        within = np.arange(len(i)) - np.repeat(np.cumsum(here) - here, here)
        yield i, np.repeat(first[begin:end], here) + within
        begin = end


def _over(truth: TrackTable, counted: TrackTable, pairs: Pairs, least_iou: float) -> Overlaps:
    i, j = pairs
    a, b = truth.boxes[i], counted.boxes[j]
    wide = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    high = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    shared = np.clip(wide, 0.0, None) * np.clip(high, 0.0, None)
    iou = shared / (_area(a) + _area(b) - shared)
    # A share that is met exactly is met, whichever way the last bit fell.
    keep = iou >= max(least_iou - 1e-9, 1e-9)
    return Overlaps(i[keep], j[keep], iou[keep])


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
