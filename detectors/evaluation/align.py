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
TELLING_S = 10.0
"""From here on a frame and its moment tell the rate well enough."""
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
    counted, true = window.of(counted), tuple(of_named(window.of(true), names))
    if not true:
        raise EvaluationError("it has no event in the window", where=truth.where,
                              mend="check --from, --until, --begin and --line")
    last_s = min(window.until_s, results.lasts_s or window.until_s)
    late = sum((event.time_s or 0.0) > last_s for event in true)
    if late:
        remarks.append(f"{late} true events are after the results' end at {last_s:.1f} s, and count as missed (--until)")
    return Aligned(of_lines(counted, true, names, truth.where, remarks), true, tuple(remarks))


def timed(results: Account, truth: Account, fps: float | None,
          remarks: list[str]) -> tuple[tuple[Crossed, ...], tuple[Crossed, ...]]:
    """Where both sides name images, images decide; else moments. A rate that is asked for (``fps``) goes before any other."""
    counted, true = results.events or (), truth.events or ()
    ours = rate_of(results)
    if fps is None and ours and truth.fps and abs(ours / truth.fps - 1.0) > RATE_APART:
        remarks.append(f"the results have {ours:g} images a second, the truth {truth.fps:g}: are they of the same clip?")
    # The truth's rate is the clip's own; the results' is less where they looked at some of its images only.
    theirs, ours = fps or truth.fps or ours, fps or ours or truth.fps
    if theirs and all(event.frame is not None for event in (*counted, *true)):
        return _at_rate(counted, theirs), _at_rate(true, theirs)
    return _by_moment(counted, ours, results.where), _by_moment(true, theirs, truth.where)


def rate_of(account: Account) -> float | None:
    """Images a second by which its frames are numbered: as its own events have it, else as it says."""
    both = [(e.time_s, e.frame) for e in account.events or () if e.time_s and e.frame and e.time_s >= TELLING_S]
    return max(both)[1] / max(both)[0] if both else account.fps


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


def of_named(things: Sequence[Named], names: Names) -> list[Named]:
    """The truth's events or rows of the lines that are asked for, with the results' names for lines and lanes."""
    found = [thing._replace(line=names.lines.get(thing.line or "", thing.line),
                            lane=names.lanes.get(thing.lane or "", thing.lane)) for thing in things]
    return [thing for thing in found if not names.only or thing.line is None or thing.line in names.only]


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
