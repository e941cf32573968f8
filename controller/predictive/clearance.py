"""When greens may end and others start: minimum greens and intergreens inside the model, as the cabinet runs them."""

from __future__ import annotations

from controller.predictive.arrays import BEGUN, ENDED, GREEN_S, NEVER, SHOWS_FROM, Now, Scratch
from controller.predictive.compiled import compiled
from controller.predictive.model import GREEN, GROUPS, KIND_OF, MIN_GREEN_S, PEOPLE, RED, STAGE0, YELLOW_S, YIELDS, Model


@compiled
def leave_in_s(m: Model, n: Now, j: int, target: int) -> float:
    """Seconds until every green that ``target`` ends has run its minimum."""
    first = m.junction[j, STAGE0]
    wait = 0.0
    for g in range(m.junction[j, GROUPS]):
        if n.group[j, g, GREEN_S] >= 0 and m.green[first + target, g] == RED:
            wait = max(wait, m.group[j, g, MIN_GREEN_S] - n.group[j, g, GREEN_S])
    return wait


@compiled
def may_leave_at(m: Model, s: Scratch, j: int, target: int, t: float) -> bool:
    row = m.junction[j, STAGE0] + target
    for g in range(m.junction[j, GROUPS]):
        if s.show[g] != RED and m.green[row, g] == RED and t - s.group[g, BEGUN] < m.group[j, g, MIN_GREEN_S] - 1e-3:
            return False
    return True


@compiled
def start_of(m: Model, s: Scratch, j: int, g: int, row: int, t: float) -> float:
    """When group ``g`` can start, if the stage of ``row`` is asked for at ``t``."""
    at = t
    for h in range(m.junction[j, GROUPS]):
        seconds = m.intergreen[j, h, g]
        if seconds >= 0:
            ending = t if (s.show[h] != RED and m.green[row, h] == RED) else s.group[h, ENDED]
            if ending + seconds > at:
                at = ending + seconds
    return at


@compiled
def begin_transition(m: Model, s: Scratch, j: int, target: int, t: float) -> float:
    """Ends what ``target`` does not have, dates what it adds; returns when it is complete."""
    row = m.junction[j, STAGE0] + target
    at = t
    for g in range(m.junction[j, GROUPS]):
        s.group[g, SHOWS_FROM] = NEVER
        if m.green[row, g] == RED:
            continue
        if s.show[g] == RED or (s.show[g] == YIELDS and m.green[row, g] == GREEN):
            s.group[g, SHOWS_FROM] = start_of(m, s, j, g, row, t)
            at = max(at, s.group[g, SHOWS_FROM])
        elif m.green[row, g] == YIELDS:
            s.show[g] = YIELDS
    for g in range(m.junction[j, GROUPS]):
        if s.show[g] != RED and m.green[row, g] == RED:
            s.show[g] = RED
            s.group[g, ENDED] = t
            if m.group[j, g, KIND_OF] != PEOPLE:
                at = max(at, t + m.site[j, YELLOW_S])
    return at


@compiled
def protects(m: Model, n: Now, j: int, target: int) -> bool:
    """Whether ``target`` protects a turn that yields now: whoever waits inside the junction for a gap gets one."""
    here, there = m.junction[j, STAGE0] + n.stage[j], m.junction[j, STAGE0] + target
    for g in range(m.junction[j, GROUPS]):
        if m.green[here, g] == YIELDS and m.green[there, g] == GREEN and m.group[j, g, KIND_OF] != PEOPLE:
            return True
    return False


@compiled
def lets_in(m: Model, n: Now, j: int, target: int) -> bool:
    """Whether ``target`` starts vehicles that cross those who have green now, and so would catch whoever still stands inside."""
    here, there = m.junction[j, STAGE0] + n.stage[j], m.junction[j, STAGE0] + target
    if protects(m, n, j, target):
        return False
    for g in range(m.junction[j, GROUPS]):
        if m.group[j, g, KIND_OF] == PEOPLE or m.green[there, g] == RED or m.green[here, g] != RED:
            continue
        for h in range(m.junction[j, GROUPS]):
            if m.green[here, h] != RED and m.group[j, h, KIND_OF] != PEOPLE and m.intergreen[j, h, g] >= 0:
                return True
    return False
