"""Strategies side by side on the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulation.record import RunRecord
from simulation.report.catalogue import FigureInfo, figure_info, in_order
from simulation.report.statistics import (
    MAIN_FIGURE,
    WORST_SEED_FIGURE,
    Summary,
    baseline_of,
    by_strategy,
    paired_differences,
    summary,
)
from simulation.report.wording import against_baseline, interval, seeds_text

if TYPE_CHECKING:
    from rich.table import Table


def summary_table(records: Sequence[RunRecord], *, baseline: str | None = None, every_figure: bool = False) -> Table:
    """Rich table of mean ± 95 % interval, a column for each strategy, the best in bold green, the change from the baseline
    (default: the first strategy) below. ``every_figure`` adds the lesser figures.

    Raises :class:`InvalidValue` for no runs, mixed scenarios, or a baseline that has no run.
    """
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    runs = by_strategy(records)
    base = baseline_of(list(runs), baseline)
    strategies = [base, *(name for name in runs if name != base)]
    means = summary(records)
    changes = paired_differences(records, base)
    seeds = seeds_text(sorted({record.seed for record in records}))
    table = Table(title=f"{escape(records[0].title)} · seeds {seeds}", title_style="bold", header_style="bold",
                  caption=_caption(base, len(strategies), len(runs[base])), caption_style="dim", caption_justify="left")
    table.add_column("Figure\n[dim italic]Grandeur[/]")
    table.add_column("Unit\n[dim italic]Unité[/]")
    for name in strategies:
        mark = "référence" if name == base and len(strategies) > 1 else ""
        table.add_column(f"{escape(name)}\n[dim italic]{mark}[/]", justify="right")
    for key in shown_figures(means):
        info = figure_info(key)
        if not (info.main or every_figure):
            continue
        best = best_of(info, {name: means[name][key]["mean"] for name in strategies if key in means[name]})
        cells: list[Text] = []
        for name in strategies:
            value = means[name].get(key)
            if value is None or value["mean"] is None:
                cells.append(Text("–", style="dim"))
                continue
            cell = Text(interval(value["mean"], value["ci95"], info), style="bold green" if name in best else "")
            change = changes.get(name, {}).get(key)
            if said := against_baseline(change, info):
                cell.append(f"\n{said}", style="dim not bold default")
            cells.append(cell)
        label = Text(info.label)
        if info.french:
            label.append(f"\n{info.french}", style="dim italic")
        table.add_row(label, Text(info.unit, style="dim"), *cells)
    return table


def shown_figures(means: Summary) -> list[str]:
    """Figures with a value, in order; the worst seed only where it differs from the mean, that is, of several seeds."""
    keys = in_order({key for figures in means.values() for key in figures})
    several = any(figures[WORST_SEED_FIGURE]["mean"] != figures[MAIN_FIGURE]["mean"]
                  for figures in means.values() if WORST_SEED_FIGURE in figures)
    return [key for key in keys if key != WORST_SEED_FIGURE or several]


def best_of(info: FigureInfo, means: dict[str, float | None]) -> set[str]:
    """Strategies with the best mean; none where there is nothing to compare or neither way is better."""
    known = {name: mean for name, mean in means.items() if mean is not None}
    if info.better == "neither" or len(known) < 2 or len(set(known.values())) == 1:
        return set()
    target = min(known.values()) if info.better == "lower" else max(known.values())
    return {name for name, mean in known.items() if mean == target}


def _caption(base: str, strategies: int, seeds: int) -> str:
    parts = []
    if seeds > 1:
        parts.append("mean ± half-width of the 95 % confidence interval over the seeds")
    if strategies > 1:
        parts.append(f"below: change from {base}" + (", paired by seed" if seeds > 1 else ""))
    return "; ".join(parts)
