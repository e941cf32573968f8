"""Behaviours judged over the whole run: every head change seen while the others were tried."""

from __future__ import annotations

from signal_drivers.status import Head, Mode, ModeSource
from simulation.conformance.judge import Rule
from simulation.conformance.look import FLASHING, Look, heads_of, picture
from simulation.conformance.probe import Probe
from simulation.conformance.verdict import Failed, NotTried

BELIEVED = {Mode.CENTRAL: {ModeSource.CENTRE}, Mode.MANUAL: {ModeSource.PANEL},
            Mode.LOCAL: {ModeSource.TIMETABLE, ModeSource.START_UP}, Mode.FLASHING: set(ModeSource) - {ModeSource.TIMETABLE},
            Mode.DARK: set(ModeSource) - {ModeSource.TIMETABLE, ModeSource.CENTRE}}
"""On whose account each mode can be."""
SETTLES_S = 0.5
"""What a report says of mode and stage may be so much older or newer than what it says of heads."""
EXPECTED = {Rule.CONFLICT: "no conflicting greens", Rule.MIN_GREEN: "every green as long as its minimum",
            Rule.YELLOW: "a full yellow after every green", Rule.INTERGREEN: "every intergreen kept",
            Rule.AGE: "ages of heads as they were seen"}


async def judged(probe: Probe, rule: Rule) -> str:
    """What the judge has on a rule. Raises :class:`Failed` with the first findings."""
    await probe.watch(1.0, lossy=True)
    found = [f for f in probe.judge.findings if f.rule is rule and not f.excused]
    tally = probe.judge.tally[rule]
    if found:
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        raise Failed(EXPECTED[rule], "; ".join(f"{f.text} (at {f.time_s:.1f} s)" for f in found[:3]) + more,
                     found[0].time_s)
    if not tally.judged:
        raise NotTried("no head change to judge: try it together with the tour")
    if rule is Rule.CONFLICT:
        return f"none in {tally.judged} looks"
    if rule is Rule.AGE:
        return f"{tally.judged} changes, none told more than {probe.expect.age_s:g} s off"
    return f"{tally.judged} judged; the nearest: {tally.nearest}"


async def flags(probe: Probe) -> str:
    await probe.watch(1.0, lossy=True)
    since: Look | None = None
    for look in probe.looks:
        wrong = None if look.excused else _disagrees(probe, look)
        if wrong is None:
            since = None
            continue
        since = since or look
        if look.asked_s - since.got_s > SETTLES_S:
            raise Failed("mode, source and stage agree with the heads", f"{wrong} (at {look.got_s:.1f} s)", look.got_s)
    modes = sorted({f"{look.report.mode} by {look.report.source}" for look in probe.looks})
    return f"{len(probe.looks)} reports agree with the heads: {', '.join(modes)}"


def _disagrees(probe: Probe, look: Look) -> str | None:
    r, junction = look.report, probe.junction
    shown = picture(junction, r.heads)
    told = f"{r.mode} by {r.source}"
    if r.source not in BELIEVED[r.mode]:
        return told
    if r.mode is Mode.DARK and any(h is not Head.DARK for h in r.heads):
        return f"{told}, heads show {shown}"
    if (r.mode is Mode.FLASHING) != (shown == FLASHING):
        return f"{told}, heads show {shown}"
    if r.stage:
        stage = junction.stages[r.stage - 1] if r.stage <= len(junction.stages) else None
        if stage is None or not all(seen is right or (right is Head.GREEN and seen is Head.GREEN_YIELD)
                                    for seen, right in zip(r.heads, heads_of(junction, stage), strict=True)):
            return f"stage {stage.id if stage else r.stage} confirmed, heads show {shown}"
    return None
