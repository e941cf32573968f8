"""Green in time, for as long as it takes and no longer; and never anything the guard refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.preemption.emergency import Emergency, EmergencyClass, Lifecycle
from controller.preemption.manager import REASON, PreemptionManager
from controller.preemption.route import Piece, Route, SignalAhead
from controller.preemption.settings import PreemptionSettings
from controller.strategy import Tick
from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.junction import Junction
from tests.controller.contract import MODEST
from tests.controller.frames import SaidFrame, WildFrame, queue
from tests.controller.junctions import (
    crossroads,
    full_crossroads,
    junctions,
    network,
)
from tests.controller.preemption.drive import BEGIN_S, MARGIN_5_S, SPEED_MPS, Still, drive, passing, way


def busy(t: float) -> SaidFrame:
    """A queue on every lane, always: left to itself, actuated control changes at its maximum green only."""
    return SaidFrame(t, {lane: queue(6) for lane in ("n_0", "s_0", "e_0", "w_0")})


def test_the_movement_is_green_when_the_vehicle_comes_and_let_go_behind_it() -> None:
    junction = crossroads()
    log = drive(junction, busy, seconds=80, say=passing(way(junction, "ns", before_m=560.0)))
    arrives_s = BEGIN_S + 40
    assert all(log.green("ns", arrives_s + k) for k in range(-12, 2)), "queue flushed first, green until it is through"
    assert not any(arrives_s - 12 <= t <= arrives_s + 1 for t, _ in log.decisions)
    released = [t for t, _, _, what in log.told if what == "released"]
    assert len(released) == 1 and arrives_s <= released[0] <= arrives_s + 4
    assert log.refused == [] and log.violations == 0


def test_where_the_strategy_would_not_change_the_manager_does() -> None:
    junction = crossroads()
    log = drive(junction, SaidFrame, seconds=80, say=passing(way(junction, "ew")), calls=lambda t: {}, settings=MARGIN_5_S)
    assert [d.stage for _, d in log.decisions] == ["EW"] and log.decisions[0][1].reason == f"{REASON} A1"
    # Empty road: no earlier than clearance and margin need, 8 s before it comes.
    assert BEGIN_S + 60 <= log.decisions[0][0] <= BEGIN_S + 64


def test_a_longer_queue_is_begun_with_earlier() -> None:
    junction = crossroads()

    def asked(vehicles: int) -> float:
        log = drive(junction, lambda t: SaidFrame(t, {"e_0": queue(vehicles), "n_0": queue(4), "s_0": queue(4)}), seconds=100,
                    say=passing(way(junction, "ew")), calls=lambda t: {})
        return next(t for t, _, _, what in log.told if what == "activated")

    # Two seconds a vehicle: saturation flow.
    assert asked(2) - asked(10) == pytest.approx(16.0, abs=3.0)


def test_a_green_that_runs_is_held_against_what_the_strategy_wants() -> None:
    junction = crossroads()
    log = drive(junction, lambda t: SaidFrame(t, {"n_0": queue(5), "s_0": queue(5)}), seconds=75,
                say=passing(way(junction, "ns", before_m=500.0)))
    arrives_s = BEGIN_S + 500 / SPEED_MPS
    assert all(h["ns"].is_green for t, h in log.heads if arrives_s - 5 <= t <= arrives_s + 1)


def test_without_a_position_nothing_happens() -> None:
    junction = crossroads()

    def say(manager: PreemptionManager, now_s: float) -> None:
        manager.request(Emergency("A1", way(junction, "ew"), BEGIN_S + 900), now_s)

    log = drive(junction, busy, seconds=60, say=say)
    assert not any(d.reason.startswith(REASON) for _, d in log.decisions)


def test_lost_on_the_way_it_is_held_for_a_while_and_then_let_go() -> None:
    junction, settings = crossroads(), PreemptionSettings(lost_s=20.0)
    log = drive(junction, busy, seconds=120, settings=settings, say=passing(way(junction, "ew"), until_s=BEGIN_S + 60))
    whats = {what: t for t, _, _, what in log.told}
    assert whats["stale"] == BEGIN_S + 66 and whats["timeout"] == whats["released"] == BEGIN_S + 81
    assert all(log.green("ew", BEGIN_S + t) for t in range(66, 81)), "held until it is given up"


def test_a_vehicle_that_was_lost_before_its_turn_asks_for_nothing() -> None:
    junction = crossroads()
    log = drive(junction, busy, seconds=120, say=passing(way(junction, "ew"), until_s=BEGIN_S + 5))
    assert not any(d.reason.startswith(REASON) for _, d in log.decisions)


def test_called_off_it_is_let_go_at_once() -> None:
    junction = crossroads()
    drives = passing(way(junction, "ew"))

    def say(manager: PreemptionManager, now_s: float) -> None:
        drives(manager, now_s)
        if now_s == BEGIN_S + 65:
            manager.cancel("A1", now_s)

    log = drive(junction, busy, seconds=80, say=say)
    assert [(t, what) for t, _, _, what in log.told if what in ("cancelled", "released")] == [
        (BEGIN_S + 65, "cancelled"), (BEGIN_S + 65, "released")]


def test_a_vehicle_at_the_scene_blocks_nobody() -> None:
    junction = crossroads()
    say = passing(way(junction, "ew"), stops_m=840.0)
    log = drive(junction, lambda t: SaidFrame(t, {"n_0": queue(5)}), seconds=200, say=say)
    stands_s = next(t for t, _, _, what in log.told if what == "stands at the scene")
    assert stands_s == pytest.approx(BEGIN_S + 60 + 31, abs=2)
    assert any(h["ns"].is_green for t, h in log.heads if t > stands_s + 15)


def test_who_may_go_after_a_long_wait_is_not_at_the_scene_the_next_second() -> None:
    junction = crossroads()
    say = passing(way(junction, "ns"), stops_m=940.0)
    # Others stand before it until second 120; then the road is free, and it needs a moment.
    log = drive(junction, lambda t: SaidFrame(t, {"n_0": queue(4 if t < BEGIN_S + 120 else 0)}), seconds=170, say=say,
                calls=lambda t: {}, settings=PreemptionSettings(longest_hold_s=120.0))
    stands_s = next(t for t, _, _, what in log.told if what == "stands at the scene")
    assert stands_s == pytest.approx(BEGIN_S + 120 + 31, abs=2)


def test_who_stands_behind_others_at_green_is_not_at_the_scene() -> None:
    junction = crossroads()
    say = passing(way(junction, "ns"), stops_m=940.0)
    # The stop line is 60 m away and green, but four cars stand before it and do not go.
    log = drive(junction, lambda t: SaidFrame(t, {"n_0": queue(4)}), seconds=150, say=say, calls=lambda t: {},
                settings=PreemptionSettings(longest_hold_s=120.0))
    assert log.green("ns", BEGIN_S + 140)
    assert not any(what == "stands at the scene" for _, _, _, what in log.told)


def test_who_never_comes_does_not_hold_a_junction_for_ever() -> None:
    junction = crossroads()
    settings = PreemptionSettings(longest_hold_s=20.0, cooldown_s=60.0, at_scene_s=600.0)

    def say(manager: PreemptionManager, now_s: float) -> None:
        if now_s == BEGIN_S:
            manager.request(Emergency("A1", way(junction, "ew"), BEGIN_S + 900), now_s)
        # Creeps before the stop line.
        manager.moved("A1", 900.0 + 0.05 * (now_s - BEGIN_S), 1.2, now_s)

    log = drive(junction, busy, seconds=150, settings=settings, say=say)
    cold_s = next(t for t, _, _, what in log.told if what.startswith("cooldown"))
    assert cold_s == pytest.approx(BEGIN_S + 41, abs=2)
    assert any(h["ns"].is_green for t, h in log.heads if cold_s < t < cold_s + 60)


def test_the_more_urgent_of_two_goes_first() -> None:
    junction = crossroads()
    fire = passing(way(junction, "ns"), name="F1", kind=EmergencyClass.FIRE)
    ambulance = passing(way(junction, "ew"), name="A1", start_s=BEGIN_S + 1)

    def say(manager: PreemptionManager, now_s: float) -> None:
        fire(manager, now_s)
        ambulance(manager, now_s)

    log = drive(junction, busy, seconds=120, say=say)
    assert all(log.green("ew", BEGIN_S + 72 + k) for k in range(-5, 2))
    first = next(what for t, who, _, what in log.told if what == "activated" and who == "A1")
    assert first == "activated"
    assert any(h["ns"].is_green for t, h in log.heads if BEGIN_S + 74 < t < BEGIN_S + 95), "the other one right behind it"
    assert log.refused == [] and log.violations == 0


@pytest.mark.parametrize(("expires_s", "junction", "state"), [
    (BEGIN_S - 1, "X", Lifecycle.REJECTED), (BEGIN_S + 60, "elsewhere", Lifecycle.REJECTED),
    (BEGIN_S + 60, "X", Lifecycle.RECEIVED)])
def test_what_cannot_be_served_is_rejected(expires_s: float, junction: str, state: Lifecycle) -> None:
    manager = PreemptionManager(network(crossroads()))
    assert manager.request(Emergency("A1", way(crossroads(junction), "ew"), expires_s), BEGIN_S) is state


def test_an_expired_one_is_over_and_its_late_positions_change_nothing() -> None:
    manager, junction = PreemptionManager(network(crossroads())), crossroads()
    manager.request(Emergency("A1", way(junction, "ew"), BEGIN_S + 5), BEGIN_S)
    manager.moved("A1", 900.0, SPEED_MPS, BEGIN_S + 1)
    assert manager.apply(Tick(BEGIN_S + 6, SaidFrame(BEGIN_S + 6), {}), []) == []
    assert manager.state("A1") == (Lifecycle.TIMEOUT, "expired")
    manager.moved("A1", 950.0, SPEED_MPS, BEGIN_S + 7)
    assert manager.state("A1") == (Lifecycle.TIMEOUT, "expired") and manager.expected == {}


@MODEST
@given(junction=junctions(), seed=st.integers(0, 10**6), which=st.integers(0, 5), start=st.integers(0, 200),
       recovery=st.sampled_from(["owed", "resume"]))
def test_asks_only_what_the_guard_accepts(junction: Junction, seed: int, which: int, start: int, recovery: str) -> None:
    vehicles = [g.id for g in junction.groups if not g.for_pedestrians]
    route = way(junction, vehicles[which % len(vehicles)])
    log = drive(junction, lambda t: WildFrame(seed, t), seconds=360, say=passing(route, start_s=BEGIN_S + start),
                settings=PreemptionSettings(recovery=recovery), calls=lambda t: {g.id: BEGIN_S for g in junction.groups})
    assert log.refused == []
    assert log.violations == 0


@MODEST
@given(junction=junctions(), which=st.integers(0, 5), start=st.integers(0, 120), calm=st.booleans())
def test_the_movement_is_green_wherever_the_cabinet_could_have_made_it_so(junction: Junction, which: int, start: int,
                                                                          calm: bool) -> None:
    vehicles = [g.id for g in junction.groups if not g.for_pedestrians]
    group = vehicles[which % len(vehicles)]
    log = drive(junction, lambda t: SaidFrame(t, {} if calm else {row.id: queue(3) for row in junction.lanes}),
                seconds=start + 90, say=passing(way(junction, group), start_s=BEGIN_S + start), calls=lambda t: {})
    # 71 s of warning are enough for any of these junctions: nobody waits past the maximum red, since nobody calls.
    assert log.green(group, BEGIN_S + start + 71)


def test_full_crossroads_left_turn_is_protected_for_it() -> None:
    junction = full_crossroads()
    log = drive(junction, lambda t: SaidFrame(t, {"e_0": queue(5), "n_0": queue(3)}), seconds=75,
                say=passing(way(junction, "left")), calls=lambda t: {})
    heads = next(h for t, h in log.heads if t == BEGIN_S + 71)
    assert heads["left"].name == "GREEN" and not heads[GroupId("main")].is_green


def announced(junction: Junction, group: str, departs_s: float, *, heard: bool = True,
              starts_m: float = 0.0) -> Callable[[PreemptionManager, float], None]:
    """Says at the beginning that a vehicle sets off ``departs_s`` later, close before a signal; and then drives it."""
    route = way(junction, group, before_m=starts_m + 100.0)

    def say(manager: PreemptionManager, now_s: float) -> None:
        if now_s == BEGIN_S:
            manager.request(Emergency("A1", route, BEGIN_S + 900, departs_s=BEGIN_S + departs_s, starts_m=starts_m), now_s)
        if heard and now_s >= BEGIN_S + departs_s:
            at_m = min(starts_m + (now_s - BEGIN_S - departs_s) * SPEED_MPS, route.length_m)
            manager.moved("A1", at_m, SPEED_MPS, now_s)

    return say


@pytest.mark.parametrize("starts_m", [0.0, 600.0])
def test_who_is_announced_finds_the_first_signal_green(starts_m: float) -> None:
    junction = crossroads()
    log = drive(junction, busy, seconds=70, say=announced(junction, "ew", 40.0, starts_m=starts_m))
    # It sets off 100 m before the line: 7 s, in which the six cars there could not leave.
    assert all(log.green("ew", BEGIN_S + 40 + k) for k in range(8))
    begun_s = next(t for t, _, _, what in log.told if what == "activated")
    assert BEGIN_S + 15 < begun_s < BEGIN_S + 40, "in time, and not from the moment of the call on"
    assert log.refused == [] and log.violations == 0


def test_who_is_announced_and_comes_late_has_its_green_all_the_same() -> None:
    junction, route = crossroads(), way(crossroads(), "ew")
    late = passing(route, start_s=BEGIN_S + 90)

    def say(manager: PreemptionManager, now_s: float) -> None:
        if now_s == BEGIN_S:
            manager.request(Emergency("A1", route, BEGIN_S + 900, departs_s=BEGIN_S + 20), now_s)
        late(manager, now_s)

    log = drive(junction, busy, seconds=180, say=say)
    assert all(log.green("ew", BEGIN_S + 90 + 71 + k) for k in range(-5, 2))
    assert log.refused == [] and log.violations == 0


def test_who_was_announced_and_does_not_come_is_waited_for_without_holding_anything() -> None:
    junction = crossroads()
    log = drive(junction, busy, seconds=120, say=announced(junction, "ew", 40.0, heard=False))
    whats = {what: t for t, _, _, what in log.told}
    assert whats["stale"] == BEGIN_S + 46 and whats["released"] == BEGIN_S + 71 and "timeout" not in whats
    assert any(h["ns"].is_green for t, h in log.heads if t > BEGIN_S + 85)


def test_who_is_off_the_way_with_no_other_known_is_let_go_at_once_and_taken_up_again() -> None:
    junction, route = crossroads(), way(crossroads(), "ew", before_m=700.0)

    def say(manager: PreemptionManager, now_s: float) -> None:
        seconds = now_s - BEGIN_S
        if seconds == 0:
            manager.request(Emergency("A1", route, BEGIN_S + 900), now_s)
        # It comes near, is off its way for a while, and drives on.
        lost = 40 <= seconds < 60
        at_m = min(SPEED_MPS * seconds, 560.0) if seconds < 60 else 560.0 + SPEED_MPS * (seconds - 60)
        manager.moved("A1", at_m, 0.0 if lost else SPEED_MPS, now_s, lost=lost)

    log = drive(junction, busy, seconds=90, say=say)
    told = [(t - BEGIN_S, what) for t, _, _, what in log.told if what in ("activated", "released") or "way" in what]
    assert [what for _, what in told] == ["activated", "off its way, and no other is known", "released", "back on its way",
                                          "activated", "released"]
    at_s = dict(reversed([(what, t) for t, what in told]))
    assert at_s["off its way, and no other is known"] == at_s["released"] == 40 and at_s["back on its way"] == 60
    assert log.refused == [] and log.violations == 0


def test_who_follows_it_may_say_how_long_it_has_stood() -> None:
    """Then no speed that is noise sets the clock back, and being held up does."""
    junction, settings = crossroads(), PreemptionSettings(longest_hold_s=120.0)

    def stands_s(queue_until_s: float) -> float:
        def say(manager: PreemptionManager, now_s: float) -> None:
            seconds = now_s - BEGIN_S
            if seconds == 0:
                manager.request(Emergency("A1", way(junction, "ns"), BEGIN_S + 900), now_s)
            # It comes to stand in second 68; that is known of 40 s later.
            stood_s = seconds - 68.0 if seconds >= 108 else 0.0
            manager.moved("A1", min(SPEED_MPS * seconds, 940.0), SPEED_MPS if seconds < 68 else 2.0 * (seconds % 2), now_s,
                          stood_s=stood_s)

        def frame(t: float) -> SaidFrame:
            return SaidFrame(t, {"n_0": queue(4 if t < BEGIN_S + queue_until_s else 0)})

        log = drive(junction, frame, seconds=170, say=say, calls=lambda t: {}, settings=settings)
        return next(t - BEGIN_S for t, _, _, what in log.told if what == "stands at the scene")

    assert stands_s(0.0) == 108.0, "as soon as it is known"
    assert stands_s(120.0) == pytest.approx(151.0, abs=2), "half a minute after those before it have gone"


def test_a_green_is_not_given_up_because_the_way_to_it_seems_slower_for_a_while() -> None:
    junction = crossroads()
    lanes = tuple(row.id for row in junction.lanes_of[GroupId("ew")])
    before = SignalAhead(JunctionId("elsewhere"), frozenset({GroupId("g")}), (LaneId("u_0"),), 970.0, 980.0)
    here = SignalAhead(junction.id, frozenset({GroupId("ew")}), lanes, 1000.0, 1020.0)
    route = Route((Piece(970.0, SPEED_MPS), Piece(30.0, SPEED_MPS), Piece(220.0, SPEED_MPS)), (before, here))

    def frame(t: float) -> SaidFrame:
        # A camera makes much of the road before the other signal, for five seconds.
        return SaidFrame(t, {"e_0": queue(9), **({"u_0": queue(40)} if BEGIN_S + 58 <= t < BEGIN_S + 63 else {})})

    log = drive(junction, frame, seconds=90, strategy=Still("NS"), say=passing(route), calls=lambda t: {},
                settings=PreemptionSettings(longest_hold_s=25.0))
    begun_s = next(t for t, _, _, what in log.told if what == "activated")
    assert begun_s < BEGIN_S + 58
    assert all(log.green("ew", BEGIN_S + k) for k in range(58, 73))
    assert any(d.stage == "NS" for t, d in log.decisions if t >= BEGIN_S + 73), "and then it is let go"
