"""Delay by approach (retard par branche), grouped by junction, strategies side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from simulation.record import RunRecord
from simulation.report.drawing import figure
from simulation.report.wording import shortened

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_APPROACHES = 70
MOST_BARS = 3
"""With more strategies than this, bars become too thin to read: dots on one line then."""

Approach = tuple[str, str]


def approach_delays(records: Iterable[RunRecord]) -> dict[Approach, tuple[float, float]]:
    """(junction, approach) → (vehicles per run, mean delay s/veh), over the records, weighted by vehicles."""
    vehicles: dict[Approach, float] = {}
    loss: dict[Approach, float] = {}
    runs = 0
    for record in records:
        runs += 1
        for entry in record.approaches:
            # Comparisons are false for NaN: an approach nobody used has no delay to show.
            if entry.vehicles is not None and entry.delay_s is not None and entry.vehicles > 0 and entry.delay_s >= 0:
                place = (entry.junction, entry.approach)
                vehicles[place] = vehicles.get(place, 0.0) + entry.vehicles
                loss[place] = loss.get(place, 0.0) + entry.vehicles * entry.delay_s
    return {place: (vehicles[place] / runs, loss[place] / vehicles[place]) for place in vehicles}


def rows_in_order(delays: Mapping[str, Mapping[Approach, tuple[float, float]]]) -> list[tuple[str, list[str]]]:
    """Junctions by their worst approach, worst first, each with its approaches likewise; at most ``MOST_APPROACHES`` in all."""
    worst: dict[Approach, float] = {}
    for places in delays.values():
        for place, (_, delay_s) in places.items():
            worst[place] = max(worst.get(place, 0.0), delay_s)
    kept = sorted(worst, key=lambda place: (-worst[place], place))[:MOST_APPROACHES]
    grouped: dict[str, list[str]] = {}
    for junction, approach in kept:
        grouped.setdefault(junction, []).append(approach)
    return list(grouped.items())


def approach_chart(runs: Mapping[str, Mapping[int, RunRecord]], names: Mapping[str, str],
                   colours: Mapping[str, str]) -> tuple[Figure, int, int] | None:
    """The drawing, how many approaches it shows, and how many there are. None where none was measured."""
    delays = {strategy: approach_delays(seeds.values()) for strategy, seeds in runs.items()}
    total = len({place for places in delays.values() for place in places})
    if not total:
        return None
    groups = rows_in_order(delays)
    rows: list[Approach | None] = []
    ticks: list[str] = []
    for junction, approaches in groups:
        rows.append(None)
        ticks.append(f"<b>{escape(shortened(names.get(junction, junction), 44))}</b>")
        for approach in approaches:
            rows.append((junction, approach))
            ticks.append(escape(shortened(approach, 30)))
    bars = len(runs) <= MOST_BARS
    traces = [_trace(strategy, rows, delays[strategy], colours[strategy], bars) for strategy in runs]
    top = 34 if bars else 58
    height = 70 + top + sum(19 if row is None else (7 + 8 * len(runs) if bars else 19) for row in rows)
    drawing = figure(traces, height=height, left=150, top=top, bargap=0.18, bargroupgap=0.05,
                     xaxis={"title": {"text": "Mean delay on the approach, s per vehicle"}, "rangemode": "tozero"},
                     yaxis={"tickvals": list(range(len(rows))), "ticktext": ticks, "range": [len(rows) - 0.4, -0.8],
                            "ticksuffix": "  ", "zeroline": False, "showgrid": not bars, "tickfont": {"size": 11}})
    return drawing, sum(row is not None for row in rows), total


def _trace(strategy: str, rows: Sequence[Approach | None], delays: Mapping[Approach, tuple[float, float]], colour: str,
           bars: bool) -> Any:
    import plotly.graph_objects as go

    own = [(i, delays[row]) for i, row in enumerate(rows) if row is not None and row in delays]
    label = escape(strategy)
    shared: dict[str, Any] = {
        "x": [round(delay_s, 1) for _, (_, delay_s) in own], "y": [i for i, _ in own], "name": label,
        "customdata": [round(vehicles) for _, (vehicles, _) in own],
        "hovertemplate": "%{x:.1f} s/veh, %{customdata} vehicles<extra>" + label + "</extra>"}
    if bars:
        return go.Bar(orientation="h", marker={"color": colour}, showlegend=True, **shared)
    return go.Scatter(mode="markers", marker={"color": colour, "size": 9}, showlegend=True, **shared)
