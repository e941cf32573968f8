"""The suite against emulators that behave: everything passes, nothing is left behind, and the wrong cabinet is told nothing."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from signal_drivers.errors import CabinetError, Unreachable, WrongCabinet
from signal_drivers.modbus.link import ModbusLink
from signal_drivers.status import Mode, ModeSource
from signal_drivers.wire.command import Standing, Wanted
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.seat import Seat, WireProtocol
from simulation.conformance.behaviour import Behaviour
from simulation.conformance.catalogue import CATALOGUE, chosen
from simulation.conformance.hands import Act, PersonHands
from simulation.conformance.pace import RealPace
from simulation.conformance.probe import Probe
from simulation.conformance.report import facts, page
from simulation.conformance.start_up import comes_up
from simulation.conformance.suite import Result, run_suite
from simulation.conformance.verdict import Verdict
from simulation.ports import free_ports
from tests.controller.junctions import crossroads, full_crossroads
from tests.simulation.conformance import sabotage
from tests.simulation.conformance.stepped import EXPECT, Stand, failed, quick_junction, quick_plan


def passed(result: Result) -> None:
    assert {o.id: (o.verdict.value, o.seen) for o in result.outcomes if o.verdict is not Verdict.PASSED} == {}
    assert [o.id for o in result.outcomes] == [b.id for b in CATALOGUE]
    assert result.left.startswith("handed back: local by timetable")


def test_a_modbus_cabinet_passes(tmp_path: Path) -> None:
    junction = quick_junction(detectors=True)
    passed(Stand(junction, quick_plan(junction), memory=tmp_path / "memory.json").run())


def test_an_opcua_cabinet_with_papers_passes(tmp_path: Path) -> None:
    junction = quick_junction(detectors=True)
    passed(Stand(junction, quick_plan(junction), WireProtocol.OPCUA, FleetAccess.made(tmp_path)).run())


def test_yielding_turns_and_crossings_pass() -> None:
    junction = full_crossroads()
    result = Stand(junction, quick_plan(junction), hands=False, expect=replace(EXPECT, tour_s=0.0)).run(
        ["tour", "minimum-green", "in-transition", *(b.id for b in CATALOGUE if b.id.startswith("heads-"))])
    assert failed(result) == {}
    told = {o.id: o.seen for o in result.outcomes}
    assert told["tour"].startswith("6 of 6 ordered pairs")


def test_what_needs_hands_says_so_without_any() -> None:
    junction = quick_junction()
    result = Stand(junction, quick_plan(junction), hands=False).run(["power-cut", "conflict"])
    assert [o.verdict for o in result.outcomes] == [Verdict.NOT_TRIED] * 2
    assert "--by-hand" in result.outcomes[0].seen
    assert result.passed


@pytest.mark.parametrize("protocol", list(WireProtocol))
def test_another_junctions_cabinet_is_commanded_nothing(protocol: WireProtocol) -> None:
    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction), protocol)
    with pytest.raises(WrongCabinet, match=r"checksum [0-9a-f]{8}, ours of F has [0-9a-f]{8}"):
        stand.run(other=full_crossroads())
    assert stand.seat.station.report().heartbeat_echo == 0


def test_nobody_there_is_one_error() -> None:
    probe = Probe(crossroads(), ModbusLink("127.0.0.1", free_ports(1)[0], timeout_s=0.3), RealPace(), EXPECT)
    with pytest.raises(Unreachable):
        asyncio.run(run_suite(probe, CATALOGUE))


@pytest.mark.parametrize("wanted", [Wanted.CENTRAL, Wanted.FLASHING])
def test_interrupted_it_hands_the_junction_back(wanted: Wanted) -> None:
    async def broken_off(probe: Probe) -> str:
        await probe.ready()
        await probe.hurry(1, 60_000)
        probe.wanted = wanted
        await probe.beat()
        await probe.watch(1.0)
        raise asyncio.CancelledError

    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction))
    with pytest.raises(asyncio.CancelledError):
        stand.run(behaviours=[Behaviour("x", "x", "x", "x", broken_off, lambda junction, expect: 1.0)])
    unit = stand.seat.station.unit
    assert unit.mode(stand.pace.now_s())[0] is not Mode.CENTRAL
    assert unit.hurry is None
    assert unit._wanted is Wanted.LOCAL
    for _ in range(200):
        stand.seat.station.tick(stand.pace.now_s() + 20.0)
    assert unit.mode(stand.pace.now_s() + 20.0) == (Mode.LOCAL, ModeSource.TIMETABLE)


def test_hands_let_go_of_what_a_failed_behaviour_held(monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage.follows_requests_from_the_panel(monkeypatch)
    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction))
    result = stand.run(["manual", "heads-conflict"])
    assert failed(result).keys() == {"manual"}
    assert stand.seat.station.unit._panel is None


def test_a_cabinet_that_dies_half_way_fails_and_is_reported() -> None:
    async def dies(probe: Probe) -> str:
        stand.seat.inject("hang", True, 0.0)
        await probe.watch(5.0)
        return "never"

    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction))
    behaviour = Behaviour("x", "x", "x", "x", dies, lambda junction, expect: 1.0)
    result = stand.run(behaviours=[*chosen("heartbeat-echo"), behaviour])
    assert [o.verdict for o in result.outcomes] == [Verdict.PASSED, Verdict.FAILED]
    assert "local plan" in result.left and "by itself" in result.left


def test_the_report_draws_the_heads_of_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage.cuts_minimum_greens(monkeypatch)
    junction = replace(quick_junction(), name="Rond-point <&> Nord")
    result = Stand(junction, quick_plan(junction)).run(["minimum-green", "heads-yellow", "power-cut", "heads-minimum-green"])
    text = page(result)
    assert "Rond-point &lt;&amp;&gt; Nord" in text and "<&>" not in text
    assert text.count("<svg") == 2 and text.count("stroke-dasharray") == 1 and "ns green" in text and "of 4 s" in text
    assert "http" not in text.replace("http://www.w3.org", "")
    told = json.loads(json.dumps(facts(result)))
    assert told["passed"] is False and told["counts"] == {"passed": 2, "failed": 2, "not_tried": 0}
    assert told["behaviours"][0]["expected"].startswith("group ")


def test_every_behaviour_is_named_once_and_explains_itself() -> None:
    assert len({b.id for b in CATALOGUE}) == len(CATALOGUE)
    assert all(b.title and b.title_fr and b.what.endswith(".") and b.about_s(crossroads(), EXPECT) > 0 for b in CATALOGUE)
    assert [b.id for b in chosen("flags, tour")] == ["tour", "flags"]


def test_a_seat_is_made_for_each_run() -> None:
    junction = quick_junction()
    seats: list[Seat] = []
    stand = Stand(junction, quick_plan(junction), spoil=seats.append)
    stand.run(["handshake"])
    assert seats == [stand.seat]


def test_the_guide_lists_every_behaviour(repository: Path) -> None:
    text = (repository / "docs" / "conformance.md").read_text(encoding="utf-8")
    for b in CATALOGUE:
        assert f"| `{b.id}` | {b.title} · *{b.title_fr}* | {b.what}{' Needs hands.' if b.by_hand else ''} |" in text


def test_a_person_is_asked_in_two_languages_and_nobody_waits_for_one_who_left() -> None:
    asked: list[str] = []
    gone = threading.Event()

    def ask(text: str) -> None:
        asked.append(text)
        if len(asked) > 1:
            gone.wait(20.0)

    async def both() -> None:
        await PersonHands(ask).do(Act.MANUAL)
        await asyncio.wait_for(PersonHands(ask).do(Act.RESET), 0.2)

    begun_s = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(both())
    assert time.monotonic() - begun_s < 5.0
    gone.set()
    assert asked[0] == "Now turn the panel switch to MANUAL, then press Enter.  [mettre le pupitre sur MANUEL, puis Entrée]"


def test_a_start_up_behind_a_lost_link_is_not_judged() -> None:
    async def away(probe: Probe) -> str:
        await probe.ready()
        await probe.link.close()
        stand.seat.inject("reboot", True, probe.pace.now_s())
        await probe.pace.sleep(20.0)
        return await comes_up(probe, len(probe.looks))

    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction))
    [outcome] = stand.run(behaviours=[Behaviour("x", "x", "x", "x", away, lambda junction, expect: 1.0)]).outcomes
    assert outcome.verdict is Verdict.NOT_TRIED and "when the start-up was over" in outcome.seen


def test_a_cabinet_that_another_centre_commands_is_left_alone() -> None:
    def commanded(seat: Seat) -> None:
        tick = seat.station.tick

        def also(now_s: float) -> bool:
            seat.station.standing(Standing(int(now_s) + 1, Wanted.CENTRAL, call_age_ms=(None, None)))
            return tick(now_s)

        for tenth in range(200):
            also(tenth / 10)
        seat.station.tick = also  # type: ignore[method-assign]

    junction = quick_junction()
    stand = Stand(junction, quick_plan(junction), spoil=commanded)
    with pytest.raises(CabinetError, match="another centre commands it"):
        stand.run()
    assert stand.seat.station.unit._wanted is Wanted.CENTRAL
