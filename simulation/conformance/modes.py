"""Behaviours of who commands: loss of the heartbeat and return, handing back, the local plan, commanded flashing."""

from __future__ import annotations

from signal_drivers.status import Mode, ModeSource
from signal_drivers.wire.command import Wanted
from simulation.conformance.look import FLASHING, Look, picture
from simulation.conformance.probe import Probe
from simulation.conformance.start_up import comes_up
from simulation.conformance.verdict import Failed

EARLY_S = 1.0
"""How much sooner than the limit a unit may give the centre up."""


def local(look: Look) -> bool:
    return look.report.mode is Mode.LOCAL and look.report.source is ModeSource.TIMETABLE


async def _lost(probe: Probe, how: str) -> float:
    """Wait for the local plan after the last heartbeat; seconds since then."""
    limit_s = probe.expect.heartbeat_limit_s
    slack_s = 1.0 + probe.expect.tolerance_s
    expected = f"local by timetable {limit_s:g} s after {how}"
    found = await probe.watch(probe.beat_s + limit_s + slack_s - probe.pace.now_s(), lambda look: not probe.central(look))
    if found is None:
        raise Failed(expected, f"after {probe.pace.now_s() - probe.beat_s:.1f} s still {probe.told()}")
    took_s = found.got_s - probe.beat_s
    if not local(found):
        raise Failed(expected, f"{probe.told()} after {took_s:.1f} s")
    if took_s < limit_s - EARLY_S:
        raise Failed(expected, f"local after {took_s:.1f} s already")
    return took_s


async def heartbeat_loss(probe: Probe) -> str:
    await probe.ready()
    await probe.beat()
    probe.still = True
    took_s = await _lost(probe, "the heartbeat counter stood still")
    probe.still = False
    begun_s = probe.pace.now_s()
    await probe.beat()
    back = await probe.watch(probe.expect.answer_s, probe.central)
    if back is None:
        raise Failed(f"central again within {probe.expect.answer_s:g} s of a new heartbeat", probe.told())
    return f"counter stood still: local by timetable after {took_s:.1f} s; counted on: central after {back.got_s - begun_s:.1f} s"


async def local_plan(probe: Probe) -> str:
    await probe.ready()
    await probe.beat()
    probe.beats = False
    took_s = await _lost(probe, "the last heartbeat")
    first = probe.shown()
    begun_s = probe.pace.now_s()
    limit_s = probe.expect.local_limit_s
    first_heads = probe.last.heads
    changed = await probe.watch(limit_s, lambda look: (shown := probe.shown()) is not None and shown is not first
                                and look.heads != first_heads)
    if changed is None:
        raise Failed(f"the local plan shows another stage within {limit_s:g} s", probe.told())
    if not local(changed):
        raise Failed("local by timetable while its plan runs", probe.told())
    now = probe.shown()
    return (f"silence: local after {took_s:.1f} s; its plan went from {first.id if first else 'a transition'} to "
            f"{now.id if now else '?'} within {changed.got_s - begun_s:.1f} s")


async def hand_back(probe: Probe) -> str:
    await probe.ready()
    before = probe.last.heads
    begun_s = probe.pace.now_s()
    probe.wanted = Wanted.LOCAL
    await probe.beat()
    found = await probe.watch(probe.expect.answer_s, local)
    if found is None:
        raise Failed(f"local by timetable within {probe.expect.answer_s:g} s of being handed back", probe.told())
    if picture(probe.junction, found.heads) == FLASHING:
        raise Failed("handed back without flashing", f"{picture(probe.junction, before)} became flashing")
    took_s = found.got_s - begun_s
    probe.wanted, begun_s = Wanted.CENTRAL, probe.pace.now_s()
    await probe.beat()
    back = await probe.watch(probe.expect.answer_s, probe.central)
    if back is None:
        raise Failed(f"central by centre within {probe.expect.answer_s:g} s of being wanted", probe.told())
    return f"local by timetable after {took_s:.1f} s, central by centre after {back.got_s - begun_s:.1f} s"


async def flashing(probe: Probe) -> str:
    await probe.ready()
    probe.wanted = Wanted.FLASHING
    await probe.beat()
    try:
        limit_s = probe.expect.answer_s + probe.expect.tolerance_s
        found = await probe.watch(limit_s, lambda look: picture(probe.junction, look.heads) == FLASHING)
        if found is None:
            raise Failed(f"flashing amber on all vehicle heads within {limit_s:g} s", probe.told())
        # A unit may pass through its own start-up flashing; what holds must be the centre's.
        held = await probe.watch(3.0, lambda look: picture(probe.junction, look.heads) != FLASHING)
        if held is not None:
            raise Failed("flashing as long as it is wanted", probe.told())
        if (probe.last.report.mode, probe.last.report.source) != (Mode.FLASHING, ModeSource.CENTRE):
            raise Failed("flashing by centre", probe.told())
    finally:
        probe.wanted = Wanted.CENTRAL
        await probe.beat()
    return await comes_up(probe, len(probe.looks) - 1)
