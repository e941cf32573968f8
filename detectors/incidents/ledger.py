"""Opens and closes incidents, and remembers what is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from detectors.incidents.incident import NOTHING, Incident, IncidentKind, Place


class Ledger:
    """All incidents of one camera."""

    def __init__(self) -> None:
        self._open: dict[int, Incident] = {}
        self._changed: dict[int, Incident] = {}
        self._next = 1

    @property
    def open(self) -> tuple[Incident, ...]:
        return tuple(self._open.values())

    def begin(self, kind: IncidentKind, start_s: float, told_s: float, place: Place, confidence: float, cause: str, *,
              track: int | None = None, detail: Mapping[str, float] = NOTHING) -> int:
        """The number of the new incident."""
        number, self._next = self._next, self._next + 1
        self._open[number] = self._changed[number] = Incident(
            number, kind, start_s, place, round(min(1.0, max(0.0, confidence)), 2), cause, track, dict(detail), told_s)
        return number

    def end(self, number: int, end_s: float, cleared: str, detail: Mapping[str, float] = NOTHING) -> None:
        """Nothing happens where it is closed already."""
        one = self._open.pop(number, None)
        if one is not None:
            self._changed[number] = replace(one, end_s=max(end_s, one.start_s), cleared=cleared,
                                            detail={**one.detail, **detail})

    def end_all(self, end_s: float, cleared: str, *, but: frozenset[IncidentKind] = frozenset()) -> None:
        for number, one in list(self._open.items()):
            if one.kind not in but:
                self.end(number, end_s, cleared)

    def told(self) -> tuple[Incident, ...]:
        """What was opened or closed since the last time, in the order of the numbers."""
        found = tuple(self._changed[number] for number in sorted(self._changed))
        self._changed.clear()
        return found
