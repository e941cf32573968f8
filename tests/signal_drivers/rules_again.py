"""The guard's rules, written out again from docs/safety.md and sharing no code with it: what may be said against a request.

Every rule is looked at every time, in no order, so that a refusal can be held against all that is wrong.
"""

from __future__ import annotations

import math
from itertools import combinations

from signal_drivers.guard import Rule
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Fault, Head, Mode

SLACK_S = 1e-5
"""More than the guard allows itself for rounding; whoever makes the cases keeps this far from every limit, or right on it."""
STALE_S, LIFE_S = 2.0, 5.0
GREENS = (Head.GREEN, Head.GREEN_YIELD)
HARMLESS = {Fault.DOOR, Fault.DETECTOR}


def objections(junction: Junction, request: StageRequest, status: CabinetStatus, now_s: float, *, last_sequence: int,
               latched: bool) -> set[Rule]:
    """All rules the request would break; none, and it has to pass."""
    found: set[Rule] = set()
    if {request.junction, status.junction} != {junction.id}:
        found.add(Rule.WRONG_JUNCTION)
    age_s = now_s - status.reported_s
    if math.isnan(age_s) or age_s < -SLACK_S or age_s > STALE_S + SLACK_S:
        found.add(Rule.STALE_STATUS)
    if latched:
        found.add(Rule.LATCHED)
    if status.mode != Mode.CENTRAL:
        found.add(Rule.MODE)
    if set(status.faults) - HARMLESS:
        found.add(Rule.FAULT)
    if status.stage is None or status.stage != status.target:
        found.add(Rule.TRANSITION)
    found |= _of_the_request_alone(request, now_s, max(last_sequence, status.echo_sequence))
    stages = {s.id: s for s in junction.stages}
    if len(status.heads) != len(junction.groups) or len(status.head_since_s) != len(junction.groups):
        return found | {Rule.HEADS} | (set() if request.stage in stages else {Rule.UNKNOWN_STAGE})
    if not all(map(math.isfinite, status.head_since_s)) or not _heads_right(junction, status):
        found.add(Rule.HEADS)
    if request.stage not in stages:
        return found | {Rule.UNKNOWN_STAGE}
    return found | _of_times(junction, request, status, now_s)


def _of_the_request_alone(request: StageRequest, now_s: float, newest: int) -> set[Rule]:
    found = set()
    if not all(map(math.isfinite, (request.issued_s, request.expires_s, now_s))) or now_s >= request.expires_s \
            or now_s < request.issued_s - SLACK_S or request.expires_s - request.issued_s > LIFE_S + SLACK_S:
        found.add(Rule.EXPIRED)
    if request.sequence <= newest:
        found.add(Rule.SEQUENCE)
    return found


def _heads_right(junction: Junction, status: CabinetStatus) -> bool:
    shown = {g.id: h for g, h in zip(junction.groups, status.heads, strict=True)}
    return any(s.id == status.stage
               and {g for g, h in shown.items() if h in GREENS} == s.green
               and {g for g, h in shown.items() if h == Head.RED} == shown.keys() - s.green
               and s.yielding <= {g for g, h in shown.items() if h == Head.GREEN_YIELD} for s in junction.stages)


def _of_times(junction: Junction, request: StageRequest, status: CabinetStatus, now_s: float) -> set[Rule]:
    found = set()
    green = next(s.green for s in junction.stages if s.id == request.stage)
    overdue = set()
    for k, group in enumerate(junction.groups):
        age_s = now_s - status.head_since_s[k]
        if status.heads[k] in GREENS and group.id not in green:
            if math.isnan(age_s) or age_s < group.min_green_s - SLACK_S:
                found.add(Rule.PEDESTRIAN if group.crossing_length_m is not None else Rule.MIN_GREEN)
        if status.heads[k] == Head.RED and group.id in status.call_since_s:
            waited_s = min(age_s, now_s - status.call_since_s[group.id])
            if math.isnan(now_s - status.call_since_s[group.id]) or waited_s > junction.max_red_s + SLACK_S:
                overdue.add(group.id)
    if overdue and not overdue & green:
        found.add(Rule.MAX_RED)
    return found


def conflicting_greens(junction: Junction, request: StageRequest) -> list[str]:
    """Pairs the stage asked for would let meet unprotected; none in a junction that was let in."""
    stage = next(s for s in junction.stages if s.id == request.stage)
    return [f"{a} with {b}" for a, b in combinations(sorted(stage.green - stage.yielding), 2)
            if any({a, b} == set(pair) for pair, _ in junction.intergreens.items())]
