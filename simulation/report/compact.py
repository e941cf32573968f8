"""Many strategies on a narrow console: a row each, the figures people ask for first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulation.record import RunRecord
from simulation.report.catalogue import figure_info
from simulation.report.statistics import baseline_of, by_strategy, paired_differences, summary
from simulation.report.table import best_of, summary_table
from simulation.report.wording import interval, percent, seeds_text

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = (("delay_mean_s", "delay\n[dim italic]retard[/]\ns/veh"), ("delay_p95_s", "P95\n\ns/veh"),
           ("stops", "stops\n[dim italic]arrêts[/]"), ("queue_mean_veh", "queue\n[dim italic]file[/]\nveh"),
           ("throughput_vph", "flow\n[dim italic]débit[/]\nveh/h"), ("pedestrian_wait_s", "people\n[dim italic]piétons[/]\ns"),
           ("vehicles_never_departed", "shut\nout\nveh"), ("teleports", "tele-\nports"), ("guard_violations", "viol."))
LABEL_WIDTH, COLUMN_WIDTH = 26, 19


def table_for(records: Sequence[RunRecord], width: int) -> Table:
    """The full table where ``width`` characters hold it, else the compact one."""
    strategies = len(by_strategy(records))
    return summary_table(records) if strategies * COLUMN_WIDTH + LABEL_WIDTH <= width else compact_table(records)


def compact_table(records: Sequence[RunRecord]) -> Table:
    """A row for each strategy, the baseline first; best values in bold green, mean delay with its 95 % interval and its
    change from the baseline. Raises :class:`InvalidValue` for no runs or mixed scenarios."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    runs = by_strategy(records)
    base = baseline_of(list(runs), None)
    strategies = [base, *(name for name in runs if name != base)]
    means, changes = summary(records), paired_differences(records, base)
    seeds = seeds_text(sorted({record.seed for record in records}))
    table = Table(title=f"{escape(records[0].title)} · seeds {seeds}", title_style="bold", header_style="bold",
                  padding=(0, 1, 0, 0), caption_style="dim", caption_justify="left",
                  caption=f"change from {base}, paired by seed; the report has every figure with its interval")
    table.add_column("strategy", no_wrap=True)
    # On a narrow console a column of zeros is worth less than the room it takes, safety's own column apart.
    shown = [(key, head) for key, head in COLUMNS if any(means[s].get(key, {}).get("mean") for s in strategies)
             or key == "guard_violations"]
    for _, head in shown:
        table.add_column(head, justify="right")
    best = {key: best_of(figure_info(key), {s: means[s][key]["mean"] for s in strategies if key in means[s]}) for key, _ in shown}
    for s in strategies:
        cells = []
        for key, _ in shown:
            value = means[s].get(key)
            if value is None or value["mean"] is None:
                cells.append(Text("–", style="dim"))
                continue
            ci = value["ci95"] if key == "delay_mean_s" else None
            cell = Text(interval(value["mean"], ci, figure_info(key)), style="bold green" if s in best[key] else "")
            change = changes.get(s, {}).get(key)
            if key == "delay_mean_s" and change is not None and change.percent is not None:
                cell.append(f"\n{percent(change).split(' ±')[0].removesuffix(' %')} %", style="dim not bold default")
            cells.append(cell)
        table.add_row(escape(s), *cells)
    return table
