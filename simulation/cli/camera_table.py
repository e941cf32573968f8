"""What rendered cameras were worth, as a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table


def camera_table(figures: dict[str, Any]) -> Table:
    """Errors of cameras against SUMO's truth, lane by lane and together, and delay against perfect detection."""
    from rich.table import Table

    table = Table(title=f"Cameras: {figures['weather']}, {figures['detector']}, {figures['fps']:g} images/s", title_style="bold",
                  header_style="bold", caption=_delay(figures), caption_justify="left", caption_style="")
    for head, french in (("Lane", "Voie"), ("range m", "portée"), ("queue, veh", "file"), ("queue error, veh", "écart de file"),
                         ("speed error", "écart de vitesse"), ("seen", "vus"), ("counted / passed", "comptés / passés")):
        table.add_column(f"{head}\n[dim italic]{french}[/]", justify="left" if head == "Lane" else "right")
    for lane, row in figures["lanes"].items():
        table.add_row(lane, f"{row['range_m']:g}", *_cells(row))
    table.add_section()
    table.add_row("[bold]all[/]", "", *(f"[bold]{cell}[/]" for cell in _cells(figures)))
    return table


def _cells(row: dict[str, Any]) -> list[str]:
    return [_number(row["queue_true_veh"]), _number(row["queue_error_veh"]), _share(row["speed_error_share"]),
            _share(row["seen_share"]), f"{row['counted_veh']} / {row['passed_veh']}"]


def _delay(figures: dict[str, Any]) -> str:
    lines = []
    for where, words in (("watched", "Delay on the watched approaches"), ("network", "Delay in the network")):
        row = figures.get("delay", {}).get(where, {})
        if row.get("cameras_s") is not None and row.get("perfect_s") is not None:
            more = "" if row["more_share"] is None else f" ({row['more_share']:+.1%})"
            lines.append(f"{words}: {row['cameras_s']:.1f} s by cameras, {row['perfect_s']:.1f} s by perfect detection{more}")
    kinds = Counter(one["kind"].replace("_", " ") for one in figures.get("incidents", ()))
    if kinds:
        lines.append("Incidents told · incidents signalés: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
