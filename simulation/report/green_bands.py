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


def corridor_bands(corridor: CorridorTrack, signals: Sequence[SignalTrack], window: Span, *, forward: bool,
                   min_width_s: float = MIN_WIDTH_S) -> list[GreenBand]:
    """Bands that start within ``window`` (s), forward or back; none with fewer than two signalised junctions that way.

    A junction without a through group in that direction, or without a recorded track, holds nobody up and is passed over.
    Yielding green counts as green.
    """
    groups = corridor.forward_groups if forward else corridor.back_groups
    tracks = {track.junction: track for track in signals}
    stops = [(position, tracks[junction], group)
             for junction, position, group in zip(corridor.junctions, corridor.position_m, groups, strict=False)
             if group and junction in tracks and group in tracks[junction].groups]
    if len(stops) < 2 or corridor.speed_mps <= 0:
        return []
    stops.sort(key=lambda stop: stop[0], reverse=not forward)
    origin = stops[0][0]
    everything = (float("-inf"), max(_last(track, window) for _, track, _ in stops))
    common: list[Span] = [window]
    for position, track, group in stops:
        travel_s = abs(position - origin) / corridor.speed_mps
        greens = state_spans(track, group, everything, GREENS)
        common = intersection(common, [(start - travel_s, end - travel_s) for start, end in greens])
    end_m = stops[-1][0]
    return [GreenBand(start, end, origin, end_m, abs(end_m - origin) / corridor.speed_mps)
            for start, end in common if end - start >= min_width_s]


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


def _last(track: SignalTrack, window: Span) -> float:
    # The last state is known to hold no longer than the recording; its end is not stored, so the window's end bounds it.
    return max(window[1], track.times_s[-1] if track.times_s else window[1])
