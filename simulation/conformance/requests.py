"""Behaviours of stage requests that must be refused: each is made so that obeying it would show on the heads."""

from __future__ import annotations

from signal_drivers.status import Mode
from signal_drivers.wire.command import Wanted
from signal_drivers.wire.report import Answer
from simulation.conformance.look import changes
from simulation.conformance.probe import Probe, name
from simulation.conformance.verdict import Failed

AT_ONCE_S = 0.6
"""A unit that obeys begins to leave its stage by then."""


async def expired(probe: Probe) -> str:
    stage = await probe.ready()
    return await probe.refused(probe.other(stage).id, [Answer.EXPIRED], "a request that ran out 4 s ago", ahead_ms=-5000,
                               life_ms=1000)


async def future(probe: Probe) -> str:
    stage = await probe.ready()
    return await probe.refused(probe.other(stage).id, [Answer.EXPIRED], "a request from 30 s ahead", ahead_ms=30_000)


async def replayed(probe: Probe) -> str:
    stage = await probe.ready()
    asked = await probe.ask(stage.id)
    if asked.report.answer is not Answer.TAKEN:
        raise Failed(f"a request for the stage that runs, {stage.id}, taken", f"answer {name(asked.report.answer)}")
    taken, other = probe.sequence, probe.other(stage).id
    same = await probe.refused(other, [Answer.OLD_SEQUENCE], f"sequence {taken} a second time", sequence=taken)
    older = await probe.refused(other, [Answer.OLD_SEQUENCE], f"sequence {taken - 3} after {taken}", sequence=taken - 3)
    return f"the same sequence: {same}; an older one: {older}"


async def unknown_stage(probe: Probe) -> str:
    await probe.ready()
    last = len(probe.junction.stages)
    return await probe.refused(min(64, last + 1), [Answer.UNKNOWN], f"stage {last + 1} of {last}")


async def force_bits(probe: Probe) -> str:
    stage = await probe.ready()
    other = probe.number[probe.other(stage).id]
    both = (1 << other - 1) | (1 << probe.number[stage.id] - 1)
    # What no stage has is echoed as stage 0.
    two = await probe.refused(0, [Answer.UNKNOWN], "a call with two force bits", force=both)
    none = await probe.refused(0, [Answer.UNKNOWN], "a call without force bit", force=0)
    return f"two bits: {two}; none: {none}"


async def in_transition(probe: Probe) -> str:
    stage = await probe.ready()
    target = probe.other(stage)
    before = probe.last.heads
    asked = await probe.ask(target.id)
    expected = f"on the way from {stage.id} to {target.id}, a call back refused and the heads of {target.id} reached"
    if asked.report.answer is not Answer.TAKEN:
        raise Failed(f"request for {target.id} taken", f"answer {name(asked.report.answer)}")
    if asked.heads == before and await probe.watch(probe.expect.answer_s, lambda look: look.heads != before) is None:
        raise Failed(f"request for {target.id} taken and seen on the heads", "answer taken, no head changed")
    call = await probe.ask(stage.id)
    answer = call.report.answer
    if probe.shows(target)(call):
        raise Failed("a transition that lasts until a second call", f"{target.id} was reached at once")
    reached = await probe.watch(probe.change_s(), probe.shows(target))
    if answer is Answer.TAKEN:
        raise Failed(expected, f"answer taken, {probe.told()}")
    if reached is None:
        raise Failed(expected, f"answer {name(answer)}, {probe.told()} after {probe.change_s():g} s")
    return f"answer {name(answer)}; {target.id} reached {reached.got_s - asked.got_s:.1f} s after its call"


async def in_local(probe: Probe) -> str:
    stage = await probe.ready()
    probe.wanted = Wanted.LOCAL
    await probe.beat()
    if await probe.watch(probe.expect.answer_s, lambda look: look.report.mode is Mode.LOCAL) is None:
        raise Failed("local when handed back", probe.told())
    seen = ""
    # The local plan may happen to leave for the stage that was asked for just then: asked later in the green, it will not.
    for later_s in (0.0, 1.0, 2.0):
        await probe.watch(60.0, lambda look: probe.shown() is not None and probe.served())
        await probe.watch(later_s)
        stage = probe.shown() or stage
        target, before = probe.other(stage), probe.last.heads
        answer = (await probe.ask(target.id)).report.answer
        moved = await probe.watch(AT_ONCE_S, lambda look, before=before: look.heads != before)  # type: ignore[misc]
        seen = f"answer {name(answer)}" + (f", {changes(probe.junction, before, moved.heads)}" if moved else ", no head changed")
        if answer is Answer.TAKEN:
            raise Failed("a request while local refused", seen)
        if moved is None:
            return seen
        if moved.report.target != probe.number[target.id]:
            return f"{seen}: the local plan's own, to {probe.junction.stages[moved.report.target - 1].id}"
    raise Failed("a request while local refused, no head follows it", seen)
