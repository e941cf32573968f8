"""Watches the signal heads themselves and counts what must never be seen, whoever caused it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Head, Mode

# Twice the cabinet's own tolerance, so that rounding alone is never taken for a violation.
EPS = 2e-6
OUT_OF_SERVICE = frozenset({Mode.FLASHING, Mode.DARK})


class Violation(StrEnum):
    CONFLICT = "conflicting greens"
    SHORT_GREEN = "green shorter than its minimum"
    SHORT_YELLOW = "yellow shorter than it must be"
    SHORT_INTERGREEN = "green before the intergreen had run"


@dataclass(frozen=True, slots=True)
class Seen:
    """One violation on the heads, with the groups it concerns."""

    junction: JunctionId
    time_s: float
    violation: Violation
    detail: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Conflicting greens that have shown without a break ``since_s`` on the cabinet's clock, and the first pair of them."""

    groups: str
    since_s: float


class HeadMonitor:
    """Judges successive reports of one junction. It knows no stages and no requests: only heads, conflicts and times.

    Two conflicting groups may be green together only where some stage makes one of them yield and its head says so.
    Comparisons are written so that a time that is not a number counts as a violation. Durations are taken on the cabinet's own
    clock, which a better idea of how far it is from ours does not move.
    """

    def __init__(self, junction: Junction) -> None:
        self.conflict: Conflict | None = None
        """The conflict that shows now, None when there is none."""
        self._junction = junction
        self._heads: tuple[Head, ...] | None = None
        n = len(junction.groups)
        self._green_start = [0.0] * n
        self._green_end: list[float | None] = [None] * n
        self._conflicting: frozenset[tuple[int, int]] = frozenset()
        self._ids = [g.id for g in junction.groups]
        pairs = junction.compatible_pairs
        self._conflicts: list[list[tuple[int, float, bool]]] = []
        for a in self._ids:
            # (other group, seconds from its end to our start, may we run beside it while we yield)
            self._conflicts.append([(j, junction.intergreens.between(b, a), (a, b) in pairs)
                                    for j, b in enumerate(self._ids) if junction.intergreens.conflict(a, b)])

    def lost_sight(self) -> None:
        """Reports were missed, or the unit started anew: what it showed meanwhile nobody knows, so the next report is judged as
        the first one is. A conflict that shows then still counts from its own beginning."""
        self._heads, self._conflicting, self.conflict = None, frozenset(), None
        self._green_end = [None] * len(self._ids)

    def watch(self, status: CabinetStatus) -> list[Seen]:
        """Violations first visible in this report. A report that does not fit the junction is not judged: the guard
        refuses every request that comes with one."""
        before, heads, n = self._heads, status.heads, len(self._ids)
        if heads == before:
            return []
        if status.junction != self._junction.id or len(heads) != n or len(status.head_since_s) != n:
            return []
        found: list[Seen] = []
        begun: list[tuple[int, float]] = []
        # All that ended is noted before anything that began is judged against it.
        for i, head in enumerate(heads):
            was = before[i] if before else Head.RED
            if was.is_green and not head.is_green:
                found += self._green_ends(i, head, status)
            elif was is Head.AMBER and head is not Head.AMBER:
                found += self._yellow_ends(i, status)
            if head.is_green and not was.is_green:
                self._green_start[i] = status.head_since_s[i] - status.clock_ahead_s
                begun.append((i, self._green_start[i]))
            elif head is Head.GREEN and was is Head.GREEN_YIELD:
                # The green keeps its age when it stops yielding, so only the report dates the change.
                begun.append((i, status.reported_s - status.clock_ahead_s))
        for i, start in begun:
            found += self._green_begins(i, start, heads, status)
        found += self._conflicts_shown(heads, status)
        self._heads = heads
        return found

    def _seen(self, status: CabinetStatus, violation: Violation, detail: str) -> Seen:
        return Seen(self._junction.id, status.reported_s, violation, detail)

    def _conflicts_shown(self, heads: tuple[Head, ...], status: CabinetStatus) -> list[Seen]:
        green = {i for i, head in enumerate(heads) if head is Head.GREEN or head is Head.GREEN_YIELD}
        shown = frozenset((i, j) for i in green for j, _, may_yield in self._conflicts[i]
                          if j > i and j in green and not self._one_yields(i, j, may_yield, heads))
        new = sorted(shown - self._conflicting)
        self._conflicting = shown
        if not shown:
            self.conflict = None
        elif self.conflict is None:
            i, j = min(shown)
            self.conflict = Conflict(f"{self._ids[i]} with {self._ids[j]}",
                                     min(max(status.head_since_s[i], status.head_since_s[j]), status.reported_s)
                                     - status.clock_ahead_s)
        return [self._seen(status, Violation.CONFLICT, f"{self._ids[i]} with {self._ids[j]}") for i, j in new]

    def _one_yields(self, i: int, j: int, may_yield: bool, heads: tuple[Head, ...]) -> bool:
        ours = heads[i] is Head.GREEN_YIELD and may_yield
        return ours or (heads[j] is Head.GREEN_YIELD
                        and (self._ids[j], self._ids[i]) in self._junction.compatible_pairs)

    def _green_begins(self, i: int, start: float, heads: tuple[Head, ...], status: CabinetStatus) -> list[Seen]:
        found = []
        for j, seconds, may_yield in self._conflicts[i]:
            end = self._green_end[j]
            # An end counts even where that group is green again: who left under its last green may still be on the way.
            if end is None or (may_yield and heads[i] is Head.GREEN_YIELD):
                continue
            if not start - end >= seconds - EPS:
                found.append(self._seen(status, Violation.SHORT_INTERGREEN,
                                        f"{self._ids[j]} -> {self._ids[i]} {start - end:g} s of {seconds:g} s"))
        return found

    def _green_ends(self, i: int, head: Head, status: CabinetStatus) -> list[Seen]:
        end = status.head_since_s[i] - status.clock_ahead_s
        self._green_end[i] = end
        if status.mode in OUT_OF_SERVICE:
            # Flashing or dark takes every head at once, by design and without yellow.
            return []
        group = self._junction.groups[i]
        found = []
        if not end - self._green_start[i] >= group.min_green_s - EPS:
            found.append(self._seen(status, Violation.SHORT_GREEN,
                                    f"{group.id} {end - self._green_start[i]:g} s of {group.min_green_s:g} s"))
        if head is not Head.AMBER and not group.for_pedestrians and self._junction.yellow_s > 0:
            found.append(self._seen(status, Violation.SHORT_YELLOW, f"{group.id} had none"))
        return found

    def _yellow_ends(self, i: int, status: CabinetStatus) -> list[Seen]:
        end = self._green_end[i]
        # A yellow that was on when watching began has no known beginning.
        if end is None or status.mode in OUT_OF_SERVICE:
            return []
        shown = status.head_since_s[i] - status.clock_ahead_s - end
        if not shown >= self._junction.yellow_s - EPS:
            return [self._seen(status, Violation.SHORT_YELLOW, f"{self._ids[i]} {shown:g} s")]
        return []
