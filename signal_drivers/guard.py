"""The guard can only say no. It imports no planner and believes nothing but what the cabinet reports.

Default deny: a request passes only when every rule has looked at it and found nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from signal_drivers.junction import Junction
from signal_drivers.limits import DEFAULT_LIMITS, Limits
from signal_drivers.monitor import HeadMonitor, Seen
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Fault, Head, Mode

EPS = 1e-6
HARMLESS_FAULTS = frozenset({Fault.DOOR, Fault.DETECTOR})
"""Any other fault blocks, one this version has never heard of included."""


class Rule(StrEnum):
    """Why a request was refused."""

    WRONG_JUNCTION = "wrong junction"
    STALE_STATUS = "stale status"
    LATCHED = "conflict latched"
    FAULT = "cabinet fault"
    MODE = "not under central control"
    EXPIRED = "request expired"
    SEQUENCE = "sequence not rising"
    UNKNOWN_STAGE = "unknown stage"
    TRANSITION = "transition in progress"
    HEADS = "heads disagree with the stage"
    MIN_GREEN = "minimum green"
    PEDESTRIAN = "minimum pedestrian time"
    MAX_RED = "maximum red"


@dataclass(frozen=True, slots=True)
class Verdict:
    accepted: bool
    rule: Rule | None = None
    detail: str = ""


ACCEPTED = Verdict(True)
KEPT = 1000
"""Violations kept; all are counted."""
Objection: TypeAlias = tuple[Rule, str]
"""All a rule can say: what is broken, and how. None of them can accept."""


class SafetyGuard:
    """Judges every request to one junction and watches its heads.

    A conflict that stood on the heads for ``limits.conflict_latch_s`` latches: from then on nothing passes until a person
    calls :meth:`reset`. A shorter one is recorded, and refused while it shows, since no stage looks like it.
    """

    def __init__(self, junction: Junction, limits: Limits = DEFAULT_LIMITS) -> None:
        self.junction = junction
        self.limits = limits
        self.requests = 0
        self.vetoes: dict[Rule, int] = {}
        self.violations: list[Seen] = []
        """The last ones."""
        self.violations_seen = 0
        self.latched: str | None = None
        self._sequence = 0
        self._monitor = HeadMonitor(junction)
        self._rules: tuple[Callable[[StageRequest, CabinetStatus, float], Objection | None], ...] = (
            self._about_this_junction, self._status_fresh, self._healthy, self._in_time, self._stage_settled,
            self._minimum_green, self._maximum_red)

    def watch(self, status: CabinetStatus) -> None:
        """Note what the heads show; a conflict that lasts latches. Call it for every report."""
        before = self._monitor.conflict
        seen = self._monitor.watch(status)
        self.violations_seen += len(seen)
        self.violations += seen
        del self.violations[:-KEPT]
        # A conflict gone from this report may have lasted until just before it: the longer reading is the safer one.
        standing = before or self._monitor.conflict
        if standing is None or self.latched is not None:
            return
        began_s = standing.since_s + status.clock_ahead_s
        if not status.reported_s - began_s < self.limits.conflict_latch_s - EPS:
            self.latched = f"{standing.groups} from {began_s:g} s"

    def lost_sight(self) -> None:
        """Say it before :meth:`watch` where reports have been missed since the last: greens and yellows seen before are then no
        ground for judging those seen after. What has latched stays so."""
        self._monitor.lost_sight()

    @property
    def conflict_stands(self) -> bool:
        """True while the last report showed a conflict; reports with the same heads must then be watched as well."""
        return self._monitor.conflict is not None

    def reset(self) -> None:
        """Clear the latch; only for a person who has looked at the junction."""
        self.latched = None

    def review(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Verdict:
        """Accept or refuse; a refusal names its rule. Never changes, delays or replaces a request."""
        self.requests += 1
        for rule in self._rules:
            objection = rule(request, status, now_s)
            if objection is not None:
                broken, detail = objection
                self.vetoes[broken] = self.vetoes.get(broken, 0) + 1
                return Verdict(False, broken, detail)
        self._sequence = request.sequence
        return ACCEPTED

    def _about_this_junction(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        if request.junction != self.junction.id or status.junction != self.junction.id:
            return Rule.WRONG_JUNCTION, f"{request.junction} / {status.junction}"
        if request.stage not in self.junction.stage:
            return Rule.UNKNOWN_STAGE, request.stage
        return None

    def _status_fresh(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        age = now_s - status.reported_s
        # Comparisons are written so that a NaN fails them.
        if not -EPS <= age <= self.limits.status_stale_s + EPS:
            return Rule.STALE_STATUS, f"{age:g} s old"
        if len(status.heads) != len(self.junction.groups) or len(status.head_since_s) != len(self.junction.groups):
            return Rule.HEADS, f"{len(status.heads)} heads for {len(self.junction.groups)} groups"
        for group, since in zip(self.junction.groups, status.head_since_s, strict=True):
            # Minus infinity would make every minimum green look served.
            if not math.isfinite(since):
                return Rule.HEADS, f"{group.id} has shown its aspect since {since} s"
        return None

    def _healthy(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        if self.latched is not None:
            return Rule.LATCHED, self.latched
        if status.mode is not Mode.CENTRAL:
            return Rule.MODE, f"{status.mode} by {status.mode_source}"
        blocking = status.faults - HARMLESS_FAULTS
        if blocking:
            return Rule.FAULT, ", ".join(sorted(blocking))
        return None

    def _in_time(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        if not request.issued_s - EPS <= now_s < request.expires_s:
            return Rule.EXPIRED, f"valid {request.issued_s:g} to {request.expires_s:g} s, now {now_s:g} s"
        if not request.expires_s - request.issued_s <= self.limits.request_life_s + EPS:
            return Rule.EXPIRED, (f"would live {request.expires_s - request.issued_s:g} s, "
                                  f"at most {self.limits.request_life_s:g} s")
        newest = max(self._sequence, status.echo_sequence)
        if not request.sequence > newest:
            return Rule.SEQUENCE, f"{request.sequence} after {newest}"
        return None

    def _stage_settled(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        if status.stage is None or status.stage != status.target:
            return Rule.TRANSITION, f"to {status.target}"
        stage = self.junction.stage.get(status.stage)
        if stage is None:
            return Rule.HEADS, f"cabinet reports unknown stage {status.stage}"
        for group, head in zip(self.junction.groups, status.heads, strict=True):
            right = (Head.RED if group.id not in stage.green else
                     Head.GREEN_YIELD if group.id in stage.yielding else Head.GREEN)
            # A protected group may still show yield: the weaker claim is the safer one.
            if head is not right and not (right is Head.GREEN and head is Head.GREEN_YIELD):
                return Rule.HEADS, f"{group.id} shows {head.name} in stage {stage.id}"
        return None

    def _minimum_green(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        target = self.junction.stage[request.stage].green
        for group, head, since in zip(self.junction.groups, status.heads, status.head_since_s, strict=True):
            if head.is_green and group.id not in target and not now_s - since >= group.min_green_s - EPS:
                return (Rule.PEDESTRIAN if group.for_pedestrians else Rule.MIN_GREEN,
                        f"{group.id} {now_s - since:g} s of {group.min_green_s:g} s")
        return None

    def _maximum_red(self, request: StageRequest, status: CabinetStatus, now_s: float) -> Objection | None:
        served = self.junction.stage[request.stage].green
        overdue = None
        for group, called in status.call_since_s.items():
            i = self.junction.index.get(group)
            if i is None or status.heads[i] is not Head.RED:
                continue
            if not now_s - max(called, status.head_since_s[i]) <= self.junction.max_red_s + EPS:
                if group in served:
                    return None
                overdue = group
        if overdue is not None:
            return Rule.MAX_RED, f"{overdue} waits and stage {request.stage} does not serve it"
        return None
