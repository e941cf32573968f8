"""How wrong speeds are, where the truth has any (a radar, a car with a logger, a rendered street)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detectors.evaluation.account import Account, Crossed, TrackTable
from detectors.evaluation.align import rate_of
from detectors.evaluation.events import EventScore
from detectors.evaluation.tracks import Match

AROUND_S = 0.5
"""A crossing's speed is the median of its track's so long before and after it."""
CLOSE_SHARE = 0.05
SLOWEST_MPS = 5.0 / 3.6
"""Slower than this (a queue's speed) nobody drives; shares of such a speed say nothing."""
KMH = 3.6


@dataclass(frozen=True, slots=True)
class SpeedError:
    """Over ``pairs`` of a measured and a true speed. ``mean_abs_percent`` and ``close_share`` over those that move."""

    pairs: int
    mean_abs_kmh: float
    median_abs_kmh: float
    bias_kmh: float
    """Measured less true, mean."""
    mean_abs_percent: float
    close_share: float
    """Within 5 % of the true speed."""


def speed_error(measured_mps: ArrayLike, true_mps: ArrayLike) -> SpeedError | None:
    """None where no pair has both; nan is no speed."""
    measured, true = np.asarray(measured_mps, np.float64), np.asarray(true_mps, np.float64)
    both = np.isfinite(measured) & np.isfinite(true)
    measured, true = measured[both], true[both]
    if not len(true):
        return None
    off = measured - true
    moving = true >= SLOWEST_MPS
    share = np.abs(off[moving]) / true[moving]
    return SpeedError(len(true), KMH * float(np.abs(off).mean()), KMH * float(np.median(np.abs(off))), KMH * float(off.mean()),
                      100.0 * float(share.mean()) if moving.any() else float("nan"),
                      float((share <= CLOSE_SHARE + 1e-9).mean()) if moving.any() else float("nan"))


def event_speed_error(counted: Sequence[Crossed], truth: Sequence[Crossed], score: EventScore, results: Account,
                      fps: float | None) -> SpeedError | None:
    """Of the hits. A counted event without a speed has that of its track around the crossing."""
    tracks = _Tracks(results.tracks) if results.tracks is not None else None
    around = round(AROUND_S * (fps or rate_of(results) or 25.0))
    measured, true = [], []
    for c, t in score.hits:
        event, told = counted[c], truth[t].speed_mps
        if told is None:
            continue
        mine = event.speed_mps
        if mine is None and tracks is not None and event.track is not None and event.frame is not None:
            mine = tracks.speed_mps(event.track, event.frame, around)
        if mine is not None:
            measured.append(mine)
            true.append(told)
    return speed_error(measured, true)


def track_speed_error(counted: TrackTable, truth: TrackTable, matches: Sequence[Match]) -> SpeedError | None:
    """Of matched boxes; both tables sorted as :func:`~detectors.evaluation.tracks.by_frame` does."""
    pairs = np.array(matches, np.int64).reshape(-1, 2)
    return speed_error(counted.speeds_mps[pairs[:, 1]], truth.speeds_mps[pairs[:, 0]])


class _Tracks:
    def __init__(self, table: TrackTable) -> None:
        order = np.lexsort((table.frames, table.tracks))
        self.tracks, self.frames, self.speeds_mps = table.tracks[order], table.frames[order], table.speeds_mps[order]

    def speed_mps(self, track: int, frame: int, around: int) -> float | None:
        first, last = np.searchsorted(self.tracks, [track, track + 1])
        here = slice(first + np.searchsorted(self.frames[first:last], frame - around, "left"),
                     first + np.searchsorted(self.frames[first:last], frame + around, "right"))
        known = self.speeds_mps[here][np.isfinite(self.speeds_mps[here])]
        return float(np.median(known)) if len(known) else None
