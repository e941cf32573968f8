"""Cost of staying against the best alternative over time, with the junction's stages under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.record import ExplainTrack, RunRecord
from simulation.report.chart_signals import stage_row
from simulation.report.drawing import axis_time, clock_axis, figure
from simulation.report.palette import BACK, FORWARD, SIGNAL_RED

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_POINTS = 1800
"""Longer runs are drawn every second or third second: the eye cannot tell, the file can."""


def explain_chart(track: ExplainTrack, record: RunRecord) -> Figure | None:
    """None for a strategy that weighs nothing in vehicle seconds."""
    import plotly.graph_objects as go

    if not track.times_s:
        return None
    step = 1 + len(track.times_s) // MOST_POINTS
    xs = [axis_time(t) for t in track.times_s[::step]]
    traces = [go.Scatter(x=xs, y=values[::step], mode="lines", name=name, line={"color": colour, "width": 1.6},
                         hovertemplate="%{y:.0f} veh s")
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
