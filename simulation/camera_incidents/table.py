"""The figures of watched runs, as a table in Markdown and as an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectors.incidents.incident import IncidentKind
from detectors.incidents.score import KindScore
from simulation.camera_incidents.condition import Condition
from simulation.camera_incidents.measure import Watched, scores

HEAD = ("condition", "kind", "type", "happened", "told", "right", "twice", "precision", "recall", "told after")


def markdown(runs: Mapping[Condition, Sequence[Watched]]) -> str:
    """One row for each condition and kind; then the alarms of runs in which nothing was made to happen."""
    rows = [list(HEAD)]
    for condition, watched in runs.items():
        rows += [_row(condition, kind, one) for kind, one in scores([w for w in watched if w.made]).items()]
    quiet = [[str(condition), f"{sum(w.hours for w in calm):.1f}", str(sum(len(w.told) for w in calm)), _kinds(calm)]
             for condition, watched in runs.items() if (calm := [w for w in watched if not w.made])]
    text = _table(rows)
    if quiet:
        text += "\n\nRuns in which nothing was made to happen: every alarm is a false one.\n\n"
        text += _table([["condition", "hours", "false alarms", "of which"], *quiet])
    return text


def _row(condition: Condition, kind: IncidentKind, one: KindScore) -> list[str]:
    return [str(condition), kind.value.replace("_", " "), kind.french, str(one.wanted), str(one.told), str(one.right),
            str(one.twice), _share(one.precision), _share(one.recall), "–" if one.delay_s is None else f"{one.delay_s:.0f} s"]


def _kinds(runs: Sequence[Watched]) -> str:
    told = [i.kind for w in runs for i in w.told]
    return ", ".join(f"{told.count(kind)} {kind.value.replace('_', ' ')}" for kind in IncidentKind if kind in told) or "–"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([line(rows[0]), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows[1:])])


def as_dict(runs: Mapping[Condition, Sequence[Watched]]) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {"conditions": [{
        "eyes": condition.eyes, "signals": condition.signals, "seeds": [w.seed for w in watched if w.made],
        "kinds": [{"kind": kind.value, "happened": one.wanted, "told": one.told, "right": one.right, "twice": one.twice,
                   "precision": one.precision, "recall": one.recall, "told_after_s": one.delay_s}
                  for kind, one in scores([w for w in watched if w.made]).items()],
        "quiet": {"hours": sum(w.hours for w in watched if not w.made),
                  "false_alarms": sum(len(w.told) for w in watched if not w.made)},
        "wrong": [{"seed": w.seed, "kind": i.kind.value, "start_s": i.start_s, "end_s": i.end_s, "lane": i.place.lane,
                   "zone": i.place.zone, "cause": i.cause} for w in watched for i in w.matching.wrong],
        "missed": [{"seed": w.seed, "kind": m.kind.value, "start_s": m.start_s, "end_s": m.end_s, "places": sorted(m.places)}
                   for w in watched for m in w.matching.missed],
    } for condition, watched in runs.items()]}
