"""An evaluation as one JSON object."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from detectors.evaluation.account import Crossed
from detectors.evaluation.compare import Evaluation, EventComparison
from detectors.evaluation.counts import CountError
from detectors.evaluation.intervals import IntervalScore
from detectors.evaluation.speeds import SpeedError
from detectors.evaluation.tracks import TrackScore


def facts(made: Evaluation) -> dict[str, Any]:
    """Numbers are rounded; what cannot be said is None."""
    window = made.rules.window
    return {
        "results": made.results.where, "truth": made.truth.where, "source": made.results.source,
        "within_s": made.rules.within_s, "from_s": window.from_s,
        "until_s": window.until_s if math.isfinite(window.until_s) else None,
        "events": None if made.events is None else _events(made.events),
        "intervals": None if made.intervals is None else _intervals(made.intervals),
        "tracks": None if made.tracks is None else _tracks(made.tracks, made.rules.least_iou),
        "speeds": _speeds(made.events.speeds if made.events is not None else None),
        "track_speeds": _speeds(made.track_speeds),
        "remarks": list(made.remarks)}


def count_row(row: CountError) -> dict[str, Any]:
    return {"counted": row.counted, "true": row.true, "error": row.error, "error_percent": _round(row.error_percent, 2),
            "geh": _round(row.geh, 3), "found": row.found}


def _events(made: EventComparison) -> dict[str, Any]:
    score, counted, true = made.score, made.aligned.counted, made.aligned.truth
    right = sum(n for (its, mine), n in made.confused.items() if its == mine)
    told = sum(made.confused.values())
    return {
        "counted": score.counted, "true": score.true, "hits": len(score.hits), "missed": len(score.missed),
        "extra": len(score.extra), "wrong_direction": len(score.wrong_direction), "precision": _round(score.precision, 4),
        "recall": _round(score.recall, 4), "f1": _round(score.f1, 4), "time_error_s": _round(made.time_error_s, 3),
        "total": count_row(made.total),
        **{f"by_{name}": {row.name: count_row(row) for row in rows} for name, rows in made.tables.items()},
        "class_right_share": _round(right / told, 4) if told else None,
        "classes": [{"true": its, "counted": mine, "hits": n} for (its, mine), n in sorted(made.confused.items())],
        "missed_events": _listed(true[t] for t in score.missed),
        "extra_events": [{**_event(counted[c]), "wrong_direction": c in score.wrong_direction} for c in score.extra]}


def _listed(events: Iterable[Crossed]) -> list[dict[str, Any]]:
    return [_event(event) for event in events]


def _event(event: Crossed) -> dict[str, Any]:
    return {"frame": event.frame, "time_s": _round(event.time_s or 0.0, 3), "line": event.line, "lane": event.lane,
            "direction": event.direction, "class": event.kind}


def _intervals(made: IntervalScore) -> dict[str, Any]:
    rows = [i.count_error for i in made.intervals]
    return {
        "rows": [{"start_s": i.row.start_s, "end_s": i.row.end_s, "line": i.row.line, "lane": i.row.lane,
                  "direction": i.row.direction, "class": i.row.kind, **count_row(row)}
                 for i, row in zip(made.intervals, rows, strict=True)],
        "total": count_row(made.totals("")[0]),
        **{f"by_{name}": {row.name: count_row(row) for row in found}
           for name, by in (("line", "line"), ("direction", "direction"), ("lane", "lane"), ("class", "kind"))
           if (found := made.totals(by))},
        "geh_below_5_share": _round(made.good_share, 4)}


def _tracks(score: TrackScore, least_iou: float) -> dict[str, Any]:
    return {
        "least_iou": least_iou, "mota": _round(score.mota, 4), "motp": _round(score.motp, 4), "idf1": _round(score.idf1, 4),
        "id_precision": _round(score.id_precision, 4), "id_recall": _round(score.id_recall, 4), "id_switches": score.id_switches,
        "true_boxes": score.true_boxes, "counted_boxes": score.counted_boxes, "matches": score.matches, "missed": score.missed,
        "extra": score.extra, "true_tracks": score.true_tracks, "counted_tracks": score.counted_tracks,
        "mostly_tracked": score.mostly_tracked, "mostly_lost": score.mostly_lost}


def _speeds(made: SpeedError | None) -> dict[str, Any] | None:
    if made is None:
        return None
    return {"pairs": made.pairs, "mean_abs_kmh": _round(made.mean_abs_kmh, 3), "median_abs_kmh": _round(made.median_abs_kmh, 3),
            "bias_kmh": _round(made.bias_kmh, 3), "mean_abs_percent": _round(made.mean_abs_percent, 2),
            "within_5_percent_share": _round(made.close_share, 4)}


def _round(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None
