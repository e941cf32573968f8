"""Two accounts brought to one clock and one set of names, before anything is compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, CountRow, Crossed

NONE: Mapping[str, str] = MappingProxyType({})
RATE_APART = 0.01
"""Two frame rates that differ by more do not number the same images."""
Named = TypeVar("Named", Crossed, CountRow)


@dataclass(frozen=True, slots=True)
class Names:
    """What the truth calls a line or lane, and what the results call it; ``only`` these lines of the results, all if empty."""

    lines: Mapping[str, str] = field(default_factory=lambda: NONE)
    lanes: Mapping[str, str] = field(default_factory=lambda: NONE)
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """Part of the source, in seconds since its beginning."""

    from_s: float = 0.0
    until_s: float = math.inf

    def of(self, events: Iterable[Crossed]) -> tuple[Crossed, ...]:
        return tuple(e for e in events if e.time_s is not None and self.from_s <= e.time_s < self.until_s)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Events of both sides, each with ``time_s`` on the same clock, in the same names, of the same lines, within the window."""

    counted: tuple[Crossed, ...]
    truth: tuple[Crossed, ...]
    remarks: tuple[str, ...]


def align_events(results: Account, truth: Account, names: Names, window: Window, fps: float | None = None) -> Aligned:
    """Raises :class:`EvaluationError` where moments cannot be compared, or the two speak of different lines."""
    remarks: list[str] = []
    counted, true = timed(results, truth, fps, remarks)
    counted, true = window.of(counted), tuple(named(window.of(true), names))
    if not true:
        raise EvaluationError("it has no event in the window", where=truth.where, mend="check --from, --until and --begin")
    return Aligned(of_lines(counted, true, names, truth.where, remarks), true, tuple(remarks))


def timed(results: Account, truth: Account, fps: float | None,
          remarks: list[str]) -> tuple[tuple[Crossed, ...], tuple[Crossed, ...]]:
    """Where both sides name images, images decide; else moments. A rate that is asked for (``fps``) goes before any other."""
    counted, true = results.events or (), truth.events or ()
    if fps is None and results.fps and truth.fps and abs(results.fps / truth.fps - 1.0) > RATE_APART:
        remarks.append(f"the results have {results.fps:g} images a second, the truth {truth.fps:g}: are they of the same clip?")
    by_frame = all(event.frame is not None for event in (*counted, *true))
    rate = fps or results.fps or truth.fps
    if by_frame and rate:
        return _at_rate(counted, rate), _at_rate(true, rate)
    return (_by_moment(counted, fps or results.fps or truth.fps, results.where),
            _by_moment(true, fps or truth.fps or results.fps, truth.where))


def _at_rate(events: Iterable[Crossed], fps: float) -> tuple[Crossed, ...]:
    return tuple(event._replace(time_s=(event.frame or 0) / fps) for event in events)


def _by_moment(events: Iterable[Crossed], fps: float | None, where: str) -> tuple[Crossed, ...]:
    found = []
    for event in events:
        if event.time_s is None:
            if fps is None:
                raise EvaluationError("its events have frames, and nobody says how many make a second", where=where,
                                      mend="--fps 25, or as the clip has it")
            event = event._replace(time_s=(event.frame or 0) / fps)
        found.append(event)
    return tuple(found)


def named(things: Sequence[Named], names: Names) -> list[Named]:
    """The truth's events or rows, with the results' names for lines and lanes."""
    return [thing._replace(line=names.lines.get(thing.line or "", thing.line), lane=names.lanes.get(thing.lane or "", thing.lane))
            for thing in things]


def of_lines(counted: Sequence[Crossed], true: Sequence[Crossed] | Sequence[CountRow], names: Names, where: str,
             remarks: list[str]) -> tuple[Crossed, ...]:
    """The counted events of those lines that the truth is about."""
    ours, theirs = {e.line for e in counted if e.line}, {e.line for e in true if e.line}
    if names.only:
        if ours and not names.only <= ours:
            raise EvaluationError(f"nothing was counted at a line {_listed(names.only - ours)}", where="--line",
                                  mend=f"lines of the results: {_listed(ours)}")
        return tuple(e for e in counted if e.line is None or e.line in names.only)
    if not ours:
        return tuple(counted)
    if not theirs:
        if len(ours) > 1:
            raise EvaluationError(f"results are of {len(ours)} lines, and the truth does not say of which it is", where=where,
                                  mend=f"--line with one of {_listed(ours)}")
        return tuple(counted)
    if not ours & theirs:
        raise EvaluationError(f"the truth is of line {_listed(theirs)}, the results are of line {_listed(ours)}", where=where,
                              mend=f"--line {min(theirs)}={min(ours)} where they are the same")
    if theirs - ours:
        remarks.append(f"nothing was counted at line {_listed(theirs - ours)}")
    if ours - theirs:
        remarks.append(f"left out: line {_listed(ours - theirs)}, of which the truth says nothing")
    return tuple(e for e in counted if e.line is None or e.line in theirs)


def lanes_agree(counted: Iterable[Crossed], true: Iterable[Crossed] | Iterable[CountRow]) -> bool:
    """Whether the two sides name a lane in common."""
    ours = {event.lane for event in counted if event.lane}
    return any(lane in ours for thing in true for lane in lanes_of(thing.lane))


def lanes_of(lane: str | None) -> tuple[str, ...]:
    """``2/3``, somebody between two lanes, to its lanes."""
    return () if lane is None else (lane, *(part for part in lane.split("/") if part and part != lane))


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:6]) + (" …" if len(ordered) > 6 else "")
