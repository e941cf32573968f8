"""What every cabinet driver must do, whatever is between: the same tests for Modbus, OPC UA and SUMO, on real sockets and in a
real simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signal_drivers.driver import CabinetDriver
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Head, Mode
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.seat import WireProtocol
from simulation.netmodel.derive import SumoJunction, derive_net
from simulation.sumo.backend import Sumo
from simulation.sumo.driver import SumoDriver
from tests.simulation.cabinet.wired import Wired
from tests.simulation.nets import only_junction, protected_lefts, scenario

END_S = 2000


class Rig:
    """A driver with a settled junction behind it. ``step`` lets seconds pass, one after the other."""

    def __init__(self, driver: CabinetDriver, now: Callable[[], float], step: Callable[[], None],
                 speak: Callable[[], None] = lambda: None) -> None:
        self.driver, self.now, self._step, self.speak = driver, now, step, speak
        self.monitor = HeadMonitor(driver.junction)
        self.violations: list[object] = []
        self._sequence = driver.read().echo_sequence

    @property
    def junction(self) -> Junction:
        return self.driver.junction

    def step(self, seconds: int = 1) -> CabinetStatus:
        for _ in range(seconds):
            self._step()
            self.violations += self.monitor.watch(self.driver.read())
        return self.driver.read()

    def ask(self, stage: StageId) -> bool:
        self._sequence += 1
        taken = self.driver.send(StageRequest(self.junction.id, stage, self._sequence, self.now(), self.now() + 5))
        self.speak()
        return taken

    def other(self) -> StageId:
        """A full stage that ends some vehicles' green that the present one has."""
        green = {g for g in self.junction.stage[self.driver.read().stage or self.junction.stages[0].id].green
                 if not self.junction.group[g].for_pedestrians}
        return next(s.id for s in self.junction.full_stages if not green <= s.green)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SumoJunction]:
    folder = tmp_path_factory.mktemp("contract")
    file = protected_lefts(folder, "--sidewalks.guess", "--crossings.guess")
    return scenario(folder, file, "", end_s=END_S), only_junction(derive_net(file))


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> FleetAccess:
    return FleetAccess.made(tmp_path_factory.mktemp("papers"))


@pytest.fixture(params=["sumo", "modbus", "modbus-tls", "opcua", "opcua-subscribed", "opcua-in-clear"])
def rig(request: pytest.FixtureRequest, net: tuple[Path, SumoJunction], access: FleetAccess) -> Iterator[Rig]:
    config, sumo_junction = net
    kind, _, how = request.param.partition("-")
    if kind == "sumo":
        with Sumo(["-c", str(config), "--no-step-log", "true", "--no-warnings", "true"], where=str(config)) as sumo:
            driver, clock = SumoDriver(sumo.api, sumo_junction, 0.0), [0.0]

            def step() -> None:
                sumo.step()
                clock[0] += 1
                driver.advance(clock[0])

            made = Rig(driver, lambda: clock[0], step)
            made.step(60)
            yield made
        return
    papers = access if how == "tls" or (kind == "opcua" and how != "in-clear") else None
    # The centre's clock is a thousand seconds off the cabinet's uptime, as it would be in the street.
    with Wired(sumo_junction.junction, WireProtocol(kind), papers, ahead_s=1000.0,
               publish_s=0.01 if how == "subscribed" else None) as wired:
        wired.up()
        yield Rig(wired.driver, lambda: wired.now_s + wired.ahead_s, wired.step,
                  lambda: wired.run(wired.driver.flush()))


def test_a_status_fits_its_junction(rig: Rig) -> None:
    status = rig.driver.read()
    assert status.junction == rig.junction.id and status.mode is Mode.CENTRAL and not status.faults
    assert len(status.heads) == len(status.head_since_s) == len(rig.junction.groups)
    assert status.reported_s == pytest.approx(rig.now(), abs=1e-6)
    assert all(math.isfinite(s) and s <= status.reported_s for s in status.head_since_s)
    assert status.stage == status.target and status.stage in rig.junction.stage
    green = rig.junction.stage[status.stage].green
    assert {g.id for g, h in zip(rig.junction.groups, status.heads, strict=True) if h.is_green} == green


def test_a_request_is_taken_echoed_and_reached_by_the_rules(rig: Rig) -> None:
    before, target = rig.driver.read(), rig.other()
    assert rig.ask(target)
    during = rig.step()
    assert during.stage is None and during.target == target and during.echo_sequence == before.echo_sequence + 1
    assert Head.AMBER in during.heads or Head.RED in during.heads
    after = rig.step(60)
    assert after.stage == after.target == target
    assert after.stage_since_s > before.stage_since_s
    assert rig.violations == []


def test_no_stage_no_request(rig: Rig) -> None:
    before = rig.driver.read()
    assert not rig.ask(StageId("nowhere"))
    after = rig.step()
    assert (after.stage, after.target, after.heads) == (before.stage, before.target, before.heads)


def test_in_a_transition_it_goes_on_to_where_it_was_going(rig: Rig) -> None:
    first, target = rig.driver.read().stage, rig.other()
    rig.ask(target)
    assert rig.step().stage is None and first is not None
    rig.ask(first)
    assert rig.step().target == target
    assert rig.step(60).stage == target


def test_a_young_green_is_kept(rig: Rig) -> None:
    target = rig.other()
    rig.ask(target)
    while rig.driver.read().stage != target:
        rig.step()
    young = max(rig.driver.read().head_since_s)
    back = rig.other()
    rig.ask(back)
    status = rig.step()
    ended = rig.junction.stage[target].green - rig.junction.stage[back].green
    shortest = min(rig.junction.group[g].min_green_s for g in ended)
    assert shortest > 1 and status.reported_s - young < shortest, "the stage is younger than any of its minimum greens"
    assert status.stage == target and status.target == target
    assert rig.violations == []


def test_demand_is_told_at_once_and_comes_back(rig: Rig) -> None:
    group = rig.junction.groups[-1].id
    rig.driver.demand({group: rig.now() - 12.0})
    assert rig.driver.read().call_since_s == {group: rig.now() - 12.0}
    since_s = rig.now() - 12.0
    status = rig.step()
    assert dict(status.call_since_s) == {group: pytest.approx(since_s, abs=0.1)}
    rig.driver.demand({})
    assert not rig.step().call_since_s


def test_heads_change_with_time_and_requests_alone(rig: Rig) -> None:
    before = rig.driver.read()
    for _ in range(20):
        rig.driver.read()
    after = rig.step(20)
    assert (after.heads, after.head_since_s, after.stage) == (before.heads, before.head_since_s, before.stage)


def test_stages_in_any_order_and_no_head_shows_what_it_must_not(rig: Rig) -> None:
    for i in range(40):
        stages = rig.junction.stages
        rig.ask(stages[(7 * i + i // 5) % len(stages)].id)
        rig.step(1 + i % 9)
    assert rig.violations == []
    assert rig.driver.read().echo_sequence > 1
