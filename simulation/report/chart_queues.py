"""Queues over time: the network's by strategy, and each junction's as a heat map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.record import RunRecord
from simulation.report.drawing import axis_time, clock_axis, figure
from simulation.report.palette import translucent
from simulation.report.wording import shortened

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_POINTS = 240
MOST_JUNCTIONS = 40


def queues_over_time(runs: Mapping[str, Mapping[int, RunRecord]], colours: Mapping[str, str],
                     dashes: Mapping[str, str]) -> Figure | None:
    """Mean over the seeds of the vehicles queueing (veh), with a light band from the least to the most of any seed."""
    import plotly.graph_objects as go

    bands, lines = [], []
    for name, seeds in runs.items():
        stacked = _over_seeds(seeds.values())
        if stacked is None:
            continue
        times, queues = stacked
        xs = [axis_time(t) for t in times]
        if len(queues) > 1:
            bands.append(go.Scatter(
                x=xs + xs[::-1], y=[round(v, 1) for v in [*queues.max(axis=0), *queues.min(axis=0)[::-1]]], fill="toself",
                fillcolor=translucent(colours[name], 0.14), line={"width": 0}, hoverinfo="skip", showlegend=False,
                legendgroup=name))
        lines.append(go.Scatter(
            x=xs, y=[round(v, 1) for v in queues.mean(axis=0)], mode="lines", name=escape(name), legendgroup=name,
            showlegend=True, line={"color": colours[name], "width": 2.2, "dash": dashes[name]},
            hovertemplate="%{y:.0f} veh<extra>" + escape(name) + "</extra>"))
    if not lines:
        return None
    return figure([*bands, *lines], height=360, top=34 if len(lines) < 7 else 70, hovermode="x unified",
                  xaxis=clock_axis(title={"text": "Time of day"}),
                  yaxis={"title": {"text": "Queueing vehicles"}, "rangemode": "tozero"})


def queue_heat_map(runs: Mapping[int, RunRecord], junctions: Sequence[str], names: Mapping[str, str],
                   most_veh: float) -> Figure | None:
    """Junction × minute, mean queue over the seeds (veh); ``most_veh`` is the end of the colour scale, one for all strategies."""
    import plotly.graph_objects as go

    found = junction_queues(runs.values(), junctions)
    if found is None:
        return None
    times, queues = found
    labels = [escape(shortened(names.get(junction, junction), 34)) for junction in junctions]
    heat = go.Heatmap(
        x=[axis_time(t) for t in times], y=list(range(len(junctions))), z=[[round(v, 1) for v in row] for row in queues.tolist()],
        zmin=0, zmax=max(most_veh, 1.0), colorscale="YlOrRd", xgap=0, ygap=1,
        customdata=[[label] * len(times) for label in labels],
        colorbar={"title": {"text": "veh", "side": "top"}, "thickness": 10, "len": 1.0, "outlinewidth": 0},
        hovertemplate="%{customdata}<br>%{x|%H:%M}: %{z:.0f} veh queueing<extra></extra>")
    return figure([heat], height=max(190, 92 + 22 * len(junctions)), left=120, right=10, modebar={"orientation": "h"},
                  xaxis=clock_axis(),
                  yaxis={"tickvals": list(range(len(junctions))), "ticktext": labels, "autorange": "reversed",
                         "tickfont": {"size": 11}, "showgrid": False})


def junction_queues(records: Iterable[RunRecord], junctions: Sequence[str]) -> tuple[np.ndarray, np.ndarray] | None:
    """Times (n,) in s and mean queues (junctions, n) in veh over the records, by the minute; None where nothing was recorded."""
    layers = []
    times: np.ndarray | None = None
    for record in records:
        rows = [record.queue_by_junction.get(junction, []) for junction in junctions]
        size = min([len(record.queue_times_s), *(len(row) for row in rows if row)])
        if size == 0 or not any(rows):
            continue
        own_times = np.asarray(record.queue_times_s[:size], float)
        block = np.array([row[:size] if row else [0.0] * size for row in rows], float)
        own_times, block = _by_minute(own_times, block)
        times = own_times if times is None or len(own_times) < len(times) else times
        layers.append(block)
    if times is None:
        return None
    size = len(times)
    return times, np.nanmean([layer[:, :size] for layer in layers], axis=0)


def busiest_junctions(records: Iterable[RunRecord], order: Sequence[str]) -> list[str]:
    """Junctions with recorded queues, in the given order; of very many, those with the longest mean queues."""
    load: dict[str, float] = {}
    for record in records:
        for junction, queue in record.queue_by_junction.items():
            if queue:
                load[junction] = load.get(junction, 0.0) + float(np.nanmean(queue))
    place = {junction: i for i, junction in enumerate(order)}
    chosen = sorted(load, key=lambda junction: -load[junction])[:MOST_JUNCTIONS]
    return sorted(chosen, key=lambda junction: (place.get(junction, len(place)), junction))


def _over_seeds(records: Iterable[RunRecord]) -> tuple[np.ndarray, np.ndarray] | None:
    """Common times (n,) and queues (seeds, n)."""
    series: list[tuple[Any, Any]] = []
    for record in records:
        size = min(len(record.queue_times_s), len(record.queue_veh))
        if size:
            series.append((np.asarray(record.queue_times_s[:size], float), np.asarray(record.queue_veh[:size], float)))
    if not series:
        return None
    begin, end = max(t[0] for t, _ in series), min(t[-1] for t, _ in series)
    points = min(MOST_POINTS, min(len(t) for t, _ in series))
    if end <= begin or points < 2:
        return None
    edges = np.linspace(begin, end, points)
    return edges, np.array([np.interp(edges, t, _smoothed(t, q, edges[1] - edges[0])) for t, q in series])


def _smoothed(times: np.ndarray, values: np.ndarray, width_s: float) -> np.ndarray:
    # Averaging over the drawn step keeps what falls between two drawn points.
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    size = max(1, round(width_s / step)) | 1
    if size == 1:
        return values
    padded = np.pad(values, size // 2, mode="edge")
    return np.convolve(padded, np.ones(size) / size, mode="valid")


def _by_minute(times: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    minutes = np.floor((times - times[0]) / 60).astype(int)
    starts = np.flatnonzero(np.diff(minutes, prepend=-1))
    counts = np.diff(np.append(starts, len(minutes)))
    return times[0] + minutes[starts] * 60.0, np.add.reduceat(block, starts, axis=1) / counts
