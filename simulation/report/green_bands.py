"""Green bands (bandes vertes) of a corridor, from the greens that were really shown.

A band is a window of starting times from which a vehicle at the corridor's speed meets green at every junction: the
construction of the time-space diagram (J. D. C. Little, The synchronization of traffic signals by mixed-integer linear
programming, Operations Research 14, 1966). Each junction's greens are shifted back by the travel time from the first
junction, and what they have in common is the band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.record import CorridorTrack, SignalTrack
from simulation.report.signal_spans import GREENS, Span, state_spans

MIN_WIDTH_S = 2.0
"""A narrower band lets no second vehicle through: it is not drawn."""
MIN_SHARE = 0.05
"""A stretch whose bands cover less of the time than this is chance, not coordination."""


@dataclass(frozen=True)
class GreenBand:
    """Vehicles that leave ``from_m`` between ``start_s`` and ``end_s`` reach ``to_m`` ``travel_s`` later, all on green."""

    start_s: float
    end_s: float
    from_m: float
    to_m: float
    travel_s: float

    @property
    def width_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class BandStretch:
    """Bands over the longest stretch that has any.

    ``share``: part of the window, 0 to 1, in which a start meets only green. ``bands``: all that cross the window, those
    that start before it too. ``whole``: the stretch has every junction of the corridor.
    """

    bands: list[GreenBand]
    share: float
    first_name: str
    last_name: str
    whole: bool


@dataclass(frozen=True)
class _Stop:
    position_m: float
    name: str
    greens: list[Span]


def corridor_bands(corridor: CorridorTrack, signals: Sequence[SignalTrack], window: Span, *, forward: bool,
                   min_width_s: float = MIN_WIDTH_S) -> list[GreenBand]:
    """Bands that start within ``window`` (s), forward or back; none with fewer than two signalised junctions that way.

    A junction without a through group in that direction, or without a recorded track, holds nobody up and is passed over.
    Yielding green counts as green.
    """
    return _bands(_stops(corridor, signals, window, forward), corridor.speed_mps, window, min_width_s)


def longest_stretch(corridor: CorridorTrack, signals: Sequence[SignalTrack], window: Span, *,
                    forward: bool) -> BandStretch | None:
    """The stretch of most junctions whose bands cover ``MIN_SHARE`` of the window, of equals the best covered; or None."""
    stops = _stops(corridor, signals, window, forward)
    for length in range(len(stops), 1, -1):
        shares = {i: band_share(_bands(stops[i:i + length], corridor.speed_mps, window, MIN_WIDTH_S), window)
                  for i in range(len(stops) - length + 1)}
        first = max(shares, key=lambda i: shares[i])
        if shares[first] >= MIN_SHARE:
            part = stops[first:first + length]
            travel_s = abs(part[-1].position_m - part[0].position_m) / corridor.speed_mps
            crossing = _bands(part, corridor.speed_mps, (window[0] - travel_s, window[1]), MIN_WIDTH_S)
            return BandStretch(crossing, shares[first], part[0].name, part[-1].name, length == len(corridor.junctions))
    return None


def intersection(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Times common to two lists of spans, each in order and without overlap."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if end > start:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def band_share(bands: Sequence[GreenBand], window: Span) -> float:
    """Part of the window, 0 to 1, in which a start meets only green."""
    length = window[1] - window[0]
    return sum(band.width_s for band in bands) / length if length > 0 else 0.0


def _stops(corridor: CorridorTrack, signals: Sequence[SignalTrack], window: Span, forward: bool) -> list[_Stop]:
    """Signalised junctions in the direction of travel, with the greens of their through groups."""
    groups = corridor.forward_groups if forward else corridor.back_groups
    tracks = {track.junction: track for track in signals}
    # How long the last state held is not recorded: it is taken to last as long as anything else that was.
    recorded = (float("-inf"), max([window[1], *(track.times_s[-1] for track in signals if track.times_s)]))
    along = zip(corridor.junctions, corridor.names, corridor.position_m, groups, strict=False)
    stops = [_Stop(position, name, state_spans(tracks[junction], group, recorded, GREENS))
             for junction, name, position, group in along
             if junction in tracks and group in tracks[junction].groups]
    return sorted(stops, key=lambda stop: stop.position_m, reverse=not forward)


def _bands(stops: Sequence[_Stop], speed_mps: float, window: Span, min_width_s: float) -> list[GreenBand]:
    if len(stops) < 2 or speed_mps <= 0:
        return []
    origin, end_m = stops[0].position_m, stops[-1].position_m
    common: list[Span] = [window]
    for stop in stops:
        travel_s = abs(stop.position_m - origin) / speed_mps
        common = intersection(common, [(start - travel_s, end - travel_s) for start, end in stop.greens])
    return [GreenBand(start, end, origin, end_m, abs(end_m - origin) / speed_mps)
            for start, end in common if end - start >= min_width_s]
