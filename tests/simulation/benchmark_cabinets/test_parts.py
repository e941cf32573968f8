"""The benchmark of cabinets in small: its parts run, its figures are what happened, its targets can be missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from simulation.benchmark_cabinets.rate import Isolation, Rate, rate
from simulation.benchmark_cabinets.soak import Soak, soak
from simulation.benchmark_cabinets.stand import Stand, stand
from simulation.benchmark_cabinets.table import as_plain, rows_of, table
from simulation.benchmark_cabinets.troubles import Cuts, Killed, cuts
from simulation.cabinet.controller import UnitTimes
from simulation.cabinet.wire_cutter import Relay
from simulation.ports import free_ports


@pytest.fixture(scope="module")
def quick() -> Iterator[Stand]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.cabinet.fleet_plan.UnitTimes", lambda: UnitTimes(4.0, 0.5, 1.0))
        with stand(2, "modbus", 5, processes=1) as made:
            yield made


def test_the_rate_of_two(quick: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.benchmark_cabinets.rate.SETTLE_S", 0.5)
    found = rate(quick, protocol="modbus", period_s=0.5, seconds=4.0, strategy="actuated", seed=1)
    assert (found.cabinets, found.violations) == (2, 0)
    assert found.ticks >= 4  # of 8 in 4 s: a busy machine loses some
    assert 0 < found.p50_ms <= found.p99_ms <= found.worst_ms and 0 < found.cpu < 1.5
    assert 0 < found.poll_p50_ms <= found.poll_p99_ms


def test_cuts_are_survived(quick: Stand) -> None:
    found = cuts(quick, share=0.5, times=2, seed=2)
    assert (found.cabinets, found.cut, found.times, found.violations) == (2, 1, 2, 0)
    assert found.recovered_s < 30


def test_an_hour_in_small() -> None:
    with stand(2, "modbus", 3, start_s=0.0) as made:
        told: list[int] = []
        found = soak(made, street_s=180, seed=3, told=told.append)
    assert told == [60, 120, 180]
    assert found.faults >= 5 and found.events == found.found > 20 and found.violations == 0
    assert 0.1 < found.central_share < 1.0


def test_a_relay_that_is_cut_loses_what_is_sent_and_its_connections() -> None:
    async def story() -> list[str]:
        told, (port, listens) = [], free_ports(2)

        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(100):
                writer.write(data)
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", port)
        relay = Relay("127.0.0.1", port, listens)
        await relay.start()

        async def asked(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], word: str) -> str:
            streams[1].write(word.encode())
            try:
                return (await asyncio.wait_for(streams[0].read(100), 0.3)).decode()
            except TimeoutError:
                return "nothing"

        one = await asyncio.open_connection("127.0.0.1", listens)
        told.append(await asked(one, "a"))
        relay.cut = True
        told.append(await asked(one, "b"))
        relay.cut = False
        told.append(await asked(one, "c"))
        two = await asyncio.open_connection("127.0.0.1", listens)
        told.append(await asked(two, "d"))
        for streams in (one, two):
            streams[1].close()
        await relay.stop()
        server.close()
        return told

    assert asyncio.run(story()) == ["a", "nothing", "nothing", "d"]


@pytest.mark.parametrize(("found", "reached"), [
    (Rate(9, "mixed", 1.0, 600, 0, 10, 149, 200, 1, 2, 0.3, 9, 4, 0), {True}),
    (Rate(9, "mixed", 1.0, 600, 1, 10, 151, 200, 1, 2, 0.3, 9, 4, 1), {True, False}),
    (Isolation("hang", "J", 10.0, 11.9, 99), {True}), (Isolation("hang", "J", 10.0, 12.1, 99), {False}),
    (Killed(9, 9.9, 5.0, 0), {True}), (Killed(9, 11.0, 5.0, 0), {True, False}),
    (Cuts(9, 3, 100, 1.0, 0), {True}), (Cuts(9, 3, 100, 1.0, 2), {True, False}),
    (Soak(9, 3600, 9.0, 99, 100.0, 104.9, 50, 50, 9, 0, 0.7), {True}),
    (Soak(9, 3600, 9.0, 99, 100.0, 105.1, 50, 49, 9, 1, 0.7), {False}),
])
def test_targets_are_reached_and_missed(found: object, reached: set[bool]) -> None:
    assert {ok for _, _, target, ok in rows_of(found) if target} == reached
    (plain,) = as_plain([found])
    assert plain["part"] == type(found).__name__.lower() and plain["targets"]
    assert table([found]).row_count == len(rows_of(found))
