"""Mean delay by strategy with its interval and each seed, and the change of the main figures from the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from simulation.record import RunRecord
from simulation.report.catalogue import figure_info, in_order
from simulation.report.drawing import figure
from simulation.report.flatten import flat_figures
from simulation.report.palette import INK, translucent
from simulation.report.statistics import MAIN_FIGURE, Difference, Estimate, by_strategy, estimates
from simulation.report.wording import of_rare_events, shortened

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_PERCENT = 150.0
"""A change beyond this (of a figure near zero) would squeeze all others: it is left to the table, as are rare events."""


def delay_bars(records: Sequence[RunRecord], strategies: Sequence[str], colours: Mapping[str, str]) -> Figure | None:
    """Horizontal bars of mean delay (s/veh), whiskers for the 95 % interval, a dot for each seed. None if not known."""
    import plotly.graph_objects as go

    runs, means = by_strategy(records), estimates(records)
    names = [name for name in strategies if MAIN_FIGURE in means[name]]
    if not names:
        return None
    labels = {name: escape(shortened(name, 28)) for name in names}
    found = [means[name][MAIN_FIGURE] for name in names]
    bars = go.Bar(
        x=[e.mean for e in found], y=[labels[n] for n in names], orientation="h", width=0.62, showlegend=False,
        marker={"color": [translucent(colours[n], 0.55) for n in names],
                "line": {"color": [colours[n] for n in names], "width": 1}},
        error_x={"type": "data", "array": [e.ci95 or 0.0 for e in found], "color": INK, "thickness": 1.6, "width": 6},
        customdata=[e.ci95 if e.ci95 is not None else "–" for e in found],
        hovertemplate="%{y}: %{x:.1f} ± %{customdata:.1f} s/veh<extra></extra>")
    dots_x: list[float] = []
    dots_y: list[str] = []
    dots_seed: list[int] = []
    for name in names:
        for seed, record in runs[name].items():
            value = flat_figures(record).get(MAIN_FIGURE)
            if value is not None:
                dots_x.append(value)
                dots_y.append(labels[name])
                dots_seed.append(seed)
    dots = go.Scatter(x=dots_x, y=dots_y, mode="markers", customdata=dots_seed, showlegend=False,
                      marker={"size": 7, "color": "#ffffff", "line": {"color": INK, "width": 1.3}},
                      hovertemplate="%{y}, seed %{customdata}: %{x:.1f} s/veh<extra></extra>")
    return figure([bars, dots], height=112 + 44 * len(names), left=110,
                  xaxis={"title": {"text": "Mean delay, s per vehicle"}, "rangemode": "tozero"},
                  yaxis={"autorange": "reversed", "ticksuffix": "  ", "type": "category"}, bargap=0.3)


def delay_spread(means: Mapping[str, Mapping[str, Estimate]], strategies: Sequence[str],
                 colours: Mapping[str, str]) -> Figure | None:
    """From the median vehicle's delay to the 95th percentile (s), the mean between. None if not known."""
    import plotly.graph_objects as go

    names = [name for name in strategies if {"delay_p50_s", "delay_p95_s", MAIN_FIGURE} <= means[name].keys()]
    if not names:
        return None
    labels = [escape(shortened(name, 28)) for name in names]
    xs: list[float | None] = []
    ys: list[str | None] = []
    for name, label in zip(names, labels, strict=True):
        xs += [means[name]["delay_p50_s"].mean, means[name]["delay_p95_s"].mean, None]
        ys += [label, label, None]
    traces = [go.Scatter(x=xs, y=ys, mode="lines", line={"color": "#c3c9d1", "width": 6}, hoverinfo="skip", showlegend=False)]
    for key, name, symbol in (("delay_p50_s", "Median", "circle"), (MAIN_FIGURE, "Mean", "diamond"),
                              ("delay_p95_s", "95th percentile", "square")):
        traces.append(go.Scatter(
            x=[means[n][key].mean for n in names], y=labels, mode="markers", name=name,
            marker={"symbol": symbol, "size": 10, "color": [colours[n] for n in names], "line": {"color": INK, "width": 0.8}},
            hovertemplate="%{y}: %{x:.1f} s<extra>" + name + "</extra>"))
    return figure(traces, height=146 + 34 * len(names), left=110, top=58,
                  xaxis={"title": {"text": "Delay of a vehicle, s"}, "rangemode": "tozero"},
                  yaxis={"autorange": "reversed", "ticksuffix": "  ", "type": "category"})


def change_forest(differences: Mapping[str, Mapping[str, Difference]], colours: Mapping[str, str]) -> Figure | None:
    """Change from the baseline in % with 95 % intervals, a row for each main figure, a colour for each strategy."""
    import plotly.graph_objects as go

    def shown(figures: Mapping[str, Difference], key: str) -> bool:
        difference = figures.get(key)
        return (difference is not None and difference.percent is not None and abs(difference.percent) <= MOST_PERCENT
                and not of_rare_events(difference, figure_info(key)))

    keys = [key for key in in_order({key for figures in differences.values() for key in figures})
            if figure_info(key).main and figure_info(key).better != "neither"
            and any(shown(figures, key) for figures in differences.values())]
    if not keys:
        return None
    rows = {key: float(i) for i, key in enumerate(keys)}
    count = len(differences)
    traces = []
    for i, (name, figures) in enumerate(differences.items()):
        own = [(key, figures[key]) for key in keys if shown(figures, key)]
        shift = 0.0 if count == 1 else (i / (count - 1) - 0.5) * 0.6
        traces.append(go.Scatter(
            x=[d.percent for _, d in own], y=[rows[key] + shift for key, _ in own], mode="markers", name=escape(name),
            marker={"color": colours[name], "size": 9 if count < 4 else 6, "symbol": "diamond"},
            error_x={"type": "data", "array": [d.percent_ci95 or 0.0 for _, d in own], "color": colours[name],
                     "thickness": 1.6, "width": 0},
            customdata=[[figure_info(key).label, d.percent_ci95 or 0.0] for key, d in own], showlegend=True,
            hovertemplate="%{customdata[0]}: %{x:+.1f} ± %{customdata[1]:.1f} %<extra>" + escape(name) + "</extra>"))
    ticks = [f"{figure_info(key).label}{' ▸' if figure_info(key).better == 'higher' else ''}" for key in keys]
    return figure(traces, height=134 + max(26, 9 * count) * len(keys), left=170, top=58,
                  xaxis={"title": {"text": "Change from the baseline, %"}, "zeroline": True, "zerolinecolor": INK,
                         "zerolinewidth": 1.2, "ticksuffix": " %"},
                  yaxis={"tickvals": list(rows.values()), "ticktext": ticks, "range": [len(keys) - 0.4, -0.6],
                         "ticksuffix": "  ", "zeroline": False})
