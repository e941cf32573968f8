"""Cost of staying against the best alternative over time, with the junction's stages under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulation.record import ExplainTrack, RunRecord
from simulation.report.chart_signals import stage_row
from simulation.report.drawing import axis_time, clock_axis, figure
from simulation.report.palette import BACK, FORWARD, SIGNAL_RED

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GAP_S = 1.5
MOST_POINTS = 1800
"""Longer runs are drawn every second or third second: the eye cannot tell, the file can."""


def explain_chart(track: ExplainTrack, record: RunRecord) -> Figure | None:
    """None for a strategy that weighs nothing in vehicle seconds."""
    import plotly.graph_objects as go

    if not track.times_s:
        return None
    step = 1 + len(track.times_s) // MOST_POINTS
    times = track.times_s[::step]
    traces = [go.Scatter(**_with_gaps(times, values[::step], GAP_S * step), mode="lines", name=name,
                         line={"color": colour, "width": 1.6}, hovertemplate="%{y:.0f} veh s")
              for name, values, colour in (("Staying · rester", track.stay_veh_s, FORWARD),
                                           ("Best change · meilleure autre phase", track.best_veh_s, BACK))]
    refused = [d for d in track.decisions if d["verdict"] == "refused" and d["cost_stay_veh_s"] is not None]
    if refused:
        traces.append(go.Scatter(x=[axis_time(d["time_s"]) for d in refused], y=[d["cost_stay_veh_s"] for d in refused],
                                 mode="markers", name="Refused by the guard · refusé", hoverinfo="x",
                                 marker={"color": SIGNAL_RED, "symbol": "x", "size": 9}))
    own = next((s for s in record.signals if s.junction == track.junction), None)
    window = (record.begin_s, record.end_s)
    stages, labels = stage_row(own, window) if own is not None else ([], [])
    for stage in stages:
        stage.update(yaxis="y2")
    for label in labels:
        label["yref"] = "y2"
    return figure([*traces, *stages], height=340, top=36, hovermode="x unified", annotations=labels,
                  # A window that fits the eye first; the rest is a drag away.
                  xaxis=clock_axis((window[0], min(window[1], window[0] + 600.0)), title={"text": "Time of day"}, anchor="y2"),
                  yaxis={"title": {"text": "Cost, vehicle seconds"}, "rangemode": "tozero", "domain": [0.2, 1]},
                  yaxis2={"domain": [0, 0.12], "range": [-1, 1], "showticklabels": False, "showgrid": False, "zeroline": False,
                          "title": {"text": "Stage", "font": {"size": 11}}, "fixedrange": True})


def _with_gaps(times_s: Sequence[float], values: Sequence[float | None], longest_s: float) -> dict[str, Any]:
    """Coordinates that leave transitions blank: nothing is weighed in them."""
    xs: list[int | None] = []
    ys: list[float | None] = []
    before_s = times_s[0]
    for time_s, value in zip(times_s, values, strict=True):
        if time_s - before_s > longest_s:
            xs.append(None)
            ys.append(None)
        xs.append(axis_time(time_s))
        ys.append(value)
        before_s = time_s
    return {"x": xs, "y": ys}
