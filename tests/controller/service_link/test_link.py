"""A post's manager at the end of the line: a real service, a junction that runs as in the loop, and an ambulance on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.asking import Asking
from controller.preemption.manager import PreemptionManager
from controller.service.roles import Role
from controller.service.work import Work, WorkEmergency, WorkManual
from controller.service_link.by_hand import ByHand
from controller.service_link.contact import Contact, NotHeard
from controller.service_link.into_manager import IntoManager
from controller.service_link.link import ServiceLink
from controller.service_link.outbox import Outbox
from controller.service_link.report import junction_row, post_row
from controller.strategies.actuated import Actuated
from controller.strategy import Tick
from signal_drivers.guard import SafetyGuard
from signal_drivers.ids import GroupId
from signal_drivers.status import Head
from signal_drivers.wire.command import Wanted
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame
from tests.controller.junctions import crossroads, network
from tests.controller.post import Asked
from tests.controller.service.harness import NAMES, PASSWORD, Served, served, wait_for


class Street:
    """One junction with its manager, a second at a time, on the service's clock; its own counts from midnight."""

    def __init__(self, to: Served, password: str = PASSWORD) -> None:
        self.overrides: dict[str, Any] | None = None
        self.to, self.junction = to, crossroads("J1")
        self.midnight_s = to.clock() // 86400 * 86400
        self.manager = PreemptionManager(network(self.junction))
        self.begun_s = self.now_s()
        self.clock = Clockwork(self.junction, self.begun_s)
        self.guard, self.asked = SafetyGuard(self.junction), Asked()
        self.asking = Asking(Actuated(), network(self.junction), 1)
        self.into = IntoManager(self.manager, self.midnight_s)
        self.by_hand = ByHand({self.junction.id: self.junction}, self.midnight_s)
        self.outbox = Outbox("r1")
        self.link = ServiceLink(Contact(to.url, NAMES[Role.POST], password), self.into, self.by_hand, self.report,
                                self.now_s, self.outbox, overrides=lambda: self.overrides)

    def now_s(self) -> float:
        return self.to.clock() - self.midnight_s

    def report(self) -> dict[str, Any]:
        status = self.clock.status(self.now_s())
        row = junction_row(self.junction, status, connected=True, why="", rung="strategy", latched=self.guard.latched)
        return post_row(self.to.clock(), {self.junction.id: row}, []) | {"manual": self.by_hand.told(lambda j: status)}

    @property
    def green(self) -> bool:
        """Whether the ambulance's signal shows green."""
        heads = dict(zip((g.id for g in self.junction.groups), self.clock.status(self.now_s()).heads, strict=True))
        return heads[GroupId("ew")] is Head.GREEN

    def second(self) -> None:
        """Control, then the conversation; a second goes by."""
        now_s = self.now_s()
        self.clock.tick(now_s)
        status = self.clock.status(now_s)
        self.guard.watch(status)
        settled = {self.junction.id: status} if status.stage is not None else {}
        tick = Tick(now_s, SaidFrame(now_s), settled, {} if settled else {self.junction.id: status})
        for decision in self.by_hand.apply(tick, self.manager.apply(tick, self.asking.decide(tick))):
            if decision.junction in settled and decision.stage != status.stage:
                self.asked.ask(decision, self.guard, self.clock, status, now_s)
        self.to.clock.ahead_s += 1.0


def stands(manager: PreemptionManager) -> str:
    known = manager.state("A-1")
    assert known is not None
    return known[0].value


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as running:
        yield running


def test_an_ambulance_finds_green_and_leaves_nothing_held(city: Served) -> None:
    async def drive() -> list[str]:
        street, states = Street(city), []
        async with street.link._contact:
            for _ in range(20):
                street.second()
            assert not street.green, "the side road has its green"
            assert await street.link.once()
            city.begin(id="A-1", vehicle="SAMU 12")
            for x_m in range(100, 720, 15):
                assert city.move("A-1", float(x_m), speed_mps=15.0).status_code == 200
                assert await street.link.once()
                if 580 <= x_m <= 600:
                    assert street.green, f"red at {x_m} m, in front of the stop line"
                    assert street.manager.held() == {"J1": "A-1"}
                    # The service looks once a second, and not once a position.
                    wait_for(city, "A-1", "activated")
                told = city.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()
                states.append(f"{told['state']} {told['junctions'][0]['arrival_from']}")
                street.second()
            assert street.manager.held() == {}
            city.ask(Role.DISPATCH, "DELETE", "/emergencies/A-1")
            assert await street.link.once() and street.into.told() == []
        return states

    states = asyncio.run(drive())
    assert "activated post" in states, states


def test_a_service_that_is_gone_leaves_the_manager_to_let_go(tmp_path: Path) -> None:
    async def drive() -> None:
        with served(tmp_path) as running:
            street = Street(running)
            async with street.link._contact:
                assert await street.link.once() and street.link.heard
                running.begin(id="A-1")
                for x_m in range(300, 480, 15):
                    running.move("A-1", float(x_m), speed_mps=15.0)
                    await street.link.once()
                    street.second()
                assert street.manager.held() == {"J1": "A-1"}
                port = street.link._contact._http.base_url
                street.link._contact._http.base_url = "http://127.0.0.1:9"
                for _ in range(31):
                    assert not await street.link.once() and street.link.heard is False
                    street.second()
                assert street.manager.held() == {} and stands(street.manager) == "timeout"
                street.link._contact._http.base_url = port

    asyncio.run(drive())


def test_a_wrong_password_a_wrong_account_and_an_old_token(city: Served) -> None:
    async def talk() -> None:
        street = Street(city, "wrong password")
        async with street.link._contact:
            assert not await street.link.once()
        async with Contact(city.url, "samu", PASSWORD) as dispatcher:
            with pytest.raises(NotHeard, match="403"):
                await dispatcher.work()
        async with Contact(city.url, NAMES[Role.POST], PASSWORD) as post:
            assert (await post.work()).emergencies == []
            city.clock.ahead_s += 1000.0
            assert (await post.work()).emergencies == [], "it logs in again by itself"

    asyncio.run(talk())


def test_work_that_makes_no_sense_is_left_out_and_the_rest_is_done() -> None:
    manager = PreemptionManager(network(crossroads("J1")))
    into = IntoManager(manager, 0.0)

    def one(name: str, way: int = 1, **changes: Any) -> WorkEmergency:
        signal = {"junction": "J1", "groups": ["ew"], "lanes": ["w_0"], "stop_line_m": 600.0, "clear_m": 620.0}
        said: dict[str, Any] = {"id": name, "class": "fire", "priority": 3, "expires_s": 1000.0, "way": way,
                                "pieces": [(900.0, 15.0)], "signals": [signal],
                                "position": {"at_m": 10.0, "speed_mps": 9.0, "time_s": 90.0}}
        return WorkEmergency.model_validate(said | changes)

    bad = [one("no way", pieces=[]), one("no class", **{"class": "taxi"}), one("past", signals=[one("x").signals[0].model_copy(
        update={"stop_line_m": 5000.0}).model_dump()])]
    into.take(Work(time_s=100.0, emergencies=[*bad, one("A-1")], manual=[]), 100.0)
    assert [row["id"] for row in into.told()] == ["A-1"] and stands(manager) == "received"
    into.take(Work(time_s=101.0, emergencies=[one("A-1", way=2, signals=[])], manual=[]), 101.0)
    assert into.told()[0]["way"] == 2
    off = {"at_m": 20.0, "speed_mps": 0.0, "time_s": 101.0, "stood_s": 0.0, "lost": True}
    into.take(Work(time_s=101.5, emergencies=[one("A-1", way=2, position=off)], manual=[]), 101.5)
    assert manager._tracks["A-1"].lost
    into.take(Work(time_s=102.0, emergencies=[], manual=[]), 102.0)
    assert into.told() == [] and stands(manager) == "cancelled"


def test_a_stage_held_by_hand_is_held_and_nobody_waits_past_the_maximum_red(city: Served) -> None:
    async def hold() -> None:
        street = Street(city)
        async with street.link._contact:
            for _ in range(10):
                street.second()
            assert await street.link.once() and not street.green
            said = {"stage": "EW", "reason": "police at the crossing", "duration_s": 400}
            assert city.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=said).status_code == 201
            greens = []
            for second in range(300):
                if second % 10 == 0:
                    assert await street.link.once()
                street.clock.calls = {g.id: street.begun_s for g in street.junction.groups}
                street.second()
                greens.append(street.green)
            assert city.ask(Role.VIEWER, "GET", "/junctions/J1").json()["manual"]["answer"] == "applied"
            assert sum(greens[15:]) > 200, "most of the time"
            assert not all(greens[15:]), "who waits on the other road is let through once in a while"
            assert street.guard.violations == [] and all(d.reason for _, d in street.asked.decisions)
            assert city.ask(Role.OPERATOR, "DELETE", "/junctions/J1/manual").status_code == 200
            assert await street.link.once() and street.by_hand.told(lambda j: street.clock.status(street.now_s())) == []

    asyncio.run(hold())


def test_modes_by_hand_go_down_from_the_ladder_and_never_up(city: Served) -> None:
    street = Street(city)
    until_s = street.midnight_s + 100.0

    def command(**changes: Any) -> WorkManual:
        said = {"id": 1, "junction": "J1", "mode": None, "stage": None, "until_s": until_s, "reason": "r", "by": "omar"}
        return WorkManual.model_validate(said | changes)

    j, hand = street.junction.id, street.by_hand
    hand.take([command(mode="local")])
    assert [hand.wanted(j, w, 50.0) for w in Wanted] == [Wanted.LOCAL, Wanted.LOCAL, Wanted.FLASHING]
    assert hand.wanted(j, Wanted.CENTRAL, 101.0) is Wanted.CENTRAL, "it ends by itself"
    hand.take([command(mode="flashing")])
    assert {hand.wanted(j, w, 50.0) for w in Wanted} == {Wanted.FLASHING}
    assert hand.told(lambda _: street.clock.status(street.now_s())) == []
    hand.take([command(stage="nowhere")])
    assert hand.told(lambda _: street.clock.status(street.now_s()))[0]["answer"] == "refused"
    hand.take([command(mode="dark", junction="J1"), command(junction="J7", mode="local")])
    assert hand.wanted(j, Wanted.CENTRAL, 50.0) is Wanted.CENTRAL
    hand.take([])
    assert hand.wanted(j, Wanted.CENTRAL, 50.0) is Wanted.CENTRAL


def test_overrides_are_told_once_and_a_service_that_refuses_them_hinders_nothing(city: Served) -> None:
    def logged() -> list[str]:
        rows = city.ask(Role.ENGINEER, "GET", "/archive", params={"kind": "commands"}).json()["rows"]
        return [row["target"] for row in rows if row["action"] == "certificate.overridden"]

    async def talk() -> None:
        street = Street(city)
        one = {"junction": "J1", "engineer": "sara", "reason": "works until Friday", "until": "2026-12-04T18:00:00+01:00"}
        async with street.link._contact:
            assert await street.link.once() and logged() == []
            street.overrides = {"run": "a start", "overrides": [one]}
            assert await street.link.once() and logged() == [], "no name of a start has a space in it"
            street.overrides = {"run": "start-1", "overrides": [one]}
            city.clock.ahead_s += 61.0
            for _ in range(3):
                assert await street.link.once() and logged() == ["J1"]
            street.overrides = {"run": "start-2", "overrides": [one]}
            assert await street.link.once() and logged() == ["J1", "J1"]

    asyncio.run(talk())
