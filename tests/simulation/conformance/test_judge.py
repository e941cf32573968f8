"""The judge by itself: it finds what must not be and nothing else, however a change lies between two looks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import Head, Mode, ModeSource
from signal_drivers.wire.report import Answer, Report
from simulation.cabinet.clockwork import Clockwork
from simulation.conformance.expect import Expect
from simulation.conformance.judge import HeadJudge, Rule
from simulation.conformance.look import Look
from tests.controller.junctions import crossroads, full_crossroads, junctions

R, A, G, F, D = Head.RED, Head.AMBER, Head.GREEN, Head.FLASHING_AMBER, Head.DARK


def look(at_s: float, heads: tuple[Head, ...], since_s: tuple[float, ...] | None = None, *, life: int = 0,
         excused: bool = False) -> Look:
    since_ms = tuple(round(1000 * s) for s in since_s or (at_s,) * len(heads))
    report = Report(1, round(1000 * at_s), 0, 0, 0, 0, Answer.NONE, Mode.CENTRAL, ModeSource.CENTRE, 1, 0, 1, 0, 0, frozenset(),
                    heads, since_ms, (None,) * len(heads))
    return Look(at_s, at_s, report, life, excused)


def judged(junction: Junction, *rows: tuple[float, tuple[Head, ...]]) -> list[str]:
    judge = HeadJudge(junction, Expect(tolerance_s=0.1))
    for at_s, heads in rows:
        judge.take(look(at_s, heads))
    return [f.text for f in judge.findings]


@pytest.mark.parametrize(("rows", "found"), [
    ([(0, (R, R)), (1, (G, R)), (5.5, (G, R)), (6, (A, R)), (9, (R, R)), (11, (R, G))], []),
    ([(0, (R, R)), (1, (G, R)), (3, (G, R)), (4, (A, R))], ["group ns green for 4.0 s of 5 s"]),
    ([(0, (G, R)), (1, (A, R)), (2, (R, R))], ["group ns yellow for 2.0 s of 3 s"]),
    ([(0, (G, R)), (1, (R, R))], ["group ns green -> red, no yellow between"]),
    ([(0, (G, R)), (1, (A, R)), (3.9, (A, R)), (4, (R, R)), (4.5, (R, R)), (4.8, (R, G))],
     ["group ew green 4.8 s after ns ended, of 5 s"]),
    ([(0, (G, R)), (1, (G, G))], ["groups ns and ew green together"]),
    ([(0, (G, R)), (1, (F, F)), (5, (R, R)), (9, (R, G))], []),
    ([(0, (G, R)), (1, (D, D)), (2, (F, F))], []),
    ([(0, (G, R)), (9, (R, G))], []),
])
def test_what_heads_may_and_may_not_do(rows: list[tuple[float, tuple[Head, ...]]], found: list[str]) -> None:
    assert judged(crossroads(), *rows) == found


def test_an_age_that_is_not_what_was_seen() -> None:
    judge = HeadJudge(crossroads(), Expect())
    judge.take(look(0.0, (R, R)))
    judge.take(look(9.8, (R, R)))
    judge.take(look(10.0, (G, R), (3.0, 0.0)))
    assert [f.text for f in judge.findings] == [
        "group ns green: said to be so since 3.0 s, seen to change between 9.8 and 10.0 s"]


def test_what_somebody_shows_on_purpose_is_excused() -> None:
    judge = HeadJudge(crossroads(), Expect())
    judge.take(look(0.0, (G, R)))
    judge.take(look(1.0, (G, G), excused=True))
    assert [f.excused for f in judge.findings if f.rule is Rule.CONFLICT] == [True]


def test_after_a_restart_nobody_knows_when_a_green_began() -> None:
    judge = HeadJudge(crossroads(), Expect())
    judge.take(look(0.0, (R, R)))
    judge.take(look(1.0, (G, R)))
    judge.take(look(9.0, (R, G), life=1))
    judge.take(look(10.0, (R, A), life=1))
    assert judge.findings == []


@settings(max_examples=40)
@given(st.one_of(st.just(full_crossroads()), junctions()), st.lists(st.integers(0, 5), min_size=1, max_size=6),
       st.sampled_from([0.1, 0.25, 0.4]))
def test_a_clockwork_that_keeps_its_times_is_never_blamed(junction: Junction, order: list[int], every_s: float) -> None:
    clock, judge, at_s = Clockwork(junction, 0.0), HeadJudge(junction, Expect(tolerance_s=0.0)), 0.0
    for sequence, wanted in enumerate(order, 1):
        stage = junction.stages[wanted % len(junction.stages)].id
        for _ in range(int(40 / every_s)):
            at_s += every_s
            clock.tick(at_s)
            clock.request(StageRequest(junction.id, stage, sequence, at_s, at_s + 5.0), at_s)
            status = clock.status(at_s)
            judge.take(look(at_s, status.heads, status.head_since_s))
    assert judge.findings == []
