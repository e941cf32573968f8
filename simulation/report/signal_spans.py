"""When each signal group showed what: a recorded track cut into spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import isfinite

from simulation.record import RunRecord, SignalTrack

Span = tuple[float, float]

GREENS = frozenset("Gg")
YELLOWS = frozenset("yYuoO")
"""Yellow, red-yellow and flashing: for the drawings all are "neither go nor stop"."""
REDS = frozenset("rRs")


def state_spans(track: SignalTrack, group: str, window: Span, wanted: Iterable[str]) -> list[Span]:
    """Spans in s, within ``window``, in which ``group`` (ligne de feux) shows one of the ``wanted`` letters, in order.

    Neighbours that touch are joined: green that becomes yielding green is one span when both are wanted.
    """
    letters = frozenset(wanted)
    if group not in track.groups:
        return []
    column = track.groups.index(group)
    spans: list[Span] = []
    for start, end, state in _pieces(track, window):
        if column >= len(state) or state[column] not in letters:
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def clipped(track: SignalTrack, window: Span) -> SignalTrack:
    """The part of a track that tells what was shown in ``window``: many questions of it are then cheap."""
    last = bisect_left(track.times_s, window[1])
    first = max(bisect_right(track.times_s, window[0], 0, last) - 1, 0)
    # One more keeps the end of the last state.
    part = slice(first, last + 1)
    return SignalTrack(track.junction, track.name, track.groups, track.kinds, track.times_s[part], track.states[part],
                       track.stages[part])


def stage_spans(track: SignalTrack, window: Span) -> list[tuple[str, float, float]]:
    """Active stages (phases de feux) within ``window``: (stage, start s, end s); transitions are the gaps."""
    spans: list[tuple[str, float, float]] = []
    for i, (start, end) in enumerate(_bounds(track, window)):
        stage = track.stages[i] if i < len(track.stages) else ""
        if not stage or end <= start:
            continue
        if spans and spans[-1][0] == stage and spans[-1][2] == start:
            spans[-1] = (stage, spans[-1][1], end)
        else:
            spans.append((stage, start, end))
    return spans


def mean_cycle_s(spans: list[tuple[str, float, float]]) -> float | None:
    """Mean time in s between beginnings of the first stage seen; None before it returns, or where no other stage came between."""
    if len({stage for stage, _, _ in spans}) < 2:
        return None
    starts = [start for stage, start, _ in spans if stage == spans[0][0]][1:]
    # The first span may have begun before the window: its beginning tells nothing.
    return (starts[-1] - starts[0]) / (len(starts) - 1) if len(starts) > 1 else None


def detail_window(records: Iterable[RunRecord], length_s: float = 600.0) -> Span:
    """The ``length_s`` drawn in detail, the same for all records: amid the trajectories, or amid the run if there are none."""
    begin, end, first, last = float("-inf"), float("inf"), float("-inf"), float("inf")
    for record in records:
        begin, end = max(begin, record.begin_s), min(end, record.end_s)
        ways = [way for corridor in record.corridors for way in corridor.trajectories]
        times = [t for way in ways for t in (*way.times_s[:1], *way.times_s[-1:])]
        if times:
            first, last = max(first, min(times)), min(last, max(times))
    if end - begin <= length_s:
        return begin, end
    middle = (first + last) / 2 if isfinite(first) and first <= last else (begin + end) / 2
    start = min(max(middle - length_s / 2, begin), end - length_s)
    return start, start + length_s


def _bounds(track: SignalTrack, window: Span) -> list[Span]:
    ends = [*track.times_s[1:], window[1]]
    return [(max(start, window[0]), min(end, window[1])) for start, end in zip(track.times_s, ends, strict=False)]


def _pieces(track: SignalTrack, window: Span) -> list[tuple[float, float, str]]:
    return [(start, end, state) for (start, end), state in zip(_bounds(track, window), track.states, strict=False)
            if end > start]
