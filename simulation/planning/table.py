"""Computed plans on the console: one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from controller.plans.bands import Band
from controller.plans.book import PlanBook
from controller.plans.model import DAYS, clock_text
from simulation.planning.compute import PeriodPlan

if TYPE_CHECKING:
    from rich.table import Table


def plan_table(rows: Sequence[PeriodPlan]) -> Table:
    """A row for each time of day."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(rows[0].period.ready.scenario.title), title_style="bold", header_style="bold",
                  caption="X: largest degree of saturation of any stream. Band: from end to end, forward / back, seconds a "
                          "cycle; in brackets the mean between neighbours. Predicted: HCM control delay a vehicle and "
                          "junction. Simulated: strict delay a vehicle, whole trip, on seeds not searched on.",
                  caption_style="dim", caption_justify="left")
    table.add_column("plan\n[dim italic]plan de feux[/]")
    for english, french in (("cycle", "cycle"), ("X", "taux de saturation"), ("green bands", "bandes vertes"),
                            ("predicted", "retard prévu"), ("simulated", "retard simulé")):
        table.add_column(f"{english}\n[dim italic]{french}[/]", justify="left" if english == "green bands" else "right")
    for row in rows:
        table.add_row(row.period.name, f"{row.cycle_s:g} s", f"{row.predicted.saturation:.2f}",
                      escape("\n".join(band_lines(row.predicted.bands))) or "–", f"{row.predicted.delay_s:.1f} s", simulated(row))
    return table


def book_tables(book: PlanBook) -> list[Table]:
    """The windows, and a table for each plan with its junctions' cycles, offsets and stages."""
    from rich.markup import escape
    from rich.table import Table

    windows = Table("plan", "from–until", "days", "special day", title=escape(book.title or "windows"), title_style="bold")
    for w in book.windows:
        days = "every day" if len(w.weekdays) == 7 else ", ".join(DAYS[d] for d in sorted(w.weekdays))
        windows.add_row(escape(w.plan), f"{clock_text(w.from_s)}–{clock_text(w.until_s)}", days, escape(w.special_day or ""))
    tables = [windows]
    for name, plans in book.plans.items():
        table = Table("junction", "cycle", "offset", "stages", title=escape(f"{name} · {book.titles.get(name, '')}".rstrip(" ·")),
                      title_style="bold")
        for plan in plans:
            stages = "  ".join(f"{s.stage} {d:g} s" for s, d in zip(plan.splits, plan.durations_s(), strict=True))
            table.add_row(escape(book.names.get(plan.junction) or plan.junction), f"{plan.cycle_s:g} s", f"{plan.offset_s:g} s",
                          escape(stages))
        tables.append(table)
    return tables


def band_lines(bands: Sequence[Band]) -> list[str]:
    """A line for each corridor: ``name: whole forward / back (mean of links forward / back)``."""
    lines = []
    for name in dict.fromkeys(b.corridor for b in bands):
        way = {b.forward: b for b in bands if b.corridor == name}
        whole = " / ".join(f"{way[f].whole_s:.0f}" if f in way else "–" for f in (True, False))
        links = " / ".join(f"{sum(way[f].links_s) / len(way[f].links_s):.0f}" if f in way else "–" for f in (True, False))
        lines.append(f"{name}: {whole} s ({links})")
    return lines


def simulated(row: PeriodPlan) -> str:
    """Before and after, and what became of the refinement; a dash where nothing was simulated."""
    if row.refined is None:
        return "–"
    r = row.refined
    if r.kept:
        return f"{r.delay_before_s:.1f} → {r.delay_after_s:.1f} s\nrefined, kept"
    return f"{r.delay_before_s:.1f} s\n" + ("refined, dropped" if r.before_s else "nothing better found")
