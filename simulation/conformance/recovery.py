"""Behaviours of lost and found connections."""

from __future__ import annotations

from signal_drivers.wire.report import Answer
from simulation.conformance.hands import Act
from simulation.conformance.probe import Probe, name
from simulation.conformance.verdict import Failed


async def dropped(probe: Probe) -> str:
    stage = await probe.ready()
    target, before = probe.other(stage), probe.last.heads
    asked = await probe.ask(target.id)
    if asked.report.answer is not Answer.TAKEN:
        raise Failed(f"request for {target.id} taken", f"answer {name(asked.report.answer)}")
    if asked.heads == before and await probe.watch(probe.expect.answer_s, lambda look: look.heads != before) is None:
        raise Failed(f"request for {target.id} seen on the heads", "no head changed")
    sequence, echo = probe.sequence, probe.last.report.sequence_echo
    found = len(probe.judge.findings)
    await probe.link.close()
    await probe.pace.sleep(1.0)
    if not await probe.reopen():
        raise Failed("the cabinet lets us in again after 1 s", "it does not")
    if probe.last.report.sequence_echo != echo:
        raise Failed(f"sequence echo {echo} kept over a lost connection", f"it is {probe.last.report.sequence_echo}")
    reached = await probe.watch(probe.change_s(), probe.shows(target))
    if reached is None:
        raise Failed(f"the transition to {target.id} ends on the heads", probe.told())
    _nothing_new(probe, found)
    await probe.watch(60.0, lambda look: probe.served(stage))
    await probe.go(stage, f"request {sequence + 1} for {stage.id} taken after the reconnection")
    return f"dropped for 1 s on the way to {target.id}: it was reached, echo kept, request {probe.sequence} taken"


def _nothing_new(probe: Probe, found: int) -> None:
    """Raises :class:`Failed` where a rule was broken since ``found`` findings that was kept until then: what a unit always does
    wrong is no matter of the connection."""
    before = {f.rule for f in probe.judge.findings[:found]}
    bad = [f.text for f in probe.judge.findings[found:] if f.rule not in before]
    if bad:
        raise Failed("nothing illegal on the heads over a lost connection", "; ".join(bad))


async def quick(probe: Probe) -> str:
    stage = await probe.ready()
    before, life = probe.last.heads, probe.last.life
    for turn in ("first", "second"):
        await probe.link.close()
        if not await probe.reopen():
            raise Failed("let in again at once", f"not at the {turn} time")
    if probe.last.life != life:
        raise Failed("uptime goes on", "the unit began anew")
    moved = await probe.watch(1.5, lambda look: look.heads != before or not probe.central(look))
    if moved is not None:
        raise Failed(f"central and stage {stage.id} as before", probe.told())
    return f"two reconnections at once: still {probe.told()}"


async def hung(probe: Probe) -> str:
    stage = await probe.ready()
    await probe.act(Act.HANG)
    probe.beats = False
    begun_s, found = probe.pace.now_s(), len(probe.judge.findings)
    await probe.pace.sleep(2.0)
    await probe.act(Act.HANG_END)
    probe.beats = True
    seen = len(probe.looks)
    await probe.watch(10.0, lambda look: len(probe.looks) > seen, lossy=True)
    if len(probe.looks) <= seen:
        raise Failed("answers within 10 s of being reachable again", "it does not")
    took_s = probe.pace.now_s() - begun_s
    back = await probe.ready()
    _nothing_new(probe, found)
    return f"mute, then answering after {took_s:.1f} s; in {stage.id} before, {back.id} after; central again"
