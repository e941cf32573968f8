"""Stage changes, judged on the heads: minimum green when asked to leave early, and a tour over ordered pairs of stages."""

from __future__ import annotations

from signal_drivers.ids import StageId
from signal_drivers.stages import Stage
from signal_drivers.wire.report import Answer
from simulation.conformance.judge import Rule
from simulation.conformance.probe import Probe, name
from simulation.conformance.verdict import Failed, NotTried


async def minimum_green(probe: Probe) -> str:
    stage = await probe.ready()
    target = probe.other(stage)
    back = probe.other(target)
    await probe.go(target)
    begun_s, cut = probe.last.got_s, len(probe.judge.findings)
    young = [(g, since) for i, g in enumerate(probe.junction.groups)
             if (since := probe.judge.green_since(i)) is not None and g.id not in back.green
             and begun_s - since.after_s < g.min_green_s - 0.5]
    if not young:
        raise NotTried(f"no minimum green outlasts the change from {stage.id} to {target.id}")
    group, since = max(young, key=lambda row: row[0].min_green_s - (begun_s - row[1].after_s))
    expected = f"group {group.id}, asked to leave early, green for {group.min_green_s:g} s all the same"
    early_s = begun_s - since.after_s
    answer = (await probe.ask(back.id)).report.answer
    left_s = group.min_green_s - (probe.last.got_s - since.by_s)
    await probe.watch(left_s + 0.5)
    short = [f for f in probe.judge.findings[cut:] if f.rule is Rule.MIN_GREEN]
    if short:
        raise Failed(expected, f"asked after {early_s:.1f} s, answer {name(answer)}: " + "; ".join(f.text for f in short))
    if answer is not Answer.TAKEN:
        # A unit that refuses everything would look the same until here.
        await probe.watch(30.0, lambda look: probe.served(back))
        await probe.go(back, f"the same request taken once {group.id} has been green for {group.min_green_s:g} s")
    elif await probe.watch(probe.change_s(), probe.shows(back)) is None:
        raise Failed(f"the request it took followed once {group.id} has been green for {group.min_green_s:g} s", probe.told())
    return (f"group {group.id} asked to leave after {early_s:.1f} s of {group.min_green_s:g} s: answer {name(answer)}, "
            f"green went on; left when asked later" if answer is not Answer.TAKEN else
            f"group {group.id} asked to leave after {early_s:.1f} s of {group.min_green_s:g} s: taken, left after its minimum")


async def tour(probe: Probe) -> str:
    at = await probe.ready()
    stages, begun_s = probe.junction.stages, probe.pace.now_s()
    left = {(a.id, b.id) for a in stages for b in stages if a is not b and a.green != b.green}
    pairs, longest_s, slowest = len(left), 0.0, ""
    if not left:
        raise NotTried("the junction has one stage only")
    while left and not 0 < probe.expect.tour_s <= probe.pace.now_s() - begun_s:
        target = _next(probe, at, left)
        await probe.watch(60.0, lambda look, target=target: probe.served(target))  # type: ignore[misc]
        asked_s = probe.pace.now_s()
        found = await probe.go(target, f"{at.id} -> {target.id} taken, heads of {target.id} within {probe.change_s():g} s")
        if found.got_s - asked_s > longest_s:
            longest_s, slowest = found.got_s - asked_s, f"{at.id} -> {target.id}"
        left.discard((at.id, target.id))
        at = target
    return f"{pairs - len(left)} of {pairs} ordered pairs of stages; the slowest, {slowest}, took {longest_s:.1f} s"


def _next(probe: Probe, at: Stage, left: set[tuple[StageId, StageId]]) -> Stage:
    """A stage not yet gone to from here, by the seed; else one from where something is left."""
    stage = probe.junction.stage
    here = sorted(b for a, b in left if a == at.id)
    there = sorted({a for a, _ in left if a != at.id})
    return stage[probe.random.choice(here or there)]
