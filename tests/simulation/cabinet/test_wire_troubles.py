"""What goes wrong between a centre and a cabinet, over real sockets: each is one clear error, and nothing is commanded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from signal_drivers.errors import CabinetError, NotTrusted, Unreachable, WrongCabinet
from signal_drivers.modbus.link import ModbusLink
from signal_drivers.modbus.registers import STAGE_CALL, STANDING, STATE, UNIT
from signal_drivers.opcua.link import OpcUaLink
from signal_drivers.status import Fault, Mode, ModeSource
from signal_drivers.wire.command import HurryCall, StageCall, Wanted
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Answer
from simulation.cabinet.access import CENTRE_URI, FleetAccess
from simulation.cabinet.certificates import Authority
from simulation.cabinet.seat import WireProtocol
from simulation.ports import free_ports
from tests.controller.junctions import crossroads, full_crossroads
from tests.simulation.cabinet.wired import Wired

BOTH = pytest.mark.parametrize("protocol", list(WireProtocol))
Made = Callable[..., Wired]


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> FleetAccess:
    return FleetAccess.made(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def wired() -> Iterator[Made]:
    """Makes cabinets with drivers, full crossroads unless told otherwise, and puts them away."""
    made: list[Wired] = []

    def make(protocol: WireProtocol, access: FleetAccess | None = None, **other: object) -> Wired:
        made.append(Wired(other.pop("junction", full_crossroads()), protocol, access, timeout_s=0.4,  # type: ignore[arg-type]
                          **other))  # type: ignore[arg-type]
        return made[-1].__enter__()

    yield make
    for one in made:
        one.__exit__(None, None, None)


@BOTH
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_nobody_there(protocol: WireProtocol, host: str) -> None:
    port = free_ports(1)[0]
    link = ModbusLink(host, port, timeout_s=0.5) if protocol is WireProtocol.MODBUS else OpcUaLink(
        host, port, security=None, timeout_s=0.5)
    with pytest.raises(Unreachable, match=f"{host}:{port}"):
        asyncio.run(link.open())


@BOTH
def test_another_junctions_cabinet_is_commanded_nothing(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol)
    stranger = rig.another(junction=crossroads())
    with pytest.raises(WrongCabinet, match=r"checksum [0-9a-f]{8}, ours of X has [0-9a-f]{8}.*it says it is 'F'"):
        rig.run(stranger.open())
    rig.run(stranger.flush())
    assert rig.seat.station.report().heartbeat_echo == 0
    rig.run(stranger.close())


@BOTH
def test_another_version_of_the_map_is_commanded_nothing(wired: Made, protocol: WireProtocol, monkeypatch: pytest.MonkeyPatch,
                                                         ) -> None:
    monkeypatch.setattr("simulation.cabinet.station.MAP_VERSION", 7)
    rig = wired(protocol)
    with pytest.raises(WrongCabinet, match="version 7 of the map, this is version 1"):
        rig.run(rig.driver.open())


@BOTH
def test_somebody_else_signed_the_cabinets_certificate(wired: Made, protocol: WireProtocol, access: FleetAccess, tmp_path: Path,
                                                       ) -> None:
    rig = wired(protocol, access)
    other = FleetAccess.made(tmp_path)
    rig.spec = replace(rig.spec, access=replace(other, password=access.password))
    with pytest.raises(NotTrusted):
        rig.run(rig.another().open())


@BOTH
@pytest.mark.parametrize("whose", ["cabinet", "centre"])
def test_an_expired_certificate(wired: Made, protocol: WireProtocol, whose: str, tmp_path: Path) -> None:
    fresh = FleetAccess.made(tmp_path)
    authority = Authority(tmp_path)
    for name, uri in (("cabinet", "urn:mourour:cabinet:emulated"), ("centre", CENTRE_URI)):
        authority.issue(name, uri, days=-1 if name == whose else 1)
    rig = wired(protocol, fresh)
    with pytest.raises(CabinetError) as caught:
        rig.run(rig.driver.open())
    if whose == "cabinet":
        assert isinstance(caught.value, NotTrusted)
    assert rig.seat.station.report().heartbeat_echo == 0


def test_a_wrong_password_and_nobody_at_all(wired: Made, access: FleetAccess) -> None:
    rig = wired(WireProtocol.OPCUA, access)
    rig.spec = replace(rig.spec, access=replace(access, password="guess"))
    with pytest.raises(NotTrusted):
        rig.run(rig.another().open())
    rig.spec = replace(rig.spec, access=None)
    with pytest.raises(CabinetError):
        rig.run(rig.another().open())


def test_in_clear_to_one_that_wants_tls_and_the_other_way_round(wired: Made, access: FleetAccess) -> None:
    secure, clear = wired(WireProtocol.MODBUS, access), wired(WireProtocol.MODBUS)
    secure.spec, clear.spec = replace(secure.spec, access=None), replace(clear.spec, access=access)
    for rig in (secure, clear):
        with pytest.raises(CabinetError):
            rig.run(rig.another().open())


@BOTH
@pytest.mark.parametrize("fault", ["hang", "refuse", "garble", "delay"])
def test_a_broken_connection_is_an_error_in_time_and_mends(wired: Made, protocol: WireProtocol, fault: str) -> None:
    rig = wired(protocol).up()
    rig.seat.inject(fault, 5.0 if fault == "delay" else True, rig.now_s)
    begun = rig.loop.time()
    with pytest.raises((CabinetError, Garbled)):
        rig.exchange()
    assert rig.loop.time() - begun < 2.0
    before = rig.driver.read()
    with pytest.raises((CabinetError, Garbled)):
        rig.exchange()
    assert rig.driver.read() == before, "what it said last grows old; nothing is made up"
    rig.seat.server.mischief.clear()
    rig.run(rig.driver.open())
    rig.step()
    assert rig.driver.read().mode is Mode.CENTRAL


@BOTH
def test_an_echo_of_what_was_never_asked_is_not_believed(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol).up()
    rig.driver.send(rig.ask("B"))
    rig.run(rig.driver.flush())
    rig.seat.inject("wrong-echo", True, rig.now_s)
    rig.tick()
    with pytest.raises(Garbled, match="echoes request 2 for stage 2, was asked 1 for stage 2"):
        rig.exchange()


@BOTH
def test_a_unit_that_was_off_and_on_begins_a_new_life(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol, ahead_s=5000.0).up()
    rig.driver.send(rig.ask("B"))
    rig.step()
    rig.seat.inject("reboot", True, rig.now_s)
    rig.step()
    status = rig.driver.read()
    assert status.mode_source is ModeSource.START_UP and status.echo_sequence == 0
    assert rig.driver._uptime.restarts == 1
    assert status.reported_s == pytest.approx(rig.now_s + 5000.0)
    for _ in range(60):
        rig.step()
    assert rig.driver.read().mode is Mode.CENTRAL


@BOTH
def test_a_calendar_clock_that_jumped_is_a_fault_and_moves_nothing_else(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol, ahead_s=10**6).up()
    before = rig.driver.read()
    rig.seat.inject("clock-jump", 3600.0, rig.now_s)
    rig.step(times=61)
    status = rig.driver.read()
    assert Fault.CLOCK in status.faults
    assert status.reported_s - before.reported_s == pytest.approx(61.0)
    rig.driver._keeps_clock = True
    rig.step(times=61)
    assert Fault.CLOCK not in rig.driver.read().faults
    report = rig.run(rig.driver.link.report(whole=True))
    assert (report.clock_answer, report.clock_echo) == (Answer.TAKEN, 1)
    assert report.clock_ms == pytest.approx(1000 * (rig.now_s + 10**6), abs=1)


@BOTH
def test_whoever_takes_over_goes_on_from_where_the_last_one_was(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol).up()
    rig.driver.send(rig.ask("B", sequence=41))
    rig.step()
    heartbeat = rig.seat.station.report().heartbeat_echo
    rig.run(rig.driver.close())
    rig.driver = rig.another()
    rig.run(rig.driver.open())
    assert rig.driver.read().echo_sequence == 41
    rig.run(rig.driver.flush())
    assert rig.seat.station.report().heartbeat_echo == heartbeat + 1


@BOTH
def test_silence_gives_the_junction_back_and_so_does_a_farewell(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol).up()
    for _ in range(9):
        rig.tick()
    assert rig.seat.station.unit.mode(rig.now_s)[0] is Mode.CENTRAL
    rig.tick()
    assert rig.seat.station.unit.mode(rig.now_s) == (Mode.LOCAL, ModeSource.TIMETABLE)
    rig.step()
    rig.step()
    assert rig.driver.read().mode is Mode.CENTRAL
    rig.run(rig.driver.hand_back())
    assert rig.seat.station.unit.mode(rig.now_s)[0] is Mode.LOCAL


@BOTH
@pytest.mark.parametrize(("call", "answer"), [
    (StageCall(5, 2, 0, 5000), Answer.EXPIRED),
    (StageCall(5, 2, 10**9, 5000), Answer.EXPIRED),
    (StageCall(0, 2, -1, 5000), Answer.OLD_SEQUENCE),
    (StageCall(5, 60, -1, 5000), Answer.UNKNOWN),
    (StageCall(5, 2, -1, 5000), Answer.TAKEN),
])
def test_every_call_is_answered_and_echoed(wired: Made, protocol: WireProtocol, call: StageCall, answer: Answer) -> None:
    rig = wired(protocol).up()
    if call.issued_ms < 0:
        call = replace(call, issued_ms=round(rig.now_s * 1000))
    rig.run(rig.driver.link.stage_call(call))
    report = rig.run(rig.driver.link.report())
    assert (report.sequence_echo, report.stage_echo, report.answer) == (call.sequence, call.stage, answer)
    assert report.target == (2 if answer is Answer.TAKEN else 1)


@BOTH
def test_a_hurry_call_is_answered_held_and_ended(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol).up()

    def hurry(sequence: int, stage: int, level: int = 5, life_ms: int = 60_000) -> Answer:
        rig.run(rig.driver.link.hurry_call(HurryCall(sequence, stage, level, round(rig.now_s * 1000), life_ms)))
        report = rig.run(rig.driver.link.report(whole=True))
        assert report.hurry_echo >= sequence
        return report.hurry_answer

    assert hurry(1, 3) is Answer.TAKEN
    assert hurry(1, 2) is Answer.OLD_SEQUENCE
    assert hurry(2, 99) is Answer.UNKNOWN
    assert hurry(3, 2, level=1) is Answer.NOT_ALLOWED
    assert hurry(4, 2, life_ms=0) is Answer.EXPIRED
    rig.step(times=40)
    assert rig.driver.read().stage == "C"
    assert rig.run(rig.driver.link.report(whole=True)).hurry_stage == 3
    assert hurry(5, 0) is Answer.TAKEN
    assert rig.run(rig.driver.link.report(whole=True)).hurry_stage == 0


@BOTH
def test_standing_orders_that_make_no_sense_are_refused(wired: Made, protocol: WireProtocol) -> None:
    rig = wired(protocol).up()
    rig.driver.wanted = 9  # type: ignore[assignment]
    with pytest.raises((CabinetError, ValueError)):
        rig.run(rig.driver.flush())
    rig.driver.wanted = Wanted.FLASHING
    rig.run(rig.driver.open())
    rig.step()
    assert rig.driver.read().mode is Mode.CENTRAL, "heard before it is obeyed: poll comes first"
    rig.step()
    assert (rig.driver.read().mode, rig.driver.read().mode_source) == (Mode.FLASHING, ModeSource.CENTRE)


def test_modbus_writes_whole_blocks_or_nothing(wired: Made) -> None:
    rig = wired(WireProtocol.MODBUS).up()
    client = rig.driver.link._client  # type: ignore[attr-defined]
    before = rig.seat.station.report()
    for address, count in ((STANDING.address, 1), (STANDING.address + 1, 3), (STAGE_CALL.address, 10), (STATE.address, 1),
                           (5000, 1), (STANDING.address, 3 + 32)):
        answer = rig.run(client.write_registers(address, [1] * count, device_id=UNIT))
        assert answer.isError() and answer.exception_code == 2, (address, count)
    answer = rig.run(client.write_register(STANDING.address, 1, device_id=UNIT))
    assert answer.isError()
    after = rig.seat.station.report()
    assert after.heartbeat_echo == before.heartbeat_echo
    assert (after.sequence_echo, after.target) == (before.sequence_echo, before.target)
