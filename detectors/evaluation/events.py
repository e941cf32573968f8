"""Counted crossings against those that happened: who was found, missed, invented, or sent the wrong way.

Totals hide errors: one vehicle missed and one counted twice make a perfect total. So each counted event is given at most one
true event, and each true event at most one counted: the pairing with the most pairs and, among those, with the least time
between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detectors.counting.line import Direction
from detectors.errors import EvaluationError
from detectors.evaluation.pairing import best_pairs
from detectors.vision.road_users import RoadUser

WITHIN_S = 0.6
"""So far apart in time, a counted event and a true one are still the same crossing."""
LANE_SHARE, KIND_SHARE = 1.0, 0.5
"""A pair of two lanes, or of two kinds, is held to be so much of the window further apart. It decides who is paired with whom
where vehicles cross side by side, never how many pairs there are."""
MOST_PAIRS = 2_000_000
"""Counted and true events that lie within a window of one another; a window that holds more is none."""


class ScoredEvent(NamedTuple):
    """Somebody crossed a line. What is None is not known, and agrees with everything."""

    time_s: float
    direction: Direction | None = None
    line: str | None = None
    lane: str | None = None
    kind: RoadUser | None = None


@dataclass(frozen=True, slots=True)
class EventScore:
    """What came of a comparison. Numbers are places in the two sequences that were compared."""

    hits: tuple[tuple[int, int], ...]
    """(counted, true): the same line, the same direction, within the window."""
    extra: tuple[int, ...]
    """Counted, and no hit: false positives."""
    missed: tuple[int, ...]
    """True, and no hit: false negatives."""
    wrong_direction: tuple[int, ...]
    """Of ``extra``: the other way than a true event within the window on the same line, or a way that nobody went there."""

    @property
    def counted(self) -> int:
        return len(self.hits) + len(self.extra)

    @property
    def true(self) -> int:
        return len(self.hits) + len(self.missed)

    @property
    def precision(self) -> float:
        """Share of what was counted that happened; nan where nothing was counted."""
        return len(self.hits) / self.counted if self.counted else math.nan

    @property
    def recall(self) -> float:
        """Share of what happened that was counted; nan where nothing happened."""
        return len(self.hits) / self.true if self.true else math.nan

    @property
    def f1(self) -> float:
        """2 hits / (counted + true), the harmonic mean of precision and recall; nan where there is neither."""
        both = self.counted + self.true
        return 2.0 * len(self.hits) / both if both else math.nan


def score_events(counted: Sequence[ScoredEvent], truth: Sequence[ScoredEvent], within_s: float = WITHIN_S) -> EventScore:
    """Compare two lists of crossings, in any order, one to one.

    Raises :class:`EvaluationError` for a window that is negative or no number, a moment that is no number, or a window so wide
    that thousands of events fall into one.
    """
    if not (math.isfinite(within_s) and within_s >= 0.0):
        raise EvaluationError(f"a window of {within_s} s is none", where="within", mend="for example 0.6")
    for what, events in (("counted", counted), ("true", truth)):
        for place, event in enumerate(events):
            if not math.isfinite(event.time_s):
                raise EvaluationError(f"{what} event {place + 1} is at {event.time_s} s", mend="give its time or frame")
    near = _near(counted, truth, within_s)
    hits = _paired(counted, truth, [(c, t) for c, t in near if _same_way(counted[c], truth[t])], within_s)
    found, true_found = {c for c, _ in hits}, {t for _, t in hits}
    extra = tuple(c for c in range(len(counted)) if c not in found)
    missed = tuple(t for t in range(len(truth)) if t not in true_found)
    return EventScore(tuple(hits), extra, missed, _wrong_way(counted, truth, near, extra))


def _same_way(one: ScoredEvent, other: ScoredEvent) -> bool:
    return one.direction is None or other.direction is None or one.direction == other.direction


def _same_line(one: ScoredEvent, other: ScoredEvent) -> bool:
    return one.line is None or other.line is None or one.line == other.line


def _near(counted: Sequence[ScoredEvent], truth: Sequence[ScoredEvent], within_s: float) -> list[tuple[int, int]]:
    """All pairs (counted, true) of one line within the window, whatever their direction."""
    order = sorted(range(len(truth)), key=lambda t: truth[t].time_s)
    times_s = np.array([truth[t].time_s for t in order])
    # A frame's time in binary is a hair off; what is 0.6 s apart by the calendar of frames is within 0.6 s.
    reach_s = within_s + 1e-6
    asked_s = np.array([event.time_s for event in counted])
    first = np.searchsorted(times_s, asked_s - reach_s, "left")
    last = np.searchsorted(times_s, asked_s + reach_s, "right")
    if int((last - first).sum()) > MOST_PAIRS:
        raise EvaluationError(f"a window of {within_s:g} s holds thousands of events at once", where="within",
                              mend="take a window shorter than the time between vehicles")
    return [(c, t) for c, (a, b) in enumerate(zip(first, last, strict=True)) for t in order[a:b]
            if _same_line(counted[c], truth[t])]


def _paired(counted: Sequence[ScoredEvent], truth: Sequence[ScoredEvent], allowed: list[tuple[int, int]],
            within_s: float) -> list[tuple[int, int]]:
    """The most pairs of those allowed, the nearest of them."""
    if not allowed:
        return []
    apart = np.array([_apart(counted[c], truth[t], within_s) for c, t in allowed])
    rows, columns = np.array(allowed).T
    # One more pair outweighs all that the nearness of the others could save.
    return best_pairs(rows, columns, 1.0 + apart.max() * (min(len(counted), len(truth)) + 1) - apart)


def _apart(one: ScoredEvent, other: ScoredEvent, within_s: float) -> float:
    lanes = one.lane is not None and other.lane is not None and one.lane != other.lane
    kinds = one.kind is not None and other.kind is not None and one.kind != other.kind
    return abs(one.time_s - other.time_s) + (LANE_SHARE * lanes + KIND_SHARE * kinds) * within_s


def _wrong_way(counted: Sequence[ScoredEvent], truth: Sequence[ScoredEvent], near: list[tuple[int, int]],
               extra: tuple[int, ...]) -> tuple[int, ...]:
    against = {c for c, t in near if not _same_way(counted[c], truth[t])}
    agree = {c for c, t in near if _same_way(counted[c], truth[t])}
    ways: dict[str | None, set[Direction | None]] = {}
    for event in truth:
        ways.setdefault(event.line, set()).add(event.direction)

    def went(event: ScoredEvent) -> bool:
        """Whether anybody went this way over this line, or it cannot be told."""
        seen = {way for line, those in ways.items() if line is None or event.line in (None, line) for way in those}
        return event.direction is None or not seen or None in seen or event.direction in seen

    return tuple(c for c in extra if (c in against and c not in agree) or not went(counted[c]))
