"""Emergency vehicles in the plan: green when they come, the queue before them gone, and as little before and after as may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.strategies.predictive import Predictive
from controller.strategy import Urgent
from signal_drivers.ids import GroupId, JunctionId, LaneId
from tests.controller.junctions import crossroads
from tests.controller.predictive.worlds import World

DUE_S = 90


def _main_road(lane: str, t: int) -> int:
    """A stream on the main road that fills its green: left alone, the plan gives the side road little and late."""
    return int(lane in ("n_0", "s_0") and t % 3 == 0)


def _coming(due_s: int = DUE_S, group: str = "ew", lane: str = "e_0") -> Callable[[int], list[Urgent]]:
    one = Urgent(JunctionId("X"), (LaneId(lane),), frozenset({GroupId(group)}), due_s)
    return lambda t: [one] if t <= due_s + 2 else []


def _asked(world: World, stage: str) -> list[int]:
    return [t for t, s in world.changes if s == stage]


def test_its_green_is_there_when_it_comes_and_ends_soon_after() -> None:
    world = World(crossroads(), _main_road, urgent=_coming()).run(Predictive(), 130)
    there, back = _asked(world, "EW"), _asked(world, "NS")
    assert len(there) == 1 and DUE_S - 20 <= there[0] <= DUE_S - 4, world.changes
    assert back and DUE_S <= back[-1] <= DUE_S + 12, world.changes
    assert World(crossroads(), _main_road).run(Predictive(), 130).changes == []


@pytest.mark.parametrize("waiting", [3, 8])
def test_the_longer_the_queue_before_it_the_sooner_the_green(waiting: int) -> None:
    def arrivals(lane: str, t: int) -> int:
        return waiting if lane == "e_0" and t == DUE_S - 30 else _main_road(lane, t)

    world = World(crossroads(), arrivals, urgent=_coming())
    world.run(Predictive(), DUE_S + 1)
    # Two seconds a vehicle: gone when it comes, or nearly.
    assert world.served["e_0"] >= waiting - 1, world.changes


def test_who_is_expected_no_more_changes_nothing() -> None:
    def gone(t: int) -> list[Urgent]:
        return _coming()(t) if t < 20 else []

    assert World(crossroads(), _main_road, urgent=gone).run(Predictive(), 130).changes == []


@pytest.mark.parametrize("told", [
    _coming(lane="nowhere"), _coming(group="nobody"), _coming(due_s=10_000),
    lambda t: [Urgent(JunctionId("elsewhere"), (LaneId("e_0"),), frozenset({GroupId("ew")}), DUE_S)]])
def test_who_cannot_be_placed_changes_nothing(told: Callable[[int], list[Urgent]]) -> None:
    assert World(crossroads(), _main_road, urgent=told).run(Predictive(), 130).changes == []
