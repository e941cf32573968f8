"""Incidents and alarms on their way to the service: in order, each once, also where nobody listened while they came and went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controller.cameras.news import CameraNews
from controller.preemption.manager import PreemptionManager
from controller.service.roles import Role
from controller.service_link.by_hand import ByHand
from controller.service_link.contact import Contact
from controller.service_link.happened import AlarmBook, IncidentsToService
from controller.service_link.into_manager import IntoManager
from controller.service_link.link import ServiceLink
from controller.service_link.outbox import AT_ONCE, Outbox, parts
from controller.service_link.report import post_row
from detectors.incidents.incident import Incident, IncidentKind, Place
from detectors.vision.ambulance_sightings import AmbulanceSighting
from signal_drivers.ids import JunctionId
from tests.controller.junctions import crossroads, network
from tests.controller.service.harness import NAMES, PASSWORD, Clock, Served, served
from tests.controller.service.test_streams import stream


class Reporting:
    """A post of one junction with one camera; ``lamp`` is whether its lamp alarm stands."""

    def __init__(self, to: Served, run: str = "r1") -> None:
        self.clock, self.lamp, self.outbox = to.clock, False, Outbox(run)
        self.news = CameraNews(IncidentsToService(self.outbox, {"mast": JunctionId("J1")}))
        self.book = AlarmBook(self.outbox, to.clock)
        net = network(crossroads("J1"))
        into = IntoManager(PreemptionManager(net), 0.0)
        contact = Contact(to.url, NAMES[Role.POST], PASSWORD)
        self.link = ServiceLink(contact, into, ByHand(net.junctions, 0.0), self.state, to.clock, self.outbox)

    def state(self) -> dict[str, Any]:
        alarms = [{"kind": "lamp", "detail": "group 3"}] if self.lamp else []
        row = {"id": "J1", "alarms": alarms}
        self.book.dated([row])
        return post_row(self.clock(), {JunctionId("J1"): row}, [])

    def moved_to(self, to: Served) -> None:
        """The service is there again, at another port."""
        self.link._contact._http.base_url = to.url

    def stopped(self, number: int, ended: bool = False) -> None:
        now_s = self.clock()
        one = Incident(number, IncidentKind.STOPPED_VEHICLE, now_s, Place("w/0"), 0.8, "a car stands in the lane")
        self.news.take("mast", replace(one, end_s=now_s, cleared="it has driven on") if ended else one)


def archive(to: Served, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = to.ask(Role.VIEWER, "GET", "/archive", params={"kind": kind}).json()["rows"]
    return rows


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as running:
        yield running


def test_an_incident_is_listed_streamed_and_archived(city: Served) -> None:
    async def talk() -> None:
        post = Reporting(city)
        with stream(city, "/events") as heard:
            async with post.link._contact:
                post.stopped(1)
                assert await post.link.once() and len(post.outbox) == 0
                (one,) = city.ask(Role.VIEWER, "GET", "/incidents").json()["incidents"]
                assert one["kind"] == "stopped_vehicle" and one["place"] == "J1" and one["key"] == "r1.1"
                assert one["detail"] == "mast, w/0: a car stands in the lane; confidence 0.80"
                post.news.take("mast", AmbulanceSighting(1, 1, post.clock(), 0.7, 3, "w/0", (0, 0, 9, 9), post.clock()))
                post.stopped(1, ended=True)
                assert await post.link.once()
            assert [r["kind"] for r in city.ask(Role.VIEWER, "GET", "/incidents").json()["incidents"]] == ["possible_ambulance"]
            told = []
            while len(told) < 3:
                event = heard.get(timeout=20.0)
                assert event is not None
                if event[0].startswith("incident"):
                    told.append((event[0], event[1]["kind"]))
        stopped = "stopped_vehicle"
        assert told == [("incident", stopped), ("incident", "possible_ambulance"), ("incident-ended", stopped)]
        assert archive(city, "incidents")[0]["ended_at"] is not None

    asyncio.run(talk())


def test_what_came_and_went_in_an_outage_is_there_afterwards_in_order_and_once(tmp_path: Path) -> None:
    clock = Clock()

    async def talk() -> None:
        with served(tmp_path, clock=clock) as before:
            post = Reporting(before)
            post.stopped(1)
            post.lamp = True
            assert await post.link.once()
        clock.ahead_s += 5.0
        first_end_s = clock()
        post.stopped(1, ended=True)
        post.lamp = False
        assert not await post.link.once()
        first_over_s = clock()
        # Two more, and another alarm, that nobody heard of.
        for number in (2, 3):
            clock.ahead_s += 5.0
            post.stopped(number)
        post.lamp = True
        assert not await post.link.once()
        clock.ahead_s += 5.0
        post.lamp = False
        post.stopped(2, ended=True)
        assert not await post.link.once() and len(post.outbox) == 6
        again = post.outbox.first()
        with served(tmp_path, clock=clock, accounts=False) as after:
            post.moved_to(after)
            assert await post.link.once() and len(post.outbox) == 0
            rows = archive(after, "incidents")
            assert [(r["key"], r["ended_at"] is not None) for r in rows] == [("r1.1", True), ("r1.2", True), ("r1.3", False)]
            # When they ended, and not when the service heard of it.
            assert first_end_s - 0.001 <= _s(rows[0]["ended_at"]) <= first_over_s
            alarms = archive(after, "alarms")
            assert [r["kind"] for r in alarms] == ["lamp", "lamp"] and all(r["ended_at"] for r in alarms)
            assert first_end_s - 0.001 <= _s(alarms[0]["ended_at"]) <= first_over_s
            assert first_over_s + 10.0 - 0.001 <= _s(alarms[1]["began_at"]) <= _s(alarms[1]["ended_at"]) - 5.0 + 0.001
            # The answer was lost on its way: everything is said once more.
            await post.link._contact.tell(post.state() | {"run": "r1"} | parts(again))
            assert archive(after, "incidents") == rows and archive(after, "alarms") == alarms
        await post.link._contact._http.aclose()

    asyncio.run(talk())


def _s(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_another_run_of_the_post_ends_what_the_last_one_left_open(city: Served) -> None:
    async def talk() -> None:
        first = Reporting(city)
        async with first.link._contact:
            first.stopped(1)
            assert await first.link.once()
        second = Reporting(city, "r2")
        async with second.link._contact:
            second.stopped(1)
            assert await second.link.once()
        assert [r["key"] for r in city.ask(Role.VIEWER, "GET", "/incidents").json()["incidents"]] == ["r2.1"]

    asyncio.run(talk())


def test_an_entry_that_the_service_cannot_read_does_not_hold_up_the_others(city: Served) -> None:
    async def talk() -> None:
        post = Reporting(city)
        async with post.link._contact:
            post.stopped(1)
            post.outbox.add("incidents", {"key": "r1.2", "kind": "no good", "place": "J1", "time": "yesterday"})
            post.stopped(2)
            assert not await post.link.once()
            assert await post.link.once() and len(post.outbox) == 0
        assert [r["key"] for r in archive(city, "incidents")] == ["r1.1", "r1.2"]

    asyncio.run(talk())


def test_a_box_that_is_full_gives_up_the_oldest_and_never_what_was_not_said() -> None:
    box = Outbox("r1", most=AT_ONCE + 10)
    for i in range(AT_ONCE + 10):
        box.add("incidents", {"i": i})
    said = box.first()
    for i in range(20):
        box.add("incidents", {"i": AT_ONCE + 10 + i})
    assert len(box) == AT_ONCE + 10 and box.given_up == 20
    box.stored(said)
    left = [e.said["i"] for e in box.first()]
    assert left == list(range(AT_ONCE, AT_ONCE + 30))


def test_the_link_sees_alarms_that_come_and_go_while_it_waits(city: Served) -> None:
    """And says what is left when the post ends."""
    async def talk() -> None:
        post = Reporting(city)
        post.link._contact._http.base_url = "http://127.0.0.1:9"
        running = asyncio.create_task(post.link.run())
        until_s = time.monotonic() + 60.0
        post.lamp = True
        while not post.book._since_s and time.monotonic() < until_s:
            await asyncio.sleep(0.02)
        post.lamp = False
        while len(post.outbox) == 0 and time.monotonic() < until_s:
            await asyncio.sleep(0.02)
        post.moved_to(city)
        while (len(post.outbox) or not post.link.heard) and time.monotonic() < until_s:
            await asyncio.sleep(0.02)
        post.stopped(1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert [r["kind"] for r in archive(city, "alarms")] == ["lamp"] and len(archive(city, "incidents")) == 1

    asyncio.run(talk())
