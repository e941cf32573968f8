"""Behaviours of the conversation itself: who answers, reports that are new, echoes of what was said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

from signal_drivers.errors import CabinetError, WrongCabinet
from signal_drivers.modbus.registers import STAGE_CALL, STANDING
from signal_drivers.wire.checksum import MAP_VERSION, checksum
from signal_drivers.wire.command import Standing, Wanted
from signal_drivers.wire.driver import WireDriver
from signal_drivers.wire.garbled import Garbled
from simulation.conformance.probe import Probe
from simulation.conformance.verdict import Failed

UPTIME_WATCH_S = 5.0
PARTS = ((STANDING.address, 1), (STANDING.address + 1, 2), (STAGE_CALL.address, 10), (STAGE_CALL.address + 6, 5))
"""Address and length of register writes that fill no block."""


async def handshake(probe: Probe) -> str:
    here, who = probe.junction, await probe.link.open()
    told = {"map version": (who.map_version, MAP_VERSION), "checksum": (f"{who.checksum:08x}", f"{checksum(here):08x}"),
            "signal groups": (who.groups, len(here.groups)), "stages": (who.stages, len(here.stages)),
            "detectors": (who.detectors, len(here.detectors))}
    for what, (seen, expected) in told.items():
        if seen != expected:
            raise Failed(f"{what} {expected}", f"{what} {seen}")
    if who.plans < 1:
        raise Failed("at least one local plan", "none stored")
    # The same junction with one number changed must be taken for another, before anything is said.
    before = (await probe.look()).report.heartbeat_echo
    stranger = WireDriver(replace(here, max_red_s=here.max_red_s + 1), probe.link, probe.pace.now_s)
    try:
        await stranger.open()
    except WrongCabinet:
        await stranger.flush()
    else:
        raise Failed("another configuration's checksum noticed", "the connection was accepted")
    await probe.open()
    if probe.last.report.heartbeat_echo != before:
        raise Failed("nothing commanded over a wrong checksum", f"heartbeat echo moved to {probe.last.report.heartbeat_echo}")
    return (f"map version {who.map_version}, checksum {who.checksum:08x}, {who.groups} groups, {who.stages} stages, "
            f"{who.detectors} detectors, {who.plans} plans; a configuration with one number changed was told apart")


async def uptime(probe: Probe) -> str:
    first = await probe.look()
    begun = len(probe.looks) - 1
    await probe.watch(UPTIME_WATCH_S)
    looks = probe.looks[begun:]
    last = looks[-1]
    passed_s, told_s = last.got_s - first.got_s, (last.report.uptime_ms - first.report.uptime_ms) / 1000
    if abs(told_s - passed_s) > probe.expect.age_s + 0.01 * passed_s:
        raise Failed(f"uptime advances {passed_s:.1f} s in {passed_s:.1f} s", f"it advanced {told_s:.1f} s")
    made = [look for i, look in enumerate(looks) if not i or look.report.counter != looks[i - 1].report.counter]
    for a, b in pairwise(looks):
        if a.report.counter == b.report.counter and a.report.uptime_ms != b.report.uptime_ms:
            raise Failed("the counter rises with every new report", f"report {a.report.counter} came twice with other uptimes")
        if not 0 <= (b.report.counter - a.report.counter) % 0x10000 < 1000:
            raise Failed("the counter rises", f"it went from {a.report.counter} to {b.report.counter}")
    if len(made) < UPTIME_WATCH_S:
        raise Failed("at least one new report a second", f"{len(made)} in {passed_s:.1f} s")
    return f"{len(made)} new reports in {passed_s:.1f} s, uptime advanced {told_s:.1f} s"


async def heartbeat_echo(probe: Probe) -> str:
    await probe.ready()
    probe.beats = False
    slowest_s = 0.0
    for _ in range(5):
        await probe.beat()
        sent, sent_s = probe.heartbeat, probe.pace.now_s()
        found = await probe.watch(probe.expect.answer_s, lambda look, sent=sent: look.report.heartbeat_echo == sent)  # type: ignore[misc]
        if found is None:
            raise Failed(f"heartbeat {sent} echoed within {probe.expect.answer_s:g} s",
                         f"echo is {probe.last.report.heartbeat_echo}")
        slowest_s = max(slowest_s, found.got_s - sent_s)
    return f"five heartbeats echoed, the slowest after {slowest_s:.1f} s; {probe.told()}"


async def sequence_echo(probe: Probe) -> str:
    stage = await probe.ready()
    begun_s = probe.pace.now_s()
    asked = await probe.ask(stage.id)
    told = asked.report.sequence_echo, asked.report.stage_echo
    if told != (probe.sequence, probe.number[stage.id]):
        raise Failed(f"request {probe.sequence} for stage {probe.number[stage.id]} echoed within {probe.expect.answer_s:g} s",
                     f"echo is request {told[0]} for stage {told[1]}")
    return f"request {told[0]} for stage {told[1]} echoed after {asked.got_s - begun_s:.1f} s"


async def demand(probe: Probe) -> str:
    await probe.ready()
    waited_ms = 7000
    probe.ages_ms = (waited_ms, *[None] * (len(probe.junction.groups) - 1))
    probe.beats = False
    await probe.beat()
    said_ms = probe.uptime_ms()

    def right(since_ms: tuple[int | None, ...]) -> bool:
        first = since_ms[0]
        return first is not None and abs(said_ms - waited_ms - first) <= 1000 * probe.expect.age_s and not any(
            ms is not None for ms in since_ms[1:])

    try:
        found = await probe.watch(probe.expect.answer_s, lambda look: right(look.report.call_since_ms))
        if found is None:
            told = [None if ms is None else f"{(probe.last.report.uptime_ms - ms) / 1000:.1f} s"
                    for ms in probe.last.report.call_since_ms]
            raise Failed(f"demand of group {probe.junction.groups[0].id} for 7.0 s, of nobody else", f"{told}")
    finally:
        probe.ages_ms = (None,) * len(probe.junction.groups)
        probe.beats = True
        await probe.beat()
    if await probe.watch(probe.expect.answer_s, lambda look: not any(m is not None for m in look.report.call_since_ms)) is None:
        raise Failed("demand gone when it is no longer told", f"{probe.last.report.call_since_ms}")
    return f"demand of group {probe.junction.groups[0].id} for 7.0 s echoed, and gone when no longer told"


async def whole_blocks(probe: Probe) -> str:
    await probe.ready()
    probe.beats = False
    before, heads = probe.last.report.heartbeat_echo, probe.last.heads
    wrong = (probe.heartbeat + 500) % 0x10000
    expected = "orders for one signal group too few refused with an error, nothing taken of them"
    tried = 1
    try:
        await probe.link.standing(Standing(wrong, Wanted.CENTRAL, 0, probe.ages_ms[:-1]))
    except (CabinetError, Garbled):
        pass
    else:
        raise Failed(expected, "they were accepted")
    if not await probe.reopen():
        raise Failed("the cabinet answers after a refusal", "it does not")
    raw: Callable[[int, list[int]], Awaitable[int | None]] | None = getattr(probe.link, "write_raw", None)
    for address, count in PARTS if raw is not None else ():
        tried += 1
        if raw is not None and await raw(address, [wrong] * count) is None:
            raise Failed("part of a block refused with an exception", f"{count} registers from {address} were accepted")
    after = await probe.look()
    if after.report.heartbeat_echo == wrong or after.report.heartbeat_echo != before:
        raise Failed(expected, f"heartbeat echo moved from {before} to {after.report.heartbeat_echo}")
    if after.report.target != probe.looks[-2].report.target or after.heads != heads:
        raise Failed(expected, probe.told())
    probe.beats = True
    return f"{tried} partial writes refused, echo and heads unchanged"
