"""An evaluation as tables on the console, French beside English."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from detectors.evaluation.compare import Evaluation, EventComparison
    from detectors.evaluation.counts import CountError
    from detectors.evaluation.intervals import IntervalScore
    from detectors.evaluation.speeds import SpeedError
    from detectors.evaluation.tracks import TrackScore

BY = {"line": "line · ligne", "direction": "direction · sens", "lane": "lane · voie", "class": "class · classe",
      "kind": "class · classe"}
SHOWN = 40
"""Rows of intervals on the console; ``--json`` and the report have all."""


def tables(made: Evaluation) -> list[Table]:
    """What is shown, in order."""
    shown = []
    if made.events is not None:
        shown += [_events(made.events), _counts(made.events.total, made.events.tables)]
    if made.intervals is not None:
        shown += [_interval_rows(made.intervals), _interval_totals(made.intervals)]
    if made.tracks is not None:
        shown.append(_tracks(made.tracks))
    for speeds in (made.events.speeds if made.events else None, made.track_speeds):
        if speeds is not None:
            shown.append(_speeds(speeds))
    return shown


def share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100.0 * value:.1f} %"


def signed(value: float | None, digits: int = 0) -> str:
    if value is None or math.isnan(value):
        return "–"
    return f"{value:+.{digits}f}".replace("-", "−") if round(value, digits) else "0"


def _events(made: EventComparison) -> Table:
    score = made.score
    table = _table("Events · Événements")
    wrong = f"[red]{len(score.wrong_direction)}[/red]" if score.wrong_direction else "0"
    for name, french, value in (
            ("F1", "", share(score.f1)), ("precision", "précision", share(score.precision)),
            ("recall", "rappel", share(score.recall)), ("hits", "trouvés", f"{len(score.hits)} of {score.true}"),
            ("missed", "manqués", str(len(score.missed))), ("extra", "en trop", str(len(score.extra))),
            ("of these, wrong direction", "dont à contresens", wrong),
            ("time apart, mean", "écart de temps moyen", "–" if math.isnan(made.time_error_s) else f"{made.time_error_s:.2f} s")):
        table.add_row(_both(name, french), value)
    return table


def _counts(total: CountError, tables: dict[str, tuple[CountError, ...]]) -> Table:
    table = _table("Counts · Comptages", "by · par", "", "counted · compté", "true · réel", "error · écart", "%", "GEH",
                   "found · trouvés", left=2)
    table.add_row("total", "", *_cells(total))
    for by, rows in tables.items():
        table.add_section()
        for i, row in enumerate(rows):
            name = row.name.replace("_", " ") if by == "direction" else row.name
            table.add_row(BY[by] if i == 0 else "", escape(name), *_cells(row))
    return table


def _cells(row: CountError) -> list[str]:
    counted = "–" if row.counted is None else str(row.counted)
    return [counted, str(row.true), signed(row.error), signed(row.error_percent, 1), _geh(row.geh),
            "–" if row.found is None else str(row.found)]


def _geh(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"[green]{value:.1f}[/green]" if value < 5.0 else f"[yellow]{value:.1f}[/yellow]"


def _interval_rows(made: IntervalScore) -> Table:
    table = _table(f"Intervals · Tranches: GEH < 5 in {share(made.good_share)}", "from–until · tranche", "counted · compté",
                   "true · réel", "error · écart", "%", "GEH", left=1)
    for interval in made.intervals[:SHOWN]:
        row = interval.count_error
        table.add_row(escape(row.name), *_cells(row)[:-1])
    if len(made.intervals) > SHOWN:
        table.add_row(f"… {len(made.intervals) - SHOWN} more (--json, --report)", *[""] * 5)
    return table


def _interval_totals(made: IntervalScore) -> Table:
    found = {by: rows for by in ("line", "direction", "lane", "kind") if len(rows := made.totals(by)) > 1}
    return _counts(made.totals("")[0], found)


def _tracks(score: TrackScore) -> Table:
    table = _table("Tracks · Trajectoires")
    for name, french, value in (
            ("MOTA", "", share(score.mota)), ("MOTP (mean overlap)", "recouvrement moyen", share(score.motp)),
            ("IDF1", "", share(score.idf1)), ("identity switches", "changements d'identité", str(score.id_switches)),
            ("boxes matched", "boîtes appariées", f"{score.matches} of {score.true_boxes}"),
            ("boxes missed", "boîtes manquées", str(score.missed)), ("boxes extra", "boîtes en trop", str(score.extra)),
            ("mostly tracked", "suivis presque tout du long", f"{score.mostly_tracked} of {score.true_tracks}"),
            ("mostly lost", "presque jamais suivis", str(score.mostly_lost))):
        table.add_row(_both(name, french), value)
    return table


def _speeds(made: SpeedError) -> Table:
    table = _table("Speeds · Vitesses")
    for name, french, value in (
            ("pairs", "paires", str(made.pairs)), ("mean error", "erreur absolue moyenne", f"{made.mean_abs_kmh:.2f} km/h"),
            ("median error", "erreur médiane", f"{made.median_abs_kmh:.2f} km/h"),
            ("bias", "biais", f"{signed(made.bias_kmh, 2)} km/h"),
            ("mean error, of the speed", "erreur relative", "–" if math.isnan(made.mean_abs_percent)
             else f"{made.mean_abs_percent:.1f} %"),
            ("within 5 %", "à 5 % près", share(made.close_share))):
        table.add_row(_both(name, french), value)
    return table


def _both(english: str, french: str) -> str:
    return f"{english} [dim]· {french}[/dim]" if french else english


def _table(title: str, *heads: str, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, show_header=bool(heads))
    for i, head in enumerate(heads or ("", "")):
        table.add_column(head.replace(" · ", "\n"), justify="left" if i < left else "right", overflow="fold")
    return table
