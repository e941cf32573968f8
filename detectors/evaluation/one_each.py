"""Tracks that are at two places in one frame, taken apart: OTVision's files have them where its tracker gave one number twice."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable

import numpy as np
from scipy.optimize import linear_sum_assignment

from detectors.evaluation.track_rows import TrackRow


def one_each(rows: Iterable[TrackRow]) -> tuple[list[TrackRow], int]:
    """``rows`` with one box of each track in a frame, and how many tracks had more. Of such a track each box goes on from the
    nearest of the frame before in which it was; the second and further ones are tracks ``(track, 1)`` and so on."""
    told = list(rows)
    of_track: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, row in enumerate(told):
        of_track[row.track].append(number)
    twice = 0
    for track, numbers in of_track.items():
        frames = {told[i].frame for i in numbers}
        # The same box twice is a fault of the file, which is said where tracks are put together.
        if len(frames) < len(numbers) == len({(told[i].frame, _middle(told[i])) for i in numbers}):
            twice += 1
            _part(told, track, numbers)
    return told, twice


def _part(told: list[TrackRow], track: Hashable, numbers: list[int]) -> None:
    of_frame: defaultdict[int, list[int]] = defaultdict(list)
    for i in numbers:
        of_frame[told[i].frame].append(i)
    last: list[TrackRow] = []
    for frame in sorted(of_frame):
        here = of_frame[frame]
        for i, chain in zip(here, _continued([told[i] for i in here], last), strict=True):
            last[chain:chain + 1] = [told[i]]
            if chain:
                told[i] = told[i]._replace(track=(track, chain))


def _continued(here: list[TrackRow], last: list[TrackRow]) -> list[int]:
    """Which of ``last`` each box goes on from; the next number where it is a new one."""
    way_px = np.array([[math.dist(_middle(row), _middle(before)) for before in last] for row in here]).reshape(len(here), -1)
    goes_on = {int(i): int(j) for i, j in zip(*linear_sum_assignment(way_px), strict=True)}
    new = iter(range(len(last), len(last) + len(here)))
    return [goes_on[i] if i in goes_on else next(new) for i in range(len(here))]


def _middle(row: TrackRow) -> tuple[float, float]:
    return (row.left + row.right) / 2, (row.top + row.bottom) / 2
