"""The timeline of an evaluation: what happened above, what was counted below, hits joined."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from detectors.evaluation.account import Crossed
from detectors.evaluation.compare import EventComparison
from detectors.evaluation.counts import GEH_GOOD, in_order
from detectors.evaluation.intervals import IntervalScore
from simulation.report.drawing import figure
from simulation.report.palette import FORWARD, MUTED, SIGNAL_GREEN, SIGNAL_RED

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

EXTRA, WRONG = "#d9730d", "#8e44ad"
MOST_DRAWN = 20_000
"""Events of a drawing; a day of a boulevard is too much to look at at once."""
EVERYWHERE, ELSEWHERE = "all · tout", "elsewhere · ailleurs"
_APART = 0.32
"""Between what happened and what was counted; rows are 1 apart."""


def timeline(made: EventComparison) -> Figure | None:
    """A row for each lane, line or direction that the truth tells apart. None where there is too much to draw."""
    import plotly.graph_objects as go

    counted, true, score = made.aligned.counted, made.aligned.truth, made.score
    if len(counted) + len(true) > MOST_DRAWN:
        return None
    rows = _Rows(true, counted)
    partner = dict(score.hits)
    counted_row = [rows.at(true[partner[c]] if c in partner else event) for c, event in enumerate(counted)]
    true_row = [rows.at(event) for event in true]
    joins_x: list[float | None] = []
    joins_y: list[float | None] = []
    for c, t in score.hits:
        joins_x += [true[t].time_s, counted[c].time_s, None]
        joins_y += [true_row[t] - _APART / 2, true_row[t] + _APART / 2, None]
    wrong = set(score.wrong_direction)
    looks: list[tuple[str, str, str, list[tuple[Crossed, float]]]] = [
        ("True, found · réel, trouvé", "circle", SIGNAL_GREEN, [(true[t], true_row[t] - _APART / 2) for _, t in score.hits]),
        ("True, missed · réel, manqué", "x", SIGNAL_RED, [(true[t], true_row[t] - _APART / 2) for t in score.missed]),
        ("Counted, right · compté, juste", "triangle-up", FORWARD,
         [(counted[c], counted_row[c] + _APART / 2) for c, _ in score.hits]),
        ("Counted, extra · compté en trop", "diamond", EXTRA,
         [(counted[c], counted_row[c] + _APART / 2) for c in score.extra if c not in wrong]),
        ("Counted, wrong direction · à contresens", "arrow-left", WRONG,
         [(counted[c], counted_row[c] + _APART / 2) for c in score.wrong_direction])]
    traces: list[Any] = [go.Scatter(x=joins_x, y=joins_y, mode="lines", line={"color": "#b4bcc6", "width": 1}, hoverinfo="skip",
                                    showlegend=False)]
    traces += [go.Scatter(x=[e.time_s for e, _ in found], y=[y for _, y in found], mode="markers", name=f"{name} ({len(found)})",
                          marker={"symbol": symbol, "color": colour, "size": 10}, text=[_told(e) for e, _ in found],
                          hovertemplate="%{text}<extra></extra>") for name, symbol, colour, found in looks if found]
    names = [escape(name) for name in rows.names]
    return figure(traces, height=150 + 62 * len(names), left=90, top=70,
                  xaxis={"title": {"text": "Seconds from the beginning · secondes"}, "rangeslider": {"visible": False}},
                  yaxis={"tickvals": list(range(len(names))), "ticktext": names, "zeroline": False,
                         "range": [len(names) - 0.4, -0.6]})


def interval_chart(made: IntervalScore) -> Figure | None:
    """Counted against true, a dot for each row of the sheet, with the line on which they agree."""
    import plotly.graph_objects as go

    rows = [i.count_error for i in made.intervals]
    if len(rows) > MOST_DRAWN:
        return None
    most = max((max(row.true, row.counted or 0) for row in rows), default=0) or 1
    dots = go.Scatter(x=[row.true for row in rows], y=[row.counted for row in rows], mode="markers", showlegend=False,
                      text=[f"{escape(row.name)}: {row.counted} of {row.true}, GEH {row.geh:.1f}" for row in rows],
                      marker={"size": 9, "opacity": 0.7,
                              "color": [SIGNAL_GREEN if row.geh < GEH_GOOD else SIGNAL_RED for row in rows]},
                      hovertemplate="%{text}<extra></extra>", cliponaxis=False)
    same = go.Scatter(x=[0, most], y=[0, most], mode="lines", line={"color": MUTED, "dash": "dot", "width": 1}, hoverinfo="skip",
                      showlegend=False)
    return figure([same, dots], height=420, xaxis={"title": {"text": "True · réel"}, "rangemode": "tozero"},
                  yaxis={"title": {"text": "Counted · compté"}, "rangemode": "tozero"})


class _Rows:
    """Which row an event is drawn in: its lane's, else its line's, as far as the truth tells them apart."""

    def __init__(self, true: Sequence[Crossed], counted: Sequence[Crossed]) -> None:
        self._by = "lane" if any(event.lane for event in true) else "line"
        names = in_order(self._name(event) for event in true)
        # Where the truth names none, everything is in its one row; else what it does not name is one row more.
        others = {self._name(event) for event in counted} - set(names) if names != [EVERYWHERE] else set()
        self.names = [*names, *([ELSEWHERE] if others else [])]
        self._at = {name: float(i) for i, name in enumerate(self.names)}

    def at(self, event: Crossed) -> float:
        return self._at.get(self._name(event), float(len(self.names) - 1))

    def _name(self, event: Crossed) -> str:
        return getattr(event, self._by) or EVERYWHERE


def _told(event: Crossed) -> str:
    words = [f"{event.time_s or 0.0:.2f} s", *([f"image {event.frame}"] if event.frame is not None else []),
             *(str(word).replace("_", " ") for word in (event.line, event.lane, event.direction, event.kind) if word)]
    return escape(", ".join(words))
