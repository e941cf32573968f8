"""Judges signal heads by a junction's configuration, from looks at them alone: no stage, no request and no age the cabinet tells
has a say. A change lies somewhere between two looks; only what cannot have been long enough however it lay is a finding."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from signal_drivers.junction import Junction
from signal_drivers.status import Head
from simulation.conformance.expect import Expect
from simulation.conformance.look import Look

OUT_OF_SERVICE = frozenset({Head.DARK, Head.FLASHING_AMBER})


class Rule(StrEnum):
    CONFLICT = "conflicting greens"
    MIN_GREEN = "minimum green"
    YELLOW = "yellow"
    INTERGREEN = "intergreen"
    AGE = "age of a head"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, seen on the heads."""

    rule: Rule
    time_s: float
    text: str
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A moment that lay after ``after_s`` and not after ``by_s``."""

    after_s: float
    by_s: float


@dataclass(slots=True)
class Tally:
    """How often a rule was judged, and the nearest it came to being broken."""

    judged: int = 0
    margin_s: float = math.inf
    nearest: str = ""

    def note(self, longest_s: float, least_s: float, what: str) -> None:
        self.judged += 1
        if longest_s - least_s < self.margin_s:
            self.margin_s, self.nearest = longest_s - least_s, f"{what} {longest_s:.1f} s of {least_s:g} s"


@dataclass(slots=True)
class _Group:
    green_from: Span | None = None
    green_until: Span | None = None
    yellow_from: Span | None = None


@dataclass
class HeadJudge:
    """Takes every look in turn; :attr:`findings` grows. ``green_since`` tells when each group's green was seen to begin."""

    junction: Junction
    expect: Expect
    findings: list[Finding] = field(default_factory=list)
    tally: dict[Rule, Tally] = field(default_factory=lambda: {rule: Tally() for rule in Rule})

    def __post_init__(self) -> None:
        self._last: Look | None = None
        self._groups = [_Group() for _ in self.junction.groups]
        self._conflicting: frozenset[tuple[int, int]] = frozenset()
        ids = [g.id for g in self.junction.groups]
        self._waits: list[list[tuple[int, float]]] = [
            [(j, self.junction.intergreens.between(b, a)) for j, b in enumerate(ids) if self.junction.intergreens.conflict(b, a)]
            for a in ids]
        # A group may run beside a conflicting one only as the yielding half of a pair that some stage has.
        self._may_yield = {(i, j) for s in self.junction.stages for i, a in enumerate(ids) for j, b in enumerate(ids)
                           if a in s.yielding and b in s.green and a != b}

    def green_since(self, index: int) -> Span | None:
        """When the green that shows now began; None where the group is not green."""
        return self._groups[index].green_from

    def take(self, look: Look) -> None:
        last, self._last = self._last, look
        if last is None or (last.life != look.life and look.asked_s - last.got_s > 1.0):
            self._begin(look)
        elif last.heads != look.heads:
            self._compare(last, look)
        self._conflicts(look)

    def _begin(self, look: Look) -> None:
        """The first look of all, or the first after a while in which nobody could be seen: what shows now began no one knows
        when, and what ended before then is left to the next look."""
        for g, head in zip(self._groups, look.heads, strict=True):
            g.green_from = Span(-math.inf, look.got_s) if head.is_green else None
            g.green_until = g.yellow_from = None

    def _compare(self, last: Look, look: Look) -> None:
        span = Span(last.asked_s, look.got_s)
        pairs = list(enumerate(zip(last.heads, look.heads, strict=True)))
        for i, (was, now) in pairs:
            if was is now:
                continue
            if was.is_green and not now.is_green:
                self._green_ends(i, now, span, look)
            if was is Head.AMBER:
                self._yellow_ends(i, now, span, look)
            if was.is_green != now.is_green or not now.is_green:
                self._age(i, now, span, look)
        for i, (was, now) in pairs:
            if now.is_green and not was.is_green:
                self._groups[i].green_from = span
                self._green_begins(i, now, span, look)
            elif now is Head.GREEN and was is Head.GREEN_YIELD:
                self._green_begins(i, now, span, look)

    def _find(self, rule: Rule, look: Look, text: str) -> None:
        self.findings.append(Finding(rule, look.got_s, text, look.excused))

    def _green_ends(self, i: int, now: Head, span: Span, look: Look) -> None:
        group, state = self.junction.groups[i], self._groups[i]
        began, state.green_from, state.green_until = state.green_from, None, span
        if now in OUT_OF_SERVICE:
            # Flashing and dark take every head at once, by design.
            return
        if began is not None and math.isfinite(began.after_s):
            longest_s = span.by_s - began.after_s
            self.tally[Rule.MIN_GREEN].note(longest_s, group.min_green_s, group.id)
            if longest_s < group.min_green_s - self.expect.tolerance_s:
                self._find(Rule.MIN_GREEN, look, f"group {group.id} green for {longest_s:.1f} s of {group.min_green_s:g} s")
        if group.for_pedestrians or self.junction.yellow_s <= 0:
            return
        if now is Head.AMBER:
            state.yellow_from = span
        elif span.by_s - span.after_s < self.junction.yellow_s:
            self._find(Rule.YELLOW, look, f"group {group.id} green -> {now.name.lower()}, no yellow between")

    def _yellow_ends(self, i: int, now: Head, span: Span, look: Look) -> None:
        began, self._groups[i].yellow_from = self._groups[i].yellow_from, None
        if began is None or now in OUT_OF_SERVICE:
            return
        name, least_s, longest_s = self.junction.groups[i].id, self.junction.yellow_s, span.by_s - began.after_s
        self.tally[Rule.YELLOW].note(longest_s, least_s, name)
        if longest_s < least_s - self.expect.tolerance_s:
            self._find(Rule.YELLOW, look, f"group {name} yellow for {longest_s:.1f} s of {least_s:g} s")

    def _green_begins(self, i: int, now: Head, span: Span, look: Look) -> None:
        ids = self.junction.groups
        for j, least_s in self._waits[i]:
            ended = self._groups[j].green_until
            if ended is None or (now is Head.GREEN_YIELD and (i, j) in self._may_yield):
                continue
            longest_s, what = span.by_s - ended.after_s, f"{ids[j].id} -> {ids[i].id}"
            self.tally[Rule.INTERGREEN].note(longest_s, least_s, what)
            if longest_s < least_s - self.expect.tolerance_s:
                self._find(Rule.INTERGREEN, look, f"group {ids[i].id} green {longest_s:.1f} s after {ids[j].id} ended, "
                                                  f"of {least_s:g} s")

    def _age(self, i: int, now: Head, span: Span, look: Look) -> None:
        """The age told of a head that has just changed, beside what was seen: whoever guards the junction believes it."""
        told_s = look.got_s - (look.report.uptime_ms - look.report.head_since_ms[i]) / 1000
        off_s = max(span.after_s - told_s, told_s - span.by_s)
        self.tally[Rule.AGE].note(self.expect.age_s - off_s, 0.0, self.junction.groups[i].id)
        if off_s > self.expect.age_s:
            self._find(Rule.AGE, look, f"group {self.junction.groups[i].id} {now.name.lower()}: said to be so since "
                                       f"{told_s:.1f} s, seen to change between {span.after_s:.1f} and {span.by_s:.1f} s")

    def _conflicts(self, look: Look) -> None:
        green = [i for i, head in enumerate(look.heads) if head.is_green]
        shown = frozenset((i, j) for i in green for j, _ in self._waits[i] if j > i and j in green
                          and not self._yields(i, j, look) and not self._yields(j, i, look))
        self.tally[Rule.CONFLICT].judged += 1
        ids = self.junction.groups
        for i, j in sorted(shown - self._conflicting):
            self._find(Rule.CONFLICT, look, f"groups {ids[i].id} and {ids[j].id} green together")
        self._conflicting = shown

    def _yields(self, i: int, j: int, look: Look) -> bool:
        return look.heads[i] is Head.GREEN_YIELD and (i, j) in self._may_yield
