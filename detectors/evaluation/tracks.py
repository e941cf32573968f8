"""How well tracks follow: the CLEAR MOT measures and IDF1.

CLEAR MOT (Bernardin and Stiefelhagen, EURASIP Journal on Image and Video Processing, 2008) asks of every image whether each road
user was found and kept its number; IDF1 (Ristani et al., ECCV Workshops, 2016) asks over the whole length how much of each road
user's way one number accompanied. Vehicles' kinds play no part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.errors import EvaluationError
from detectors.evaluation.account import TrackTable
from detectors.evaluation.overlaps import Overlaps, overlaps
from detectors.evaluation.pairing import best_pairs

LEAST_IOU = 0.5
"""Two boxes are of the same road user where they share half of what they cover together (MOTChallenge)."""
MOSTLY = 0.8
"""Mostly tracked: found in so much of its time; mostly lost: in no more than the rest of it (Li et al., CVPR 2009)."""


class Match(NamedTuple):
    """Rows of the two tables, sorted by frame and track, that are the same road user in the same image."""

    true: int
    counted: int


@dataclass(frozen=True, slots=True)
class TrackScore:
    """Numbers of boxes unless a name says otherwise."""

    true_boxes: int
    counted_boxes: int
    matches: int
    id_switches: int
    id_matches: int
    """Boxes that the best pairing of whole tracks has in common (IDTP)."""
    iou_sum: float
    true_tracks: int
    counted_tracks: int
    mostly_tracked: int
    mostly_lost: int

    @property
    def missed(self) -> int:
        return self.true_boxes - self.matches

    @property
    def extra(self) -> int:
        return self.counted_boxes - self.matches

    @property
    def mota(self) -> float:
        """1 - (missed + extra + switches) / true boxes; it can be far below 0."""
        return 1.0 - (self.missed + self.extra + self.id_switches) / self.true_boxes if self.true_boxes else math.nan

    @property
    def motp(self) -> float:
        """Mean intersection over union of what was matched, so that 1 is perfect."""
        return self.iou_sum / self.matches if self.matches else math.nan

    @property
    def idf1(self) -> float:
        """2 IDTP / (true boxes + counted boxes)."""
        both = self.true_boxes + self.counted_boxes
        return 2.0 * self.id_matches / both if both else math.nan

    @property
    def id_precision(self) -> float:
        return self.id_matches / self.counted_boxes if self.counted_boxes else math.nan

    @property
    def id_recall(self) -> float:
        return self.id_matches / self.true_boxes if self.true_boxes else math.nan


def by_frame(table: TrackTable) -> TrackTable:
    """The same rows, sorted by frame and track."""
    return table[np.lexsort((table.tracks, table.frames))]


def score_tracks(counted: TrackTable, truth: TrackTable, least_iou: float = LEAST_IOU) -> tuple[TrackScore, tuple[Match, ...]]:
    """Compare tracks frame by frame; gives the score and who was matched with whom, as rows of ``by_frame`` of each table.

    Raises :class:`EvaluationError` for a share that is none.
    """
    if not 0.0 < least_iou <= 1.0:
        raise EvaluationError(f"{least_iou:g} is no share of two boxes", where="iou", mend="for example 0.5")
    truth, counted = by_frame(truth), by_frame(counted)
    near = overlaps(truth, counted, least_iou)
    matches, ious, switches = _frame_by_frame(truth, counted, near)
    id_matches = _whole_tracks(truth, counted, near)
    lengths = np.unique(truth.tracks, return_counts=True)[1] if len(truth) else np.empty(0, np.int64)
    found = np.zeros(len(truth), bool)
    found[[match.true for match in matches]] = True
    _, of_track = np.unique(truth.tracks, return_inverse=True)
    shares = np.bincount(of_track, found, len(lengths)) / np.maximum(lengths, 1)
    score = TrackScore(len(truth), len(counted), len(matches), switches, id_matches, float(ious), len(lengths),
                       len(np.unique(counted.tracks)), int((shares >= MOSTLY - 1e-9).sum()),
                       int((shares <= 1.0 - MOSTLY + 1e-9).sum()))
    return score, matches


def _frame_by_frame(truth: TrackTable, counted: TrackTable, near: Overlaps) -> tuple[tuple[Match, ...], float, int]:
    """Whoever was matched in the image before and still overlaps stays together; the others are paired by overlap."""
    contested = (np.bincount(near.true, minlength=len(truth))[near.true] > 1) | (
        np.bincount(near.counted, minlength=len(counted))[near.counted] > 1)
    frames = truth.frames[near.true]
    starts = np.flatnonzero(np.diff(frames, prepend=-1))
    matches: list[Match] = []
    partner: dict[int, int] = {}
    before: dict[int, int] = {}
    before_frame, iou_sum, switches = -2, 0.0, 0
    # Plain lists: the loop reads single values, which arrays are slow at.
    true_rows, counted_rows, ious = near.true.tolist(), near.counted.tolist(), near.iou.tolist()
    true_ids, counted_ids = truth.tracks[near.true].tolist(), counted.tracks[near.counted].tolist()
    for start, end in pairwise([*starts.tolist(), len(frames)]):
        frame = int(frames[start])
        kept = before if frame == before_frame + 1 else {}
        here = range(start, end)
        if contested[start:end].any():
            # One that stays together outweighs all overlaps of the image, each of which is 1 at most.
            worth = np.array([ious[k] + (end - start) * (kept.get(true_ids[k]) == counted_ids[k]) for k in here])
            place = {(true_rows[k], counted_rows[k]): k for k in here}
            low_t, low_c = true_rows[start], min(counted_rows[start:end])
            pairs = best_pairs(near.true[start:end] - low_t, near.counted[start:end] - low_c, worth)
            chosen = [place[t + low_t, c + low_c] for t, c in pairs]
        else:
            chosen = list(here)
        before, before_frame = {}, frame
        for k in chosen:
            matches.append(Match(true_rows[k], counted_rows[k]))
            iou_sum += ious[k]
            switches += partner.get(true_ids[k], counted_ids[k]) != counted_ids[k]
            partner[true_ids[k]] = before[true_ids[k]] = counted_ids[k]
    return tuple(matches), iou_sum, switches


def _whole_tracks(truth: TrackTable, counted: TrackTable, near: Overlaps) -> int:
    """Boxes in common, where each true track is given one counted track for its whole length."""
    if not len(near.true):
        return 0
    one, other = _numbered(truth.tracks[near.true]), _numbered(counted.tracks[near.counted])
    pairs, together = np.unique(np.stack([one, other], axis=1), axis=0, return_counts=True)
    common = {(int(t), int(c)): int(n) for (t, c), n in zip(pairs, together, strict=True)}
    return sum(common[pair] for pair in best_pairs(pairs[:, 0], pairs[:, 1], together.astype(np.float64)))


def _numbered(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = np.unique(ids, return_inverse=True)[1]
    return numbers
