"""Everything that two accounts allow to be compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, Crossed, TrackTable
from detectors.evaluation.align import Aligned, Names, Window, align_events, lanes_agree, rate_of
from detectors.evaluation.counts import CountError, count_errors, total_error
from detectors.evaluation.events import WITHIN_S, EventScore, ScoredEvent, score_events
from detectors.evaluation.intervals import IntervalScore, score_intervals
from detectors.evaluation.speeds import SpeedError, event_speed_error, track_speed_error
from detectors.evaluation.tracks import LEAST_IOU, TrackScore, by_frame, score_tracks
from detectors.vision.road_users import RoadUser

UNTOLD = (None, RoadUser.VEHICLE)
"""``vehicle`` is what a detector says, or a person, that tells no classes; it contradicts none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``within_s``: a counted event and a true one so near in time are the same. ``least_iou``: two boxes that share so much are
    the same. ``fps``: images a second, whatever the two sides say."""

    within_s: float = WITHIN_S
    least_iou: float = LEAST_IOU
    names: Names = field(default_factory=Names)
    window: Window = field(default_factory=Window)
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class EventComparison:
    """``tables`` of count errors by what they are told apart by: ``line``, ``direction``, ``lane``, ``class``. ``confused``:
    (true class, counted class) of the hits, how often."""

    aligned: Aligned
    score: EventScore
    total: CountError
    tables: dict[str, tuple[CountError, ...]]
    confused: dict[tuple[str, str], int]
    time_error_s: float
    """Mean of the absolute difference over the hits; nan without any."""
    speeds: SpeedError | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is None could not be compared, because one side does not have it."""

    results: Account
    truth: Account
    rules: Rules
    events: EventComparison | None
    intervals: IntervalScore | None
    tracks: TrackScore | None
    track_speeds: SpeedError | None
    remarks: tuple[str, ...]

    @property
    def f1(self) -> float | None:
        return self.events.score.f1 if self.events is not None else None


def compare(results: Account, truth: Account, rules: Rules) -> Evaluation:
    """Raises :class:`EvaluationError` where nothing can be compared, or what is compared is not of the same thing."""
    if not (truth.events or truth.rows or truth.tracks):
        raise EvaluationError("it has no event in it", where=truth.where, mend="a truth without events says nothing")
    remarks = [*results.remarks, *truth.remarks]
    events = intervals = tracks = speeds = None
    if truth.events and results.events is not None:
        events = _compare_events(results, truth, rules, remarks)
    if truth.rows and results.events is not None:
        intervals = score_intervals(results, truth, rules.names, rules.window, rules.fps)
        remarks += intervals.remarks
    if truth.tracks and results.tracks is not None:
        ours, theirs = _same_images(results, truth, rules, remarks)
        tracks, matches = score_tracks(ours, theirs, rules.least_iou)
        speeds = track_speed_error(by_frame(ours), by_frame(theirs), matches)
    if events is None and intervals is None and tracks is None:
        has = "tracks" if truth.tracks else "events"
        raise EvaluationError(f"the truth has {has}, and the results have none", where=results.where,
                              mend="give the folder of mourour count --out" if has == "tracks" else None)
    return Evaluation(results, truth, rules, events, intervals, tracks, speeds, tuple(dict.fromkeys(remarks)))


def _compare_events(results: Account, truth: Account, rules: Rules, remarks: list[str]) -> EventComparison:
    aligned = align_events(results, truth, rules.names, rules.window, rules.fps)
    remarks += aligned.remarks
    counted, true = aligned.counted, aligned.truth
    score = score_events([_scored(e) for e in counted], [_scored(e) for e in true], rules.within_s)
    lasts_s = _lasts_s(results, truth, rules)
    keys: dict[str, Callable[[Crossed], str | None]] = {
        "line": lambda e: e.line, "direction": lambda e: e.direction, "lane": lambda e: e.lane, "class": lambda e: e.kind}
    tables = {}
    for name, key in keys.items():
        rows = count_errors(counted, true, score, key, lasts_s)
        one_line = name == "line" and len(rows) == 1
        no_class = name == "class" and all(event.kind in UNTOLD for event in true)
        if any(row.true for row in rows) and not one_line and not no_class:
            tables[name] = rows
    if "lane" in tables and counted and not lanes_agree(counted, true):
        remarks.append("the two sides name no lane in common (--lane): of lanes it is only said how many true events were found")
        tables["lane"] = _only_found(tables["lane"])
    if "class" in tables and counted and all(e.kind in UNTOLD for e in counted):
        remarks.append("the detector tells no classes: of these it is only said how many true events were found")
        tables["class"] = _only_found(tables["class"])
    confused: dict[tuple[str, str], int] = {}
    for c, t in score.hits:
        mine, its = counted[c].kind, true[t].kind
        if mine not in UNTOLD and its not in UNTOLD:
            confused[str(its), str(mine)] = confused.get((str(its), str(mine)), 0) + 1
    apart = [abs((counted[c].time_s or 0.0) - (true[t].time_s or 0.0)) for c, t in score.hits]
    return EventComparison(aligned, score, total_error(score, lasts_s), tables, confused,
                           sum(apart) / len(apart) if apart else math.nan,
                           event_speed_error(counted, true, score, results, rules.fps))


def _only_found(rows: tuple[CountError, ...]) -> tuple[CountError, ...]:
    return tuple(row._replace(counted=None) for row in rows if row.true)


def _scored(event: Crossed) -> ScoredEvent:
    kind = None if event.kind in UNTOLD else event.kind
    return ScoredEvent(event.time_s if event.time_s is not None else math.nan, event.direction, event.line, event.lane, kind)


def _lasts_s(results: Account, truth: Account, rules: Rules) -> float | None:
    """How long was counted: the results' length, as much of it as is in the window."""
    whole_s = results.lasts_s or truth.lasts_s
    until_s = rules.window.until_s if whole_s is None else min(rules.window.until_s, whole_s)
    lasts_s = until_s - rules.window.from_s
    return lasts_s if 0.0 < lasts_s < math.inf else None


def _same_images(results: Account, truth: Account, rules: Rules, remarks: list[str]) -> tuple[TrackTable, TrackTable]:
    """Tracks of the images that both sides looked at, numbered one after another."""
    ours, theirs = results.tracks, truth.tracks
    assert ours is not None and theirs is not None
    fps = rules.fps or truth.fps or rate_of(results)
    if fps is not None:
        first, last = rules.window.from_s * fps, rules.window.until_s * fps
        ours, theirs = (side[(side.frames >= first) & (side.frames < last)] for side in (ours, theirs))
    elif rules.window != Window():
        raise EvaluationError("nobody says how many images make a second", where=results.where, mend="--fps 25, or as it is")
    if not len(theirs):
        raise EvaluationError("it has no track in the window", where=truth.where, mend="check --from and --until")
    frames = np.unique(theirs.frames)
    step = int(np.gcd.reduce(np.diff(frames))) if len(frames) > 1 else 1
    if step > 1:
        remarks.append(f"only every {step}th image has true boxes; the others are left out")
        ours = ours[(ours.frames - frames[0]) % step == 0]
    # Results that looked at some images only number them as the clip does, and have fewer.
    last_counted = max((results.frames or 1) - 1, int(ours.frames.max(initial=0)))
    if frames[-1] < 0.9 * last_counted:
        remarks.append(f"true boxes end at image {frames[-1]} of {last_counted}; what was seen later counts as extra (--until)")
    if frames[-1] > last_counted:
        remarks.append(f"true boxes go on to image {frames[-1]}, results end at image {last_counted}: the rest counts as missed")
    return _renumbered(ours, int(frames[0]), step), _renumbered(theirs, int(frames[0]), step)


def _renumbered(table: TrackTable, first: int, step: int) -> TrackTable:
    return TrackTable((table.frames - first) // step, table.tracks, table.boxes, table.speeds_mps)
