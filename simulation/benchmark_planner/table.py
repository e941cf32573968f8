"""The planner benchmark's figures on a console."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulation.benchmark_planner.measure import PlannerFigures

if TYPE_CHECKING:
    from rich.table import Table

_ROWS: tuple[tuple[str, Callable[[PlannerFigures], str]], ...] = (
    ("a second of control, mean, ms", lambda f: f"{f.tick_mean_ms:.2f}"),
    ("  p50", lambda f: f"{f.tick_p50_ms:.2f}"),
    ("  p99", lambda f: f"{f.tick_p99_ms:.2f}"),
    ("  longest", lambda f: f"{f.tick_max_ms:.2f}"),
    ("of it the strategy alone, mean, ms", lambda f: f"{f.decide_mean_ms:.2f}"),
    ("  p50", lambda f: f"{f.decide_p50_ms:.2f}"),
    ("  p99", lambda f: f"{f.decide_p99_ms:.2f}"),
    ("a second of control by junction, mean, µs", lambda f: f"{f.tick_mean_us_per_junction:.1f}"),
    ("  p50", lambda f: f"{f.tick_p50_us_per_junction:.1f}"),
    ("  p99", lambda f: f"{f.tick_p99_us_per_junction:.1f}"),
    ("making observations, apart, mean, ms", lambda f: f"{f.feed_mean_ms:.2f}"),
    ("memory at the start, MB", lambda f: f"{f.memory_start_mb:.1f}"),
    ("memory at the end, MB", lambda f: f"{f.memory_end_mb:.1f} {'(flat)' if f.memory_flat else '(grows)'}"),
    ("vehicles in the city", lambda f: f"{f.vehicles:,.0f}"),
    ("stage changes", lambda f: f"{f.stage_changes:,}"),
    ("guard vetoes, violations", lambda f: f"{f.vetoes}, {f.violations}"),
)


def side_by_side(found: Sequence[PlannerFigures], cores: int) -> Table:
    """A column for each strategy on one city."""
    from rich.table import Table

    first = found[0]
    table = Table(title=f"{first.junctions} junctions, {first.lanes} approach lanes, {first.ticks} seconds, seed {first.seed}",
                  caption=noise(cores), caption_style="dim", caption_justify="left", min_width=72)
    table.add_column("")
    for figures in found:
        table.add_column(figures.strategy, justify="right")
    for label, text in _ROWS:
        table.add_row(label, *(text(figures) for figures in found))
    return table


def growth(found: Sequence[PlannerFigures], cores: int) -> Table:
    """A row for each strategy and city, by strategy; time by junction stays the same where cost grows as the city does."""
    from rich.table import Table

    table = Table(title=f"Growth with the city, seed {found[0].seed}: a second of control", caption=noise(cores),
                  caption_style="dim", caption_justify="left", padding=(0, 1, 0, 0))
    for name in ("strategy", "city", "timed\ns", "p50\nms", "p99\nms", "strategy\nms", "p50 by\njunction\nµs",
                 "p99 by\njunction\nµs", "memory\nMB"):
        table.add_column(name, justify="left" if name == "strategy" else "right", no_wrap=True)
    for strategy in dict.fromkeys(f.strategy for f in found):
        for f in (f for f in found if f.strategy == strategy):
            table.add_row(f.strategy, f"{f.junctions:,}", f"{f.ticks:,}", f"{f.tick_p50_ms:.2f}", f"{f.tick_p99_ms:.2f}",
                          f"{f.decide_mean_ms:.2f}",
                          f"{f.tick_p50_us_per_junction:.1f}", f"{f.tick_p99_us_per_junction:.1f}", f"{f.memory_end_mb:.0f}")
        table.add_section()
    return table


def noise(cores: int) -> str:
    """What to think of the times."""
    return (f"{cores} core{'s' if cores != 1 else ''}, one used, nothing pinned; wall times are noisy: run it again before "
            "believing a difference of a third")
