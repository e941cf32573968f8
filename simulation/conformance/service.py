"""Behaviours of the calendar clock, hurry calls and detectors."""

from __future__ import annotations

from signal_drivers.wire.command import ClockCall
from signal_drivers.wire.report import Answer, DetectorState
from simulation.conformance.look import changes
from simulation.conformance.probe import Probe, name
from simulation.conformance.verdict import Failed, NotTried

HOUR_MS = 3_600_000
CLOCK_OFF_MS = 1000
JUMP = 1000
"""No detector counts so many vehicles between two looks: more is a count that fell."""


async def clock(probe: Probe) -> str:
    await probe.ready()
    begun = await probe.look(whole=True)
    heads, life = begun.heads, begun.life
    sequence = begun.report.clock_echo + 1

    async def set_to(clock_ms: int, number: int) -> tuple[Answer, int]:
        """Answer, and how far the clock is from where it was set."""
        said_s = probe.pace.now_s()
        await probe.link.clock_call(ClockCall(number, clock_ms))
        told = await probe.whole_until(lambda look: look.report.clock_echo == number and look.report.clock_answer != 0)
        return told.report.clock_answer, round(told.report.clock_ms - clock_ms - 1000 * (told.got_s - said_s))

    def right_ms() -> int:
        return begun.report.clock_ms + round(1000 * (probe.pace.now_s() - begun.got_s))

    try:
        answer, off_ms = await set_to(right_ms() + HOUR_MS, sequence)
        if answer is not Answer.TAKEN or abs(off_ms) > CLOCK_OFF_MS:
            raise Failed("the clock set an hour ahead and read back within 1 s of that",
                         f"answer {name(answer)}, it reads {off_ms / 1000:+.1f} s off")
        moved = await probe.watch(3.0, lambda look: look.heads != heads)
        if moved is not None:
            raise Failed("stages unaffected by the clock", changes(probe.junction, heads, moved.heads))
        passed_s = probe.last.got_s - begun.got_s
        told_s = (probe.last.report.uptime_ms - begun.report.uptime_ms) / 1000
        if probe.last.life != life or abs(told_s - passed_s) > probe.expect.age_s + 0.01 * passed_s:
            raise Failed("uptime unaffected by the clock", f"uptime advanced {told_s:.1f} s in {passed_s:.1f} s")
        again, off_ms = await set_to(right_ms(), sequence)
        if again is not Answer.OLD_SEQUENCE or abs(off_ms) < HOUR_MS // 2:
            raise Failed(f"clock call {sequence} a second time refused as old sequence",
                         f"answer {name(again)}, it reads {off_ms / 1000:+.1f} s off")
    finally:
        answer, off_ms = await set_to(right_ms(), sequence + 1)
    if answer is not Answer.TAKEN or abs(off_ms) > CLOCK_OFF_MS:
        raise Failed("the clock set back", f"answer {name(answer)}, it reads {off_ms / 1000:+.1f} s off")
    return f"set an hour ahead, read back, set right again ({off_ms:+d} ms off); heads and uptime went on"


async def hurry(probe: Probe) -> str:
    stage = await probe.ready()
    target = probe.other(stage)
    number = probe.number[target.id]
    called = await probe.hurry(number, 120_000)
    if called.report.hurry_answer is not Answer.TAKEN:
        raise Failed(f"a hurry call for {target.id} taken", f"answer {name(called.report.hurry_answer)}")
    try:
        reached = await probe.watch(probe.change_s(), probe.shows(target))
        if reached is None:
            raise Failed(f"the heads of {target.id} within {probe.change_s():g} s of the hurry call", probe.told())
        await probe.watch(60.0, lambda look: probe.served())
        held = await probe.refused(stage.id, [Answer.NOT_ALLOWED], f"a request for {stage.id} while {target.id} is held")
        old = await probe.hurry(probe.number[stage.id], 60_000, sequence=called.report.hurry_echo)
        if old.report.hurry_answer is not Answer.OLD_SEQUENCE:
            raise Failed("the same hurry sequence a second time refused", f"answer {name(old.report.hurry_answer)}")
    finally:
        released = await probe.hurry(0, 0)
    if released.report.hurry_stage:
        raise Failed("no hurry call stands after it was released", f"stage {released.report.hurry_stage} still does")
    await probe.go(stage, f"a request for {stage.id} taken once the hurry call is released")
    took_s = reached.got_s - called.got_s
    return f"{target.id} reached {took_s:.1f} s after its call and held ({held}); released, {stage.id} taken"


async def hurry_expiry(probe: Probe) -> str:
    stage = await probe.ready()
    life_s = 4.0
    called = await probe.hurry(probe.number[stage.id], round(1000 * life_s))
    if called.report.hurry_answer is not Answer.TAKEN:
        raise Failed(f"a hurry call for {stage.id} taken", f"answer {name(called.report.hurry_answer)}")
    target = probe.other(stage)
    try:
        await probe.refused(target.id, [Answer.NOT_ALLOWED], f"a request for {target.id} while {stage.id} is held")
        await probe.watch(called.got_s + life_s + 0.5 - probe.pace.now_s())
    finally:
        after = await probe.look(whole=True)
        if after.report.hurry_stage:
            await probe.hurry(0, 0)
    if after.report.hurry_stage:
        raise Failed(f"the hurry call gone after its life of {life_s:g} s", f"stage {after.report.hurry_stage} still stands")
    await probe.go(target, f"a request for {target.id} taken once the hurry call has run out")
    late = await probe.hurry(probe.number[stage.id], 0)
    if late.report.hurry_answer is not Answer.EXPIRED:
        raise Failed("a hurry call without life refused as expired", f"answer {name(late.report.hurry_answer)}")
    return f"a call of {life_s:g} s held {stage.id}, ran out by itself, and a request for {target.id} was taken"


async def detectors(probe: Probe) -> str:
    wanted = len(probe.junction.detectors)
    if not wanted:
        raise NotTried("the junction has no detectors")
    await probe.watch(2.0)
    last = probe.looks[0]
    for look in probe.looks:
        rows = look.report.detectors
        if len(rows) != wanted:
            raise Failed(f"{wanted} detectors", f"{len(rows)} reported")
        for d, was, now in zip(probe.junction.detectors, last.report.detectors, rows, strict=True):
            if look.life == last.life and (now.count_veh - was.count_veh) % 0x10000 > JUMP:
                raise Failed(f"the count of detector {d.id} rises", f"it went from {was.count_veh} to {now.count_veh}")
            if not 0 <= now.occupancy <= 1 or now.speed_mps < 0 or now.queue_m < 0:
                raise Failed(f"values of detector {d.id} that can be", f"{now}")
        last = look
    states = [f"{n} {s.name.lower()}" for s in DetectorState if (n := sum(r.state is s for r in last.report.detectors))]
    counted = sum((b.count_veh - a.count_veh) % 0x10000 for a, b in
                  zip(probe.looks[0].report.detectors, last.report.detectors, strict=True)) if last.life == 0 else 0
    return f"{wanted} detectors over {len(probe.looks)} reports: {', '.join(states)}; {counted} vehicles counted, no count fell"
