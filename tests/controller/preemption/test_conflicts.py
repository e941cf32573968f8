"""Who goes first where several want different greens."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from controller.preemption.arrival import Arrival
from controller.preemption.conflicts import PASSING_S, Claim, in_order
from controller.preemption.emergency import Emergency, EmergencyClass
from tests.controller.junctions import crossroads
from tests.controller.preemption.drive import way

CHANGE_S = 10.0


def claim(name: str, eta_s: float, kind: EmergencyClass = EmergencyClass.AMBULANCE, priority: int = 7) -> Claim:
    route = way(crossroads(), "ew")
    return Claim(Emergency(name, route, 1e6, kind, priority), Arrival(route.signals[0], eta_s, eta_s, 0, eta_s, eta_s))


def order(*claims: Claim) -> list[str]:
    return [c.emergency.id for c in in_order(claims, lambda c: 0.0, lambda a, b: CHANGE_S)]


def test_class_before_priority_before_arrival() -> None:
    assert order(claim("police", 1, EmergencyClass.POLICE, 14), claim("fire", 2, EmergencyClass.FIRE),
                 claim("ill", 9, priority=3), claim("dying", 30, priority=14)) == ["dying", "ill", "fire", "police"]


def test_of_equals_the_order_that_loses_least_time() -> None:
    # First come, first served would make the second wait 13 s and the third 27.
    assert order(claim("a", 10.0), claim("b", 11.0)) == ["a", "b"]
    assert order(claim("late", 60.0), claim("soon", 20.0)) == ["soon", "late"]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=4))
def test_no_other_order_of_equals_loses_less(etas: list[float]) -> None:
    claims = [claim(f"e{i}", eta) for i, eta in enumerate(etas)]

    def lost_s(row: tuple[Claim, ...] | list[Claim]) -> float:
        total, free_s = 0.0, 0.0
        for i, c in enumerate(row):
            at_s = max(free_s + (CHANGE_S if i else 0.0), c.arrival.eta_s)
            total += at_s - c.arrival.eta_s
            free_s = at_s + PASSING_S
        return total

    chosen = in_order(claims, lambda c: 0.0, lambda a, b: CHANGE_S)
    assert sorted(c.emergency.id for c in chosen) == sorted(c.emergency.id for c in claims)
    assert lost_s(chosen) <= min(lost_s(row) for row in permutations(claims)) + 1e-9


def test_more_than_can_be_compared_are_all_served() -> None:
    many = [claim(f"e{i}", float(i)) for i in range(9)]
    assert sorted(order(*many)) == sorted(c.emergency.id for c in many)
