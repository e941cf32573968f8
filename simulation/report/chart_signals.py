"""Signal timing chart of a junction (diagramme de feux): what each signal group showed, and the active stages above."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from simulation.record import SignalTrack
from simulation.report.drawing import axis_time, clock_axis, figure, segments
from simulation.report.palette import MUTED, SIGNAL_GREEN, SIGNAL_RED, SIGNAL_YELLOW, SIGNAL_YIELD
from simulation.report.signal_spans import REDS, YELLOWS, Span, clipped, mean_cycle_s, stage_spans, state_spans
from simulation.report.wording import shortened

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_STAGE_TINTS = ("#d5dbe3", "#aab4c1")
_SHORT_KINDS = {"vehicle": "veh", "pedestrian": "ped", "tram": "tram", "bus": "bus", "cycle": "cycle"}
_ROW_PX = 24


def timing_chart(track: SignalTrack, window: Span) -> Figure | None:
    """A row for each group: green, yielding green hatched, yellow, and red as a thin line. None where nothing was recorded."""
    import plotly.graph_objects as go

    track = clipped(track, window)
    rows = {group: float(i + 1) for i, group in enumerate(track.groups)}
    looks: list[tuple[str, frozenset[str], dict[str, Any]]] = [
        ("Red", REDS, {"color": SIGNAL_RED, "width": 2}),
        ("Green", frozenset("G"), {"color": SIGNAL_GREEN, "width": 13}),
        ("Green, yields", frozenset("g"), {"color": SIGNAL_YIELD, "width": 13}),
        ("Yellow", YELLOWS, {"color": SIGNAL_YELLOW, "width": 13}),
    ]
    traces: list[Any] = []
    for name, letters, line in looks:
        xs: list[int | None] = []
        ys: list[float | None] = []
        for group, row in rows.items():
            more_x, more_y = segments(state_spans(track, group, window, letters), row)
            xs += more_x
            ys += more_y
        if not xs:
            continue
        traces.append(go.Scatter(x=xs, y=ys, mode="lines", line=line, name=name, hoverinfo="x", showlegend=True))
        if "g" in letters:
            traces.append(go.Scatter(x=xs, y=ys, mode="lines", line={"color": SIGNAL_GREEN, "width": 13, "dash": "2px,4px"},
                                     hoverinfo="skip", showlegend=False))
    if not traces:
        return None
    kinds = dict(zip(track.groups, track.kinds, strict=False))
    ticks = [f"{escape(shortened(group, 22))} <span style='color:{MUTED}'>{_SHORT_KINDS.get(kinds.get(group, ''), '')}</span>"
             for group in rows]
    stages, labels = stage_row(track, window)
    return figure([*stages, *traces], height=110 + _ROW_PX * (len(rows) + 1), left=110, top=36, annotations=labels,
                  xaxis=clock_axis(window, title={"text": "Time of day"}, dtick=60_000),
                  yaxis={"tickvals": [0, *rows.values()], "ticktext": ["<b>Stage</b>  ", *(f"{tick}  " for tick in ticks)],
                         "range": [len(rows) + 0.7, -0.7], "zeroline": False, "showgrid": False, "tickfont": {"size": 11}})


def cycle_sentence(track: SignalTrack, window: Span) -> tuple[str, str]:
    """Mean time between beginnings of the same stage, English and French; empty where no stage returned."""
    cycle_s = mean_cycle_s(stage_spans(track, window))
    if cycle_s is None:
        return "", ""
    return (f"Mean cycle in this window: {cycle_s:.0f} s", f"Cycle moyen sur cette fenêtre : {cycle_s:.0f} s")


def stage_row(track: SignalTrack, window: Span) -> tuple[list[Any], list[dict[str, Any]]]:
    """The stages' spans as one trace in each of two tints, alternating, and their names where there is room."""
    import plotly.graph_objects as go

    spans = stage_spans(track, window)
    order = list(dict.fromkeys(stage for stage, _, _ in spans))
    traces = []
    for i, tint in enumerate(_STAGE_TINTS):
        xs, ys = segments(((start, end) for stage, start, end in spans if order.index(stage) % 2 == i), 0.0)
        if xs:
            traces.append(go.Scatter(x=xs, y=ys, mode="lines", line={"color": tint, "width": 16}, hoverinfo="skip",
                                     showlegend=False))
    room_s = (window[1] - window[0]) / 90
    labels = [{"x": axis_time((start + end) / 2), "y": 0, "text": escape(stage), "showarrow": False, "font": {"size": 10}}
              for stage, start, end in spans if end - start >= room_s * max(1, len(stage))]
    return traces, labels
