"""The page of an evaluation: a sentence, the timeline, and every table, in one file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from detectors.evaluation.compare import Evaluation, EventComparison
from detectors.evaluation.counts import CountError
from detectors.evaluation.intervals import IntervalScore
from detectors.evaluation.speeds import SpeedError
from detectors.evaluation.tracks import TrackScore
from simulation.report.chart_counted import interval_chart, timeline
from simulation.report.page_drawings import DrawingStore, section
from simulation.report.page_shell import page
from simulation.report.wording import number
from simulation.whole_file import write_whole

FRENCH = {"total": "total", "line": "ligne", "direction": "sens", "lane": "voie", "class": "classe"}
MOST_ROWS = 2000
NONE = "–"


def write_evaluation_page(made: Evaluation, path: Path) -> Path:
    """Write the page. Raises :class:`OutputError`; a file that was there before is then left as it was."""
    write_whole(path, evaluation_page(made).encode(), "the evaluation's page")
    return path


def evaluation_page(made: Evaluation) -> str:
    """The page as HTML text."""
    store = DrawingStore()
    source = made.results.source or made.results.where
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in made.remarks)
    body = [f'<header class="top"><h1>Counts against the truth: {escape(Path(source).name)}</h1>'
            f'<p class="fr">Comptages comparés à la vérité terrain</p><p class="lead">{_lead(made)}</p>'
            f"<p>Counted: <code>{escape(made.results.where)}</code>. True: <code>{escape(made.truth.where)}</code>.</p></header>"]
    if remarks:
        body.append(f'<div class="band note"><ul>{remarks}</ul></div>')
    if made.events is not None:
        body += [_events(made.events, made.rules.within_s, store), _counts(made.events), _classes(made.events)]
    if made.intervals is not None:
        body.append(_intervals(made.intervals, store))
    if made.tracks is not None:
        body.append(_tracks(made.tracks, made.rules.least_iou))
    body += [_speeds(speeds) for speeds in (made.events.speeds if made.events else None, made.track_speeds) if speeds is not None]
    # Narrow columns are pushed aside rather than broken letter by letter.
    return page(f"Evaluation of {Path(source).name}", "".join(body), store, css="thead th{overflow-wrap:normal}")


def _lead(made: Evaluation) -> str:
    said = []
    if made.events is not None:
        score = made.events.score
        said.append(f"<b>F1 {_share(score.f1)}</b>: {len(score.hits)} of {score.true} found, {len(score.missed)} missed, "
                    f"{len(score.extra)} extra ({len(score.wrong_direction)} in the wrong direction)")
    if made.intervals is not None:
        total = made.intervals.totals("")[0]
        said.append(f"<b>{total.counted} of {total.true}</b> in {len(made.intervals.intervals)} intervals")
    if made.tracks is not None:
        said.append(f"<b>MOTA {_share(made.tracks.mota)}</b>, IDF1 {_share(made.tracks.idf1)}")
    return "; ".join(said) + "."


def _events(made: EventComparison, within_s: float, store: DrawingStore) -> str:
    score = made.score
    facts = {"F1": _share(score.f1), "Precision · <i>précision</i>": _share(score.precision),
             "Recall · <i>rappel</i>": _share(score.recall), "Missed · <i>manqués</i>": str(len(score.missed)),
             "Extra · <i>en trop</i>": str(len(score.extra)),
             "Wrong direction · <i>à contresens</i>": str(len(score.wrong_direction)),
             "Time apart, mean · <i>écart moyen</i>": NONE if math.isnan(made.time_error_s) else f"{made.time_error_s:.2f} s"}
    drawing = timeline(made)
    drawn = f'<div class="wide">{store.add("timeline", drawing)}</div>' if drawing is not None else "<p>Too many to draw.</p>"
    return section("What happened and what was counted", "Ce qui s'est passé et ce qui a été compté", _facts(facts) + drawn,
                   "Above in each row what happened, below what was counted. One counted event belongs to one true event at "
                   f"most, on the same line, in the same direction, no more than {within_s:g} s apart.")


def _facts(facts: Mapping[str, str]) -> str:
    return f'<dl class="facts">{"".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in facts.items())}</dl>'


def _counts(made: EventComparison) -> str:
    rows = [("total", made.total), *((by, row) for by, table in made.tables.items() for row in table)]
    return section("Counts", "Comptages", _count_table(rows), "GEH = √(2 (M − C)² / (M + C)) of hourly volumes (UK DMRB, TAG "
                   "M3.1); below 5 two volumes agree. A short clip is blown up to an hour, and its GEH with it.")


def _count_table(rows: Iterable[tuple[str, CountError]]) -> str:
    heads = [("By", "Par"), ("Counted", "Compté"), ("True", "Réel"), ("Error", "Écart"), ("%", ""), ("GEH", ""),
             ("Found", "Trouvés")]
    cells = []
    for by, row in rows:
        name = {"total": row.name, "direction": row.name.replace("_", " ")}.get(by, f"{by} {row.name}")
        values = [NONE if row.counted is None else str(row.counted), str(row.true),
                  NONE if row.error is None else _signed(row.error, 0), _signed(row.error_percent, 1), _signless(row.geh, 1),
                  NONE if row.found is None else str(row.found)]
        cells.append((f'{escape(name)}<span class="fr-inline">{FRENCH.get(by, "")}</span>', *values))
    told = [i for i in range(len(heads)) if i == 0 or any(row[i] != NONE for row in cells)]
    return _table([heads[i] for i in told], [[row[i] for i in told] for row in cells])


def _classes(made: EventComparison) -> str:
    if not made.confused:
        return ""
    true = sorted({its for its, _ in made.confused})
    mine = sorted({counted for _, counted in made.confused})
    rows = [(escape(its), *(str(made.confused.get((its, counted), "")) for counted in mine)) for its in true]
    return section("Classes of what was found", "Classes des véhicules trouvés",
                   _table([("True", "Réel"), *((f"counted {escape(name)}", "") for name in mine)], rows))


def _intervals(made: IntervalScore, store: DrawingStore) -> str:
    drawing = interval_chart(made)
    drawn = store.add("intervals", drawing) if drawing is not None else ""
    totals = [("total", made.totals("")[0]), *(
        (name, row) for name, by in (("line", "line"), ("direction", "direction"), ("lane", "lane"), ("class", "kind"))
        if len(rows := made.totals(by)) > 1 for row in rows)]
    each = [("total", i.count_error) for i in made.intervals[:MOST_ROWS]]
    body = (f'<div class="two"><div>{drawn}</div><div>{_count_table(totals)}</div></div>'
            f"<details><summary>Every interval · <i>Chaque tranche</i></summary>{_count_table(each)}</details>")
    return section("Intervals", "Tranches horaires", body, f"GEH below 5 in {_share(made.good_share)} of them.")


def _tracks(score: TrackScore, least_iou: float) -> str:
    facts = {"MOTA": _share(score.mota), "MOTP · <i>recouvrement</i>": _share(score.motp), "IDF1": _share(score.idf1),
             "Identity switches · <i>changements d'identité</i>": str(score.id_switches),
             "Boxes found · <i>boîtes trouvées</i>": f"{score.matches} of {score.true_boxes}",
             "Boxes extra · <i>en trop</i>": str(score.extra),
             "Mostly tracked · <i>suivis presque tout du long</i>": f"{score.mostly_tracked} of {score.true_tracks}",
             "Mostly lost · <i>presque jamais suivis</i>": str(score.mostly_lost)}
    return section("Tracks", "Trajectoires", _facts(facts), f"Boxes are the same where they share {100 * least_iou:g} % of what "
                   "they cover together. CLEAR MOT (Bernardin and Stiefelhagen 2008), IDF1 (Ristani et al. 2016).")


def _speeds(made: SpeedError) -> str:
    facts = {"Pairs · <i>paires</i>": str(made.pairs), "Mean error · <i>erreur moyenne</i>": f"{made.mean_abs_kmh:.2f} km/h",
             "Median error · <i>médiane</i>": f"{made.median_abs_kmh:.2f} km/h",
             "Bias · <i>biais</i>": f"{_signed(made.bias_kmh, 2)} km/h",
             "Of the speed · <i>relative</i>": NONE if math.isnan(made.mean_abs_percent) else f"{made.mean_abs_percent:.1f} %",
             "Within 5 % · <i>à 5 % près</i>": _share(made.close_share)}
    return section("Speeds", "Vitesses", _facts(facts))


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th>{english}{f"<span class=fr-inline>{french}</span>" if french else ""}</th>' for english, french in heads)
    inner = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{inner}</tbody></table></div>'


def _share(value: float) -> str:
    return NONE if math.isnan(value) else f"{100.0 * value:.1f} %"


def _signed(value: float, decimals: int) -> str:
    if math.isnan(value):
        return NONE
    text = number(value, decimals)
    return f"+{text}" if value > 0 and float(text.replace(",", "")) else text


def _signless(value: float, decimals: int) -> str:
    return NONE if math.isnan(value) else number(value, decimals)
