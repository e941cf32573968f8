"""What all drawings share: layout, the clock on the time axis, joined line segments, and writing them as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from simulation.report.palette import GRID, INK, MUTED

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def figure(traces: Sequence[Any], *, height: int, left: int = 70, right: int = 46, top: int = 34, bottom: int = 46,
           **layout: Any) -> Figure:
    """Figure in the report's style. Titles stand in the page, not in the drawing, so that they wrap."""
    import plotly.graph_objects as go

    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": "#c3c9d1", "automargin": True}
    style: dict[str, Any] = {
        "template": go.layout.Template(), "height": height, "autosize": True,
        "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff",
        "margin": {"l": left, "r": right, "t": top, "b": bottom}, "font": {"family": FONT, "size": 12, "color": INK},
        # Upright beside the drawing: lying above it, the tool bar would cover the legend.
        "modebar": {"orientation": "v"}, "hoverlabel": {"font": {"family": FONT, "size": 12}},
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom", "font": {"size": 12}},
    }
    for name in ("xaxis", "yaxis"):
        own = layout.pop(name, {})
        title = {"font": {"size": 12, "color": MUTED}} | own.pop("title", {})
        style[name] = axis | own | {"title": title}
    return go.Figure(data=list(traces), layout=style | layout)


def as_data(drawing: Figure) -> dict[str, Any]:
    """``{"data", "layout"}`` as plain values; NaN becomes None, a gap."""
    plain = drawing.to_plotly_json()
    return {"data": _clean(plain["data"]), "layout": _clean(plain["layout"])}


def script_json(value: Any) -> str:
    """JSON that can stand inside a ``<script>`` element, whatever the names in it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def axis_time(time_s: float) -> int:
    """Second of the day as Plotly's date axis counts: milliseconds since 1970-01-01."""
    return round(time_s * 10) * 100


def clock_axis(window: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:
    """Time axis that reads as a clock, for values of :func:`axis_time`."""
    # Ticks nearer than a minute, in a short run or zoomed in, would otherwise repeat the same minute.
    stops = [{"dtickrange": [None, 59_999], "value": "%H:%M:%S"}, {"dtickrange": [60_000, None], "value": "%H:%M"}]
    axis: dict[str, Any] = {"type": "date", "tickformatstops": stops, "hoverformat": "%H:%M:%S", **more}
    if window is not None:
        axis["range"] = [axis_time(window[0]), axis_time(window[1])]
    return axis


def segments(spans: Iterable[tuple[float, float]], y: float) -> tuple[list[int | None], list[float | None]]:
    """Horizontal segments of one height as one line with gaps: coordinates x (axis time) and y."""
    xs: list[int | None] = []
    ys: list[float | None] = []
    for start, end in spans:
        xs += [axis_time(start), axis_time(end), None]
        ys += [y, y, None]
    return xs, ys


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else round(value, 3)
    return value
