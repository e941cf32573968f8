"""Watches the signal heads themselves and counts what must never be seen, whoever caused it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Head

EPS = 1e-6


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


class HeadMonitor:
    """Judges successive reports of one junction. It knows no stages and no requests: only heads, conflicts and times.

    Two conflicting groups may be green together only where some stage makes one of them yield and its head says so.
    """

    def __init__(self, junction: Junction) -> None:
        self._junction = junction
        self._heads: tuple[Head, ...] | None = None
        n = len(junction.groups)
        self._green_start = [0.0] * n
        self._green_end: list[float | None] = [None] * n
        self._ids = [g.id for g in junction.groups]
        pairs = junction.compatible_pairs
        self._conflicts: list[list[tuple[int, float, bool]]] = []
        for i, a in enumerate(self._ids):
            # (other group, seconds from its end to our start, may we run beside it while we yield)
            self._conflicts.append([(j, junction.intergreens.between(b, a), (a, b) in pairs)
                                    for j, b in enumerate(self._ids) if junction.intergreens.conflict(a, b)])

    def watch(self, status: CabinetStatus) -> list[Seen]:
        """Violations first visible in this report. Call it for each report whose heads differ from the last."""
        before, heads = self._heads, status.heads
        if heads == before:
            return []
        found: list[Seen] = []
        for i, head in enumerate(heads):
            was = before[i] if before else Head.RED
            if head.is_green and not was.is_green:
                found += self._green_begins(i, heads, status)
                self._green_start[i] = status.head_since_s[i]
            elif was.is_green and not head.is_green:
                found += self._green_ends(i, head, status)
            elif head is Head.GREEN and was is Head.GREEN_YIELD:
                found += self._green_begins(i, heads, status)
            elif was is Head.AMBER and head is Head.RED:
                found += self._yellow_ends(i, status)
            if head.is_green:
                found += self._conflict(i, heads, status)
        self._heads = heads
        return found

    def _seen(self, status: CabinetStatus, violation: Violation, detail: str) -> Seen:
        return Seen(self._junction.id, status.reported_s, violation, detail)

    def _conflict(self, i: int, heads: tuple[Head, ...], status: CabinetStatus) -> list[Seen]:
        found = []
        for j, _, may_yield in self._conflicts[i]:
            if not heads[j].is_green:
                continue
            ours = heads[i] is Head.GREEN_YIELD and may_yield
            theirs = heads[j] is Head.GREEN_YIELD and (self._ids[j], self._ids[i]) in self._junction.compatible_pairs
            if j > i and not (ours or theirs):
                found.append(self._seen(status, Violation.CONFLICT, f"{self._ids[i]} with {self._ids[j]}"))
        return found

    def _green_begins(self, i: int, heads: tuple[Head, ...], status: CabinetStatus) -> list[Seen]:
        found = []
        start = status.head_since_s[i]
        for j, seconds, may_yield in self._conflicts[i]:
            end = self._green_end[j]
            if end is None or heads[j].is_green or (may_yield and heads[i] is Head.GREEN_YIELD):
                continue
            if start - end < seconds - EPS:
                found.append(self._seen(status, Violation.SHORT_INTERGREEN,
                                        f"{self._ids[j]} -> {self._ids[i]} {start - end:g} s of {seconds:g} s"))
        return found

    def _green_ends(self, i: int, head: Head, status: CabinetStatus) -> list[Seen]:
        end = status.head_since_s[i]
        self._green_end[i] = end
        group = self._junction.groups[i]
        found = []
        if end - self._green_start[i] < group.min_green_s - EPS:
            found.append(self._seen(status, Violation.SHORT_GREEN,
                                    f"{group.id} {end - self._green_start[i]:g} s of {group.min_green_s:g} s"))
        if head is not Head.AMBER and not group.for_pedestrians and self._junction.yellow_s > 0:
            found.append(self._seen(status, Violation.SHORT_YELLOW, f"{group.id} had none"))
        return found

    def _yellow_ends(self, i: int, status: CabinetStatus) -> list[Seen]:
        end = self._green_end[i]
        shown = status.head_since_s[i] - end if end is not None else self._junction.yellow_s
        if shown < self._junction.yellow_s - EPS:
            return [self._seen(status, Violation.SHORT_YELLOW, f"{self._ids[i]} {shown:g} s")]
        return []
