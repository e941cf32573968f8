"""A cabinet whose own table is wrong: the monitor, which has the right one, must see it on any junction."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor, Violation
from signal_drivers.requests import StageRequest
from signal_drivers.stages import Stage
from simulation.cabinet.clockwork import Clockwork
from tests.signal_drivers.random_junctions import junctions

STEP_S = 0.05


def changes(junction: Junction) -> list[tuple[Stage, Stage]]:
    return [(a, b) for a in junction.stages for b in junction.stages if a.id != b.id]


def run(right: Junction, wrong: Junction, before: Stage, after: Stage, hold_s: float) -> set[Violation]:
    """Let a cabinet that believes ``wrong`` change stage after ``hold_s``; what a monitor that knows ``right`` saw."""
    cabinet, monitor = Clockwork(wrong, 0.0, before.id), HeadMonitor(right)
    seen = monitor.watch(cabinet.status(0.0))
    cabinet.tick(hold_s)
    assert cabinet.request(StageRequest(wrong.id, after.id, 1, hold_s, hold_s + 5.0), hold_s)
    for step in range(int(60 / STEP_S)):
        now_s = hold_s + step * STEP_S
        cabinet.tick(now_s)
        seen += monitor.watch(cabinet.status(now_s))
    assert cabinet.stage == after.id
    return {s.violation for s in seen}


@given(junction=junctions(), data=st.data())
def test_an_intergreen_too_short(junction: Junction, data: st.DataObject) -> None:
    cases = [(before, after, (e, s)) for before, after in changes(junction)
             for e in sorted(before.green - after.green) for s in sorted(after.protected() - before.green)
             if junction.intergreens.conflict(e, s)
             # Only the longest wait decides when a group starts; one step of the clock must show the difference.
             and junction.intergreens.between(e, s) - 0.2 >= max(
                 [0.0 if junction.group[e].for_pedestrians else junction.yellow_s]
                 + [junction.intergreens.between(o, s) for o in before.green - after.green
                    if o != e and junction.intergreens.conflict(o, s)])]
    assume(cases)
    before, after, pair = data.draw(st.sampled_from(cases))
    seconds = dict(junction.intergreens.items())
    wrong = replace(junction, intergreens=Intergreens({**seconds, pair: seconds[pair] - 0.2}))
    assert run(junction, junction, before, after, 30.0) == set()
    assert run(junction, wrong, before, after, 30.0) == {Violation.SHORT_INTERGREEN}


@given(junction=junctions(), data=st.data())
def test_a_yellow_too_short(junction: Junction, data: st.DataObject) -> None:
    cases = [(a, b) for a, b in changes(junction) if any(not junction.group[g].for_pedestrians for g in a.green - b.green)]
    assume(cases and junction.yellow_s > 0)
    before, after = data.draw(st.sampled_from(cases))
    wrong = replace(junction, yellow_s=junction.yellow_s - 0.2)
    assert Violation.SHORT_YELLOW in run(junction, wrong, before, after, 30.0)


@given(junction=junctions(), data=st.data())
def test_a_minimum_green_too_short(junction: Junction, data: st.DataObject) -> None:
    cases = [(a, b, g) for a, b in changes(junction) for g in sorted(a.green - b.green)
             if junction.group[g].min_green_s > 0.2 and not junction.group[g].for_pedestrians
             and junction.group[g].min_green_s == max(junction.group[o].min_green_s for o in a.green - b.green)]
    assume(cases)
    before, after, short = data.draw(st.sampled_from(cases))
    hold_s = junction.group[short].min_green_s - 0.1
    wrong = replace(junction, groups=tuple(
        replace(g, min_green_s=min(g.min_green_s, hold_s)) if not g.for_pedestrians else g for g in junction.groups))
    assume(all(junction.group[g].min_green_s <= hold_s for g in before.green - after.green
               if junction.group[g].for_pedestrians))
    assert run(junction, wrong, before, after, hold_s) == {Violation.SHORT_GREEN}
