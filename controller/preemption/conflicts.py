"""Two or more emergencies at one junction: who is served first.

One stage for all where there is one. Otherwise class, then priority, then the order in which they lose least time together.
Nothing is ever served that the junction's stages do not allow: the choice is only of which stage is asked for first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

from controller.preemption.arrival import Arrival
from controller.preemption.emergency import Emergency

PASSING_S = 4.0
"""From the stop line until a vehicle has left the conflict area, and control has seen it."""
COMPARED = 4
"""Of more rivals than this of equal rank only the first to arrive are put in every order: 24 orders are enough to think about in
a second."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One emergency's wish at one junction."""

    emergency: Emergency
    arrival: Arrival


def in_order(claims: Sequence[Claim], soonest_s: Callable[[Claim], float],
             change_s: Callable[[Claim, Claim], float]) -> list[Claim]:
    """``claims`` as they are to be served. ``soonest_s`` is the moment at which the first green for a claim can begin,
    ``change_s`` the seconds from one claim's green to another's, 0 where one stage serves both."""
    ranked = sorted(claims, key=lambda c: (c.emergency.kind, -c.emergency.priority, c.arrival.eta_s, c.emergency.id))
    ordered: list[Claim] = []
    while ranked:
        rank = _rank(ranked[0])
        equals = [c for c in ranked if _rank(c) == rank]
        ranked = ranked[len(equals):]
        if len(equals) > 1:
            head = min(permutations(equals[:COMPARED]), key=lambda row: (_lost_s(row, soonest_s, change_s), row[0].arrival.eta_s))
            equals = [*head, *equals[COMPARED:]]
        ordered += equals
    return ordered


def _rank(claim: Claim) -> tuple[int, int]:
    return claim.emergency.kind, -claim.emergency.priority


def _lost_s(row: Sequence[Claim], soonest_s: Callable[[Claim], float], change_s: Callable[[Claim, Claim], float]) -> float:
    total, free_s, before = 0.0, 0.0, None
    for claim in row:
        ready_s = soonest_s(claim) if before is None else free_s + change_s(before, claim)
        passes_s = max(ready_s, claim.arrival.eta_s)
        total += passes_s - claim.arrival.eta_s
        free_s, before = passes_s + PASSING_S, claim
    return total
