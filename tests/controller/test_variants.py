"""Trams and people on long crossings get in when they call and leave when they are gone, under any strategy and demand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.loop import ControlLoop
from controller.registry import names, strategy, strategy_class
from controller.strategy import Decision, Strategy, Tick
from controller.variants import LATE_ENTRY_S, DemandVariants
from detectors.observation import Frame, SeenVehicle
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.variants import with_variants
from tests.controller.frames import SaidFrame, WildFrame, car
from tests.controller.junctions import crossroads, network
from tests.controller.tram_crossing import TRAM_LANE, CrossingDriver, World, tram_crossing
from tests.signal_drivers.random_junctions import junctions

A, A_T, A_P, A_TP, B, B_P = map(StageId, ("A", "A-t", "A-p", "A-tp", "B", "B-p"))
TRAM = GroupId("tram")
CHANCES = st.fixed_dictionaries({"main": st.sampled_from([0.0, 0.05, 0.2]), "side": st.sampled_from([0.0, 0.02, 0.1]),
                                 "tram": st.sampled_from([0.0, 0.005, 0.02]), "along": st.sampled_from([0.0, 0.01, 0.05]),
                                 "over": st.sampled_from([0.0, 0.01, 0.05])})
MODEST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Alternate(Strategy):
    """Changes between the full stages every ``period_s``: what is shown within a stage is the translation's doing alone."""

    name = "alternate"
    keeps_max_red = True

    def __init__(self, period_s: float = 60.0) -> None:
        self.period_s = period_s
        self.seen: set[StageId] = set()

    def decide(self, tick: Tick) -> list[Decision]:
        found = []
        for j, status in tick.statuses.items():
            assert status.stage is not None
            self.seen |= {status.stage, *(s.id for s in self.network.junctions[j].stages)}
            if tick.now_s - status.stage_since_s >= self.period_s:
                found.append(Decision(j, B if status.stage == A else A, "turn"))
        return found


def shown(world: World, seconds: int) -> list[StageId]:
    """Settled stages of the coming seconds, in order, each once in a row."""
    rows: list[StageId] = []
    for _ in range(seconds):
        stage = world.step().stage
        if stage is not None and rows[-1:] != [stage]:
            rows.append(stage)
    return rows


def until(world: World, stage: StageId) -> CabinetStatus:
    """The world's next status in ``stage``. A cabinet starts in its first full stage, with everybody green."""
    for _ in range(300):
        status = world.step()
        if status.stage == stage:
            return status
    raise AssertionError(f"{stage} never came")


def test_nobody_calls_and_every_stage_runs_at_its_smallest() -> None:
    assert shown(World(Alternate(), 1, {}), 270) == [A, A_T, B_P, A_TP, B_P, A_TP]


def test_strategies_see_full_stages_only() -> None:
    made = Alternate()
    world = World(made, 1, {"tram": 0.02, "over": 0.02, "along": 0.02})
    assert len(set(shown(world, 600))) > 2
    assert made.seen == {A, B}


def test_a_tram_gets_in_when_it_comes_and_is_let_out_when_it_has_passed() -> None:
    made = Alternate(40.0)
    world = World(made, 1, {})
    until(world, A_TP)
    made.period_s = 500.0
    assert shown(world, 30) == [A_TP]
    world.call("tram")
    assert shown(world, 60) == [A_TP, A_P, A_TP]
    assert world.waits["tram"][0] <= 5


def test_people_join_a_young_stage() -> None:
    world = World(Alternate(60.0), 1, {})
    until(world, B_P)
    world.call("over")
    assert B in shown(world, 10)
    assert world.waits["over"][0] <= LATE_ENTRY_S


def test_people_who_come_late_wait_their_patience_and_no_longer() -> None:
    made = Alternate(60.0)
    world = World(made, 1, {})
    until(world, A_TP)
    made.period_s = 1000.0
    shown(world, 60)
    world.call("along")
    assert A_T in shown(world, 60)
    # The call register looks every ten seconds, and waits 20 s from when it was sure of the call.
    assert 15 <= world.waits["along"][0] <= 45


def test_what_is_green_in_both_stages_is_not_interrupted() -> None:
    variants = DemandVariants(network(tram_crossing()))
    world = World(Alternate(), 1, {})
    green = world.driver.clock.status(0.0)
    assert green.stage == A
    status = CabinetStatus(green.junction, 100.0, B, B, 50.0, green.heads, green.head_since_s)
    found = variants.apply(Tick(100.0, SaidFrame(100.0), {status.junction: status}), [Decision(status.junction, A)])
    assert [d.stage for d in found] == [A]


def test_a_standing_call_is_served_though_nobody_is_seen_this_moment() -> None:
    junction = tram_crossing()
    variants = DemandVariants(network(junction))
    world = World(Alternate(), 1, {})
    status = until(world, B_P)
    called = CabinetStatus(status.junction, status.reported_s, status.stage, status.target, status.stage_since_s, status.heads,
                           status.head_since_s, call_since_s={TRAM: 0.0})
    tick = Tick(status.reported_s, SaidFrame(status.reported_s), {junction.id: called})
    assert [d.stage for d in variants.apply(tick, [Decision(junction.id, A)])] == [A_P]


@pytest.mark.parametrize("lanes", [{TRAM_LANE: None}, {TRAM_LANE: [car(50.0, 8.0)]}])
def test_a_tram_in_sight_or_where_nobody_can_see_is_called(lanes: dict[str, list[SeenVehicle] | None]) -> None:
    junction = tram_crossing()
    variants = DemandVariants(network(junction))
    world = World(Alternate(), 1, {})
    status = until(world, B_P)
    tick = Tick(status.reported_s, SaidFrame(status.reported_s, lanes), {junction.id: status})
    assert [d.stage for d in variants.apply(tick, [Decision(junction.id, A)])] == [A_P]


def test_a_junction_without_variants_passes_through_untouched() -> None:
    plan = network(crossroads())
    variants = DemandVariants(plan)
    assert variants.network is plan
    wish = [Decision(JunctionId("X"), StageId("EW"), "why")]
    assert variants.apply(Tick(0.0, SaidFrame(), {}), wish) == wish


@pytest.mark.parametrize("name", [n for n in names() if not strategy_class(n).plans_variants])
@MODEST
@given(seed=st.integers(0, 10**6), chance=CHANCES)
def test_any_demand_under_any_strategy(name: str, seed: int, chance: dict[str, float]) -> None:
    world = World(strategy(name), seed, chance)
    empty_s = settled_s = 0
    for _ in range(700):
        status = world.step()
        settled_s = settled_s + 1 if status.stage is not None else 0
        empty_s = 0 if world.waiting("tram") else empty_s + 1
        i = world.junction.index[TRAM]
        if status.heads[i].is_green and min(settled_s, empty_s) > 4:
            assert status.reported_s - status.head_since_s[i] <= world.junction.group[TRAM].min_green_s + 4
    assert all(decision.stage in world.junction.stage for _, decision, _ in world.asked)
    assert world.vetoes() == []
    assert world.loop.guards[world.junction.id].violations == []
    for group in ("tram", "along", "over"):
        assert world.longest_wait_s(group) <= world.junction.max_red_s + 40


@st.composite
def demanding(draw: st.DrawFn) -> Junction:
    """Any junction that the signal model accepts, with the variants its trams and long crossings give it."""
    made = draw(junctions())
    return replace(made, stages=with_variants(made.stages, made.groups, made.intergreens))


class Wild:
    """A feed that may claim anything."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def observe(self, now_s: float) -> Frame:
        return WildFrame(self.seed, now_s)


@pytest.mark.parametrize("name", ["actuated", "max-pressure", "self-organising"])
@MODEST
@given(junction=demanding(), seed=st.integers(0, 10**6))
def test_nothing_is_refused_at_any_junction(name: str, junction: Junction, seed: int) -> None:
    driver, refused = CrossingDriver(junction), []
    loop = ControlLoop(network(junction), strategy(name), Wild(seed), {junction.id: driver}, seed=seed,
                       listener=lambda *said: None if said[2].accepted else refused.append(said))
    for second in range(1, 400):
        driver.now_s = float(second)
        driver.clock.tick(driver.now_s)
        loop.tick(driver.now_s)
    assert refused == []
    assert loop.guards[junction.id].violations == []


@MODEST
@given(junction=demanding(), wish=st.data(), now_s=st.floats(0, 1e6))
def test_a_stage_comes_out_as_one_of_its_family(junction: Junction, wish: st.DataObject, now_s: float) -> None:
    """A full stage asked for becomes itself or one of its variants; asked for again, the running one may change its own."""
    asked = wish.draw(st.sampled_from(junction.full_stages))
    running = wish.draw(st.sampled_from(junction.stages))
    status = Clockwork(junction, now_s, running.id).status(now_s)
    variants = DemandVariants(network(junction))
    found = variants.apply(Tick(now_s, SaidFrame(now_s), {junction.id: status}), [Decision(junction.id, asked.id)])
    assert {junction.stage[d.stage].base for d in found} <= {asked.id}
    assert found or running.base == asked.id
