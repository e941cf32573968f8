"""The account of one junction as a table on the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.explain_words import alternative_words, clock_s, kind_of, queue_words, reason_of, stay_words, target_of
from simulation.record import ExplainTrack

if TYPE_CHECKING:
    from rich.table import Table

STYLES = {"change": "", "refused": "red", "held": "yellow", "stay": "dim"}


def explain_table(track: ExplainTrack) -> Table:
    """A row for each decision, and one now and then while the stage stays (dim)."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    own = "" if track.account else "; this strategy keeps no account: reasons and sight only"
    table = Table(title=f"Why: {escape(track.name)} ({escape(track.junction)}) · [italic]Pourquoi[/]", title_style="bold",
                  header_style="bold", padding=(0, 1, 0, 0), caption_style="dim", caption_justify="left",
                  caption=f"costs in vehicle seconds of the best plan found for each stage; queues in vehicles in view{own}\n"
                          + escape("; ".join(f"{stage}: {green}" for stage, green in track.stages.items())))
    table.add_column("time\n[dim italic]heure[/]", no_wrap=True)
    table.add_column("stage, age s → next\n[dim italic]phase[/]")
    table.add_column("why\n[dim italic]motif[/]", ratio=3)
    if track.account:
        table.add_column("staying\n[dim italic]rester[/]", justify="right")
        table.add_column("alternatives\n[dim italic]autres phases[/]", ratio=2)
    table.add_column("queues\n[dim italic]files[/]", ratio=2)
    for said in track.decisions:
        target = target_of(said)
        step = f"{said['stage']} {said['stage_age_s']:.0f}" + (f" → {target}" if target else "")
        weighed = (stay_words(said), Text("\n".join(alternative_words(said)))) if track.account else ()
        table.add_row(clock_s(said["time_s"]), Text(step), Text(reason_of(said)), *weighed, Text(queue_words(said)),
                      style=STYLES[kind_of(said)])
    return table
