"""Behaviours that need hands at the cabinet, or an emulator's bench."""

from __future__ import annotations

from signal_drivers.status import Fault, Mode, ModeSource
from signal_drivers.wire.report import Answer
from simulation.conformance.hands import Act
from simulation.conformance.judge import Rule
from simulation.conformance.look import DARK, FLASHING, Look, changes, picture
from simulation.conformance.probe import Probe, name
from simulation.conformance.start_up import comes_up
from simulation.conformance.verdict import Failed

FAULTY_S = 3.0
"""Looked at for so long, what should be latched is still there."""
SETTLES_S = 0.5
"""Reports may be so old."""
RESTARTED_S = 10.0
"""Longer than the flashing of an ordinary start-up."""


def faulty(probe: Probe, fault: Fault) -> None:
    """Raises :class:`Failed` unless it flashes by fault, and says which."""
    r = probe.last.report
    if picture(probe.junction, r.heads) != FLASHING:
        raise Failed(f"flashing amber with the fault {fault} latched", probe.told())
    if (r.mode, r.source) != (Mode.FLASHING, ModeSource.FAULT) or fault not in r.faults:
        raise Failed(f"flashing by fault, {fault} among the faults", f"{probe.told()}, faults {sorted(r.faults) or 'none'}")


async def _latched(probe: Probe, fault: Fault) -> None:
    """It stays so, and takes no request."""
    broke = await probe.watch(FAULTY_S, lambda look: picture(probe.junction, look.heads) != FLASHING, lossy=True)
    if broke is not None:
        raise Failed(f"{fault} latched until a person resets it", f"{probe.told()} while nobody did")
    faulty(probe, fault)
    before = probe.last.heads
    asked = await probe.ask(probe.junction.stages[0].id)
    if asked.report.answer is Answer.TAKEN or asked.heads != before:
        raise Failed("requests refused while the fault stands", f"answer {name(asked.report.answer)}, {probe.told()}")


async def _reset(probe: Probe) -> str:
    since = len(probe.looks) - 1
    await probe.act(Act.RESET)
    return await comes_up(probe, since)


async def manual(probe: Probe) -> str:
    stage = await probe.ready()
    await probe.act(Act.MANUAL)
    by_panel = await probe.watch(2.0, lambda look: (look.report.mode, look.report.source) == (Mode.MANUAL, ModeSource.PANEL))
    if by_panel is None:
        raise Failed("manual by panel", probe.told())
    held = probe.last.heads
    if picture(probe.junction, held) != f"stage {stage.id}":
        raise Failed(f"the panel holds stage {stage.id}", probe.told())
    seen = await probe.refused(probe.other(stage).id, [Answer.NOT_CENTRAL], "a request while manual")
    moved = await probe.watch(3.0, lambda look: look.heads != held)
    if moved is not None:
        raise Failed("the stage held while manual", changes(probe.junction, held, moved.heads))
    await probe.act(Act.MANUAL_END)
    if await probe.watch(2.0, probe.central) is None:
        raise Failed("central again when the panel lets go", probe.told())
    return f"manual by panel, stage {stage.id} held; {seen}; central again after"


async def power_cut(probe: Probe) -> str:
    await probe.ready()
    await probe.act(Act.POWER_OFF)
    probe.beats = False
    await probe.watch(SETTLES_S, lossy=True)
    since = len(probe.looks)
    await probe.watch(2.0, lossy=True)
    lit = [look for look in probe.looks[since:] if picture(probe.junction, look.heads) != DARK]
    if lit:
        raise Failed("dark without mains, or no answer", f"heads show {picture(probe.junction, lit[-1].heads)}")
    answered = len(probe.looks) > since
    await probe.act(Act.POWER_ON)
    told = await comes_up(probe, since)
    early = [look for look in probe.looks[since:] if look.report.mode is Mode.CENTRAL]
    if early:
        raise Failed("the centre heard anew before it commands", f"central {early[0].got_s - probe.beat_s:.1f} s after the last "
                                                                 f"heartbeat, none since the power came back")
    await probe.ready()
    return f"{'dark' if answered else 'mute'}; {told}; local until a heartbeat, then central"


async def red_lamp(probe: Probe) -> str:
    await probe.ready()
    await probe.act(Act.RED_LAMP)
    found = await probe.watch(2.0, lambda look: picture(probe.junction, look.heads) == FLASHING)
    if found is None:
        raise Failed("flashing amber within 2 s of a red lamp's failure", probe.told())
    faulty(probe, Fault.LAMP)
    await _latched(probe, Fault.LAMP)
    return f"flashing by fault, latched for {FAULTY_S:g} s and more; reset: {await _reset(probe)}"


async def conflict(probe: Probe) -> str:
    await probe.ready()
    found = len(probe.judge.findings)
    probe.excused = True
    await probe.act(Act.CONFLICT)
    limit_s = probe.expect.conflict_s + probe.expect.tolerance_s
    flashed = await probe.watch(limit_s + 2.0, lambda look: picture(probe.junction, look.heads) == FLASHING)
    shown = [f for f in probe.judge.findings[found:] if f.rule is Rule.CONFLICT]
    what = shown[0].text if shown else "a conflict too short to be seen between two looks"
    expected = f"flashing amber within {probe.expect.conflict_s:g} s of conflicting greens, and latched"
    if flashed is None:
        raise Failed(expected, f"{what}; {probe.told()} {limit_s + 2:.1f} s later")
    probe.excused = False
    lasted_s = _shortest_s(probe.looks, shown[0].time_s, flashed) if shown else 0.0
    if lasted_s > limit_s:
        raise Failed(expected, f"{what} for {lasted_s:.1f} s before it flashed")
    faulty(probe, Fault.CONFLICT)
    await _latched(probe, Fault.CONFLICT)
    return f"{what}, flashing after {lasted_s:.1f} s; latched; reset: {await _reset(probe)}"


async def latched_restart(probe: Probe) -> str:
    """A latched conflict outlives the power."""
    await probe.ready()
    probe.excused = True
    await probe.act(Act.CONFLICT)
    if await probe.watch(3.0, lambda look: picture(probe.junction, look.heads) == FLASHING) is None:
        raise Failed("flashing by fault before the restart", probe.told())
    probe.excused = False
    life, since = probe.last.life, len(probe.looks)
    await probe.act(Act.RESTART)
    up = await probe.watch(probe.expect.start_up_limit_s, lambda look: look.life != life, lossy=True)
    if up is None:
        raise Failed("uptime begins anew after a restart", f"it reads {probe.last.report.uptime_ms / 1000:.0f} s")
    broke = await probe.watch(RESTARTED_S, lambda look: picture(probe.junction, look.heads) not in (FLASHING, DARK), lossy=True)
    if broke is not None:
        lost = probe.last.report
        await probe.act(Act.RESET)
        raise Failed("the latched conflict outlives a restart",
                     f"{broke.got_s - up.got_s:.1f} s after it the heads show {picture(probe.junction, broke.heads)}, "
                     f"faults {sorted(lost.faults) or 'none'}")
    faulty(probe, Fault.CONFLICT)
    told = await _reset(probe)
    if any(look.report.mode is Mode.CENTRAL and look.report.heartbeat_echo == 0 for look in probe.looks[since:]):
        raise Failed("the centre heard anew before it commands", "central with heartbeat echo 0")
    return f"flashing by fault for {RESTARTED_S:g} s after the restart; reset: {told}"


def _shortest_s(looks: list[Look], first_s: float, flashed: Look) -> float:
    """Shortest that the conflict can have shown: from the first look that had it to the last one."""
    inside = [look for look in looks if first_s <= look.got_s and look.got_s < flashed.got_s]
    return inside[-1].asked_s - inside[0].got_s if inside else 0.0
