"""Time-space diagram of a corridor (diagramme espace-temps): signals, green bands and the vehicles' ways."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from simulation.record import CorridorTrack, RunRecord
from simulation.report.drawing import axis_time, clock_axis, figure, segments
from simulation.report.green_bands import BandStretch, GreenBand, longest_stretch
from simulation.report.palette import BACK, BUS, FORWARD, SIGNAL_GREEN, SIGNAL_RED, SIGNAL_YELLOW, TRAM, translucent
from simulation.report.signal_spans import GREENS, REDS, YELLOWS, Span, clipped, state_spans
from simulation.report.trajectories import in_window, sample, simplified, unbroken
from simulation.report.wording import shortened, without_street

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_TRAJECTORIES = 220
LONGEST_NAME = 48
"""Characters of a junction's name in a sentence; ids of joined junctions run to hundreds."""


def time_space_diagram(record: RunRecord, corridor: CorridorTrack, window: Span) -> Figure | None:
    """Time across, distance up; at each junction the through groups' signals, forward below its line and back above.

    None for a corridor of fewer than two junctions, or with neither signals nor vehicles recorded.
    """
    if len(corridor.junctions) < 2:
        return None
    low, high = min(corridor.position_m), max(corridor.position_m)
    extent = high - low
    offset = max(extent * 0.007, 2.0)
    signals = _signal_traces(record, corridor, window, offset)
    ways = _trajectory_traces(corridor, window)
    if not signals and not ways:
        return None
    bands = [trace for forward in (True, False)
             if (found := longest_stretch(corridor, record.signals, window, forward=forward)) is not None
             and (trace := _band_trace(found.bands, forward)) is not None]
    margin = max(extent * 0.05, 30.0)
    labels = [escape(shortened(name, 34)) for name in without_street(corridor.names)]
    return figure([*bands, *ways, *signals], height=min(760, 240 + 44 * len(corridor.junctions)), left=150, top=56,
                  xaxis=clock_axis(window, title={"text": "Time of day"}, dtick=60_000),
                  yaxis={"tickvals": [round(x, 1) for x in corridor.position_m],
                         "ticktext": [f"{label}  {round(x)} m  " for label, x in zip(labels, corridor.position_m, strict=False)],
                         "range": [low - margin, high + margin], "zeroline": False, "tickfont": {"size": 11}})


def band_sentence(record: RunRecord, corridor: CorridorTrack, window: Span) -> tuple[str, str]:
    """How much of the time a start meets only green, forward and back, and on which stretch: English and French."""
    found = [longest_stretch(corridor, record.signals, window, forward=forward) for forward in (True, False)]
    speed = round(corridor.speed_mps * 3.6)
    english = "; ".join(f"{way} {_share(stretch)}" for way, stretch in zip(("forward", "back"), found, strict=True))
    french = " ; ".join(f"{way} {_share_fr(stretch)}" for way, stretch in zip(("aller", "retour"), found, strict=True))
    return f"Green band at {speed} km/h: {english}.", f"Bande verte à {speed} km/h : {french}."


def _share(stretch: BandStretch | None) -> str:
    if stretch is None:
        return "none"
    where = "the whole corridor" if stretch.whole else f"only from {_short(stretch.first_name)} to {_short(stretch.last_name)}"
    return f"{100 * stretch.share:.0f} % of the time, {where}"


def _share_fr(stretch: BandStretch | None) -> str:
    if stretch is None:
        return "aucune"
    where = "tout l'axe" if stretch.whole else f"seulement de {_short(stretch.first_name)} à {_short(stretch.last_name)}"
    return f"{100 * stretch.share:.0f} % du temps, {where}"


def _short(name: str) -> str:
    return shortened(name, LONGEST_NAME)


def _signal_traces(record: RunRecord, corridor: CorridorTrack, window: Span, offset: float) -> list[Any]:
    import plotly.graph_objects as go

    tracks = {track.junction: clipped(track, window) for track in record.signals if track.junction in corridor.junctions}
    looks = {"Green": (GREENS, SIGNAL_GREEN, 5.0), "Yellow": (YELLOWS, SIGNAL_YELLOW, 5.0), "Red": (REDS, SIGNAL_RED, 3.0)}
    lines: dict[str, tuple[list[int | None], list[float | None]]] = {look: ([], []) for look in looks}
    for i, junction in enumerate(corridor.junctions):
        if junction not in tracks:
            continue
        for group, side in ((corridor.forward_groups[i], -1), (corridor.back_groups[i], 1)):
            for look, (letters, _, _) in looks.items():
                xs, ys = segments(state_spans(tracks[junction], group, window, letters),
                                  round(corridor.position_m[i] + side * offset, 1))
                lines[look][0].extend(xs)
                lines[look][1].extend(ys)
    return [go.Scatter(x=lines[look][0], y=lines[look][1], mode="lines", name=look, hoverinfo="skip", showlegend=True,
                       line={"color": colour, "width": width})
            for look, (_, colour, width) in looks.items() if lines[look][0]]


def _band_trace(bands: Iterable[GreenBand], forward: bool) -> Any | None:
    import plotly.graph_objects as go

    xs: list[int | None] = []
    ys: list[float | None] = []
    for band in bands:
        corners = [(band.start_s, band.from_m), (band.end_s, band.from_m), (band.end_s + band.travel_s, band.to_m),
                   (band.start_s + band.travel_s, band.to_m), (band.start_s, band.from_m)]
        xs += [*(axis_time(t) for t, _ in corners), None]
        ys += [*(round(x, 1) for _, x in corners), None]
    if not xs:
        return None
    colour = FORWARD if forward else BACK
    return go.Scatter(x=xs, y=ys, mode="lines", fill="toself", fillcolor=translucent(colour, 0.16), hoverinfo="skip",
                      line={"color": translucent(colour, 0.5), "width": 1}, showlegend=True,
                      name="Green band, forward" if forward else "Green band, back")


def _trajectory_traces(corridor: CorridorTrack, window: Span) -> list[Any]:
    import plotly.graph_objects as go

    looks = {"Vehicles, forward": (translucent(FORWARD, 0.75), 1.0), "Vehicles, back": (translucent(BACK, 0.75), 1.0),
             "Buses": (BUS, 1.6), "Trams": (TRAM, 2.2)}
    lines: dict[str, tuple[list[int | None], list[float | None]]] = {look: ([], []) for look in looks}
    seen = [way for way in corridor.trajectories if len(in_window(way, window)) > 1]
    special = [way for way in seen if _look(way.kind, way.forward) in ("Buses", "Trams")]
    ordinary = [way for way in seen if _look(way.kind, way.forward) not in ("Buses", "Trams")]
    # Public transport is rare and looked for: only the ordinary vehicles are thinned out.
    for way in [*sample(ordinary, MOST_TRAJECTORIES), *special]:
        xs, ys = lines[_look(way.kind, way.forward)]
        for stretch in unbroken(in_window(way, window)):
            points = simplified(stretch)
            xs += [*(axis_time(t) for t, _ in points), None]
            ys += [*(round(x) for _, x in points), None]
    return [go.Scatter(x=lines[look][0], y=lines[look][1], mode="lines", name=look, hoverinfo="skip", showlegend=True,
                       line={"color": colour, "width": width})
            for look, (colour, width) in looks.items() if lines[look][0]]


def _look(kind: str, forward: bool) -> str:
    if kind.startswith("tram"):
        return "Trams"
    if kind.startswith("bus"):
        return "Buses"
    return "Vehicles, forward" if forward else "Vehicles, back"
