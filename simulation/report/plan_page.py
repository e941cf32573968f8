"""The page of a plan file: predicted time-space diagrams with green bands, and every junction's stages in a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from controller.plans.book import PlanBook
from controller.plans.model import DAYS, clock_text
from simulation.record import RunRecord
from simulation.report.chart_signals import timing_chart
from simulation.report.chart_time_space import band_sentence, time_space_diagram
from simulation.report.page_drawings import DrawingStore, Words, section, viewer
from simulation.report.page_shell import page
from simulation.whole_file import write_whole

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TIMING_S = 240.0
CHOICE = "Plan · <i>Plan de feux</i>"


def write_plan_page(book: PlanBook, records: Sequence[RunRecord], path: Path, remarks: Sequence[str] = ()) -> Path:
    """Write the page; ``records`` are predicted, one a plan, their strategy the plan's name. Raises :class:`OutputError`."""
    write_whole(path, plan_page(book, records, remarks).encode(), "the plans' page")
    return path


def plan_page(book: PlanBook, records: Sequence[RunRecord], remarks: Sequence[str] = ()) -> str:
    """The page as HTML text."""
    store, title = DrawingStore(), f"Signal plans: {book.title or book.scenario or 'a plan file'}"
    notes = "".join(f"<li>{escape(r)}</li>" for r in remarks)
    head = (f'<header class="top"><h1>{escape(title)}</h1><p class="fr">Plans de feux : cycles, phases, décalages</p>'
            f"{_windows(book)}{f'<ul>{notes}</ul>' if notes else ''}</header>")
    body = head + _time_space(records, store) + _signals(records, store) + "".join(_plan(book, name) for name in book.plans)
    return page(title, body, store)


def _time_space(records: Sequence[RunRecord], store: DrawingStore) -> str:
    names = list(dict.fromkeys(c.name for r in records for c in r.corridors))
    shown = {r.strategy: r for r in records}

    def make(item: int, plan: str) -> tuple[Figure, Words] | None:
        record = shown[plan]
        corridor = next((c for c in record.corridors if c.name == names[item]), None)
        window = (record.begin_s, record.end_s)
        drawing = time_space_diagram(record, corridor, window) if corridor is not None else None
        return None if drawing is None or corridor is None else (drawing, band_sentence(record, corridor, window))

    body, _ = viewer(store, "space", "Corridor · <i>Axe</i>", names, list(shown), list(shown)[:1], make, choice=CHOICE)
    if not body:
        return ""
    return section("Time-space diagrams, predicted", "Diagrammes espace-temps et bandes vertes, prévus", body,
                   "What the cabinets show when they run the plan, trams and long crossings included; no vehicles. At each "
                   "junction, the lower bar is the signal forward (up the drawing), the upper bar back.")


def _signals(records: Sequence[RunRecord], store: DrawingStore) -> str:
    tracks = {r.strategy: {t.junction: t for t in r.signals} for r in records}
    order = {t.junction: t.name or t.junction for r in records for t in r.signals}
    ids, begins = list(order), {r.strategy: r.begin_s for r in records}

    def make(item: int, plan: str) -> tuple[Figure, Words] | None:
        track = tracks[plan].get(ids[item])
        drawing = timing_chart(track, (begins[plan], begins[plan] + TIMING_S)) if track is not None else None
        return None if drawing is None else (drawing, ("", ""))

    body, left = viewer(store, "signal", "Junction · <i>Carrefour</i>", list(order.values()), list(tracks), list(tracks)[:1],
                        make, choice=CHOICE)
    more = f" {left} more junctions left out to keep the file small." if left else ""
    return section("Signal timing, predicted", "Diagrammes de feux prévus", body, f"Four minutes.{more}") if body else ""


def _windows(book: PlanBook) -> str:
    rows = "".join(
        f"<tr><td>{escape(w.plan)}</td><td>{clock_text(w.from_s)}–{clock_text(w.until_s)}</td>"
        f"<td>{'every day' if len(w.weekdays) == 7 else ', '.join(DAYS[d] for d in sorted(w.weekdays))}</td>"
        f"<td>{escape(w.special_day or '')}</td></tr>" for w in book.windows)
    return _table([("plan", ""), ("from–until", "tranche horaire"), ("days", "jours"), ("special day", "jour particulier")], rows)


def _table(heads: Sequence[tuple[str, str]], rows: str) -> str:
    cells = "".join(f'<th>{english}<span class="fr-inline">{french}</span></th>' for english, french in heads)
    return f'<div class="scroll"><table class="words"><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'


def _plan(book: PlanBook, name: str) -> str:
    rows = []
    for plan in book.plans[name]:
        stages = "<br>".join(f"<b>{escape(s.stage)}</b> {seconds:g} s {escape(book.shows.get((plan.junction, s.stage), ''))}"
                             for s, seconds in zip(plan.splits, plan.durations_s(), strict=True))
        rows.append(f"<tr><td>{escape(book.names.get(plan.junction) or plan.junction)}</td><td>{plan.cycle_s:g} s</td>"
                    f"<td>{plan.offset_s:g} s</td><td>{stages}</td></tr>")
    heads = [("junction", "carrefour"), ("cycle", "cycle"), ("offset", "décalage"), ("stages", "phases")]
    return section(escape(f"Plan {name}"), escape(book.titles.get(name, "")), _table(heads, "".join(rows)))
