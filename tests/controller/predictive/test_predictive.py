"""The planner in closed loop: it puts nothing off for ever, serves who comes, rests, and ends people's green early."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.strategies.actuated import Actuated
from controller.strategies.predictive import Predictive
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.predictive.worlds import World

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(waiting=st.integers(1, 6), gap_s=st.integers(6, 12), margin=st.sampled_from([0.0, 3.0, 8.0]))
def test_a_change_is_not_put_off_for_ever(waiting: int, gap_s: int, margin: float) -> None:
    """A few stand at red, and every few seconds one more arrives at the running green: at any moment, changing a second later
    looks just as good. It must still happen, within a minute, and without anybody else stepping in."""
    world = World(crossroads(), lambda lane, t: (waiting if lane == "e_0" and t == 20 else int(lane == "n_0" and t % gap_s == 0)))
    world.run(Predictive(margin=margin), 160)
    first = next((t for t, stage in world.changes if stage == "EW" and t >= 20), None)
    assert first is not None and first <= 20 + 60, world.changes
    assert world.served["e_0"] == waiting


def test_a_lone_driver_at_red_is_served_at_once_where_nobody_else_is() -> None:
    world = World(crossroads(), lambda lane, t: int(lane == "e_0" and t == 30)).run(Predictive(), 60)
    asked = [t for t, stage in world.changes if stage == "EW"]
    assert asked and 30 <= asked[0] <= 32
    assert world.served["e_0"] == 1


def test_nobody_there_nothing_changes() -> None:
    world = World(full_crossroads(), lambda lane, t: 0).run(Predictive(), 300)
    assert len(world.changes) <= 2, world.changes


def test_a_platoon_is_let_through_whole() -> None:
    """Ten at one second's distance, one driver at red: the platoon is not cut in two for him."""
    def arrivals(lane: str, t: int) -> int:
        return int((lane == "n_0" and 20 <= t < 40 and t % 2 == 0) or (lane == "e_0" and t == 24))

    world = World(crossroads(), arrivals)
    world.run(Predictive(), 90)
    change = next(t for t, stage in world.changes if stage == "EW")
    assert change >= 40
    assert world.served["n_0"] == 10 and world.served["e_0"] == 1


@pytest.mark.parametrize("vph", [300, 600])
def test_waits_are_no_longer_than_under_actuated_control(vph: int) -> None:
    def arrivals(lane: str, t: int) -> int:
        # A fixed pseudo-random stream: the same for both.
        return int((t * 7919 + sum(map(ord, lane)) * 104729) % 3600 < vph)

    mine = World(crossroads(), arrivals).run(Predictive(), 1200)
    theirs = World(crossroads(), arrivals).run(Actuated(), 1200)
    assert sum(mine.served.values()) >= sum(theirs.served.values()) - 4
    assert mine.waited_veh_s <= theirs.waited_veh_s * 1.05


def test_people_who_wait_get_their_green() -> None:
    asked: list[int] = []

    def people(group: str, t: int) -> int:
        return 3 if t >= 20 and not any(stage == "C" for _, stage in world.changes) else 0

    world = World(full_crossroads(), lambda lane, t: int(lane == "e_0" and t % 5 == 0), people)
    world.run(Predictive(), 90)
    asked = [t for t, stage in world.changes if stage == "C"]
    assert asked and asked[0] <= 60


def test_started_twice_it_decides_the_same() -> None:
    def once() -> list[tuple[int, str]]:
        return World(full_crossroads(), lambda lane, t: int((t * 31 + len(lane)) % 9 == 0)).run(Predictive(), 400).changes

    assert once() == once()


def _side_road(lane: str, t: int) -> int:
    return int((lane == "n_0" and t >= 35) or (lane in ("e_0", "w_0") and t < 35 and t % 4 == 0))


def test_those_caught_inside_are_let_out_by_their_protected_stage_before_others_are_let_in() -> None:
    free = World(full_crossroads(), _side_road).run(Predictive(), 90)
    caught = World(full_crossroads(), _side_road)
    caught.inside = lambda t: 2 if t >= 30 and not any(stage == "B" for _, stage in caught.changes) else 0
    caught.run(Predictive(), 90)
    assert [stage for t, stage in free.changes if t >= 36][:1] == ["C"], "nobody inside: the side road's turn"
    assert [stage for t, stage in caught.changes if t >= 36][:2] == ["B", "C"]


def test_one_turner_inside_clears_in_the_yellow_and_holds_nobody_up() -> None:
    free = World(full_crossroads(), _side_road).run(Predictive(), 90)
    alone = World(full_crossroads(), _side_road, inside=lambda t: int(t >= 30)).run(Predictive(), 90)
    assert alone.changes == free.changes


@pytest.mark.parametrize("clear_s", [3.0, 10.0, 20.0])
def test_ghosts_inside_hold_a_change_back_for_so_long_and_no_longer(clear_s: float) -> None:
    """Without a protected stage there is nothing to do but wait, and not for ever: cameras see ghosts."""
    def arrivals(lane: str, t: int) -> int:
        return int(lane == "e_0" and t == 30)

    def changed_at(inside: int) -> int:
        world = World(crossroads(), arrivals, inside=lambda t: inside).run(Predictive(clear_s=clear_s), 90)
        return next(t for t, stage in world.changes if stage == "EW")

    assert changed_at(9) - changed_at(0) == clear_s
