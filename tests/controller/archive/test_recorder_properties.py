"""Whatever junction, whatever is asked, whenever it is looked at: the log has what the heads did, once, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import event as tell
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.archive.codes import Code
from controller.archive.event import Event
from controller.archive.recorder import StatusRecorder
from controller.archive.tracks import INFERRED
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Head
from simulation.cabinet.clockwork import Clockwork
from tests.signal_drivers.random_junctions import junctions

EPOCH_S = 1_790_000_000.0
STEPS = st.lists(st.tuples(st.one_of(st.sampled_from([1.0, 0.5, 0.1, 7.0]), st.floats(0.01, 9.0)), st.integers(0, 20),
                           st.integers(0, 3)), min_size=10, max_size=60)


@dataclass
class Run:
    """A cabinet's history: what each head changed to and when, and what was reported at every moment."""

    junction: Junction
    changes: dict[int, list[tuple[float, Head]]] = field(default_factory=dict)
    reports: list[tuple[CabinetStatus, int]] = field(default_factory=list)

    def look(self, cabinet: Clockwork, now_s: float, looks: int) -> None:
        status = cabinet.status(now_s)
        for i, head in enumerate(status.heads):
            seen = self.changes.setdefault(i, [])
            if not seen or seen[-1][1] is not head:
                seen.append((now_s + EPOCH_S, head))
        self.reports.append((status, looks))

    def truth(self) -> set[tuple[float, int, int]]:
        """(time, code, phase) of every begin and end of a colour after the first report."""
        found = set()
        for i, changes in self.changes.items():
            people = self.junction.groups[i].for_pedestrians
            if changes[0][1].is_green:
                found |= {(changes[0][0], code, i + 1) for code in ((21,) if people else (0, 1))}
            for (_, was), (at_s, head) in pairwise(changes):
                codes: tuple[int, ...] = ()
                if was.is_green and head.is_green:
                    continue
                if was.is_green:
                    codes = (22,) if people else (6, 7, 8) if head is Head.AMBER else (6, 7, 10)
                elif was is Head.AMBER:
                    codes = (9, 10)
                if head.is_green:
                    codes += (21,) if people else (0, 1)
                found |= {(at_s, code, i + 1) for code in codes}
        return found


def drive(junction: Junction, steps: list[tuple[float, int, int]]) -> Run:
    cabinet, run, now_s = Clockwork(junction, 100.0), Run(junction), 100.0
    run.look(cabinet, now_s, 1)
    for sequence, (wait_s, choice, looks) in enumerate(steps, start=1):
        now_s += wait_s
        cabinet.tick(now_s)
        run.look(cabinet, now_s, looks)
        stage = junction.stages[choice % len(junction.stages)].id
        cabinet.request(StageRequest(junction.id, stage, sequence, now_s, now_s + 5.0), now_s)
        run.look(cabinet, now_s, looks)
    return run


def record(junction: Junction, statuses: list[CabinetStatus]) -> list[Event]:
    recorder = StatusRecorder(junction, 7, epoch_ahead_s=EPOCH_S)
    made = [e for status in statuses for e in recorder.note(status)]
    assert {e.device for e in made} <= {7}
    return made


def plain(events: list[Event], codes: set[int]) -> list[tuple[float, int, int]]:
    return [(e.time_s, e.code, e.parameter) for e in events if e.code in codes]


COLOURS = {0, 1, 6, 7, 8, 9, 10, 21, 22}


@settings(max_examples=30)
@given(junction=junctions(), steps=STEPS)
def test_each_change_once_and_at_its_time(junction: Junction, steps: list[tuple[float, int, int]]) -> None:
    run = drive(junction, steps)
    events = record(junction, [status for status, looks in run.reports for _ in range(looks + 1)])
    found = plain(events, COLOURS)
    assert set(found) == run.truth()
    assert max(Counter(found).values(), default=1) == 1
    assert all(not e.detail for e in events)
    assert all(a.time_s <= b.time_s + 0.0011 for a, b in pairwise(events)), "in order but for the least step"
    tell(f"greens: {min(sum(e.code == 1 for e in events) // 5 * 5, 20)}+")


@settings(max_examples=30)
@given(junction=junctions(), steps=STEPS)
def test_clearance_and_minimum_run_their_time(junction: Junction, steps: list[tuple[float, int, int]]) -> None:
    run = drive(junction, steps)
    events = record(junction, [status for status, _ in run.reports])
    for i, group in enumerate(junction.groups):
        mine = [e for e in events if e.parameter == i + 1]
        begins, ends = (22, 23) if group.for_pedestrians else (10, 11)
        shut = [e for e in mine if e.code in (begins, ends)]
        assert all(a.code == begins and b.code == ends for a, b in zip(shut[::2], shut[1::2], strict=False))
        longest_s = max(junction.intergreens.after(group.id).values(), default=0.0)
        for a, b in zip(shut[::2], shut[1::2], strict=False):
            assert 0 < b.time_s - a.time_s <= max(longest_s, 0.1) + 1e-5, (a, b, longest_s)
        for e in mine:
            if e.code == Code.PHASE_MIN_COMPLETE:
                began_s = max(x.time_s for x in mine if x.code == 1 and x.time_s <= e.time_s)
                assert e.time_s - began_s == pytest.approx(group.min_green_s, abs=1e-5)


@settings(max_examples=30)
@given(junction=junctions(), steps=STEPS)
def test_reports_far_apart_double_nothing_and_make_nothing_up(junction: Junction, steps: list[tuple[float, int, int]]) -> None:
    run = drive(junction, steps)
    seen = [status for status, looks in run.reports if looks == 1]
    events = record(junction, seen)
    found = plain([e for e in events if e.detail != INFERRED], COLOURS - {6, 7, 9})
    assert set(found) <= run.truth()
    assert max(Counter(plain(events, COLOURS)).values(), default=1) == 1
    for i, group in enumerate(junction.groups):
        begins = {s.head_since_s[i] + EPOCH_S for s in seen if s.heads[i].is_green}
        code = Code.PED_BEGIN_WALK if group.for_pedestrians else Code.PHASE_BEGIN_GREEN
        assert {t for t, c, phase in found if c == code and phase == i + 1} == begins, "each green seen has its beginning"
        # Two of a kind in a row only where something was missed between them, and said to be.
        order = [e.code for e in events if e.parameter == i + 1 and e.code in (1, 7, Code.HEADS_MISSED)]
        assert all({a, b} != {1} for a, b in pairwise(order))


@settings(max_examples=30)
@given(junction=junctions(), steps=STEPS, drift=st.lists(st.sampled_from([-0.2, 0.0, 0.02, 0.1]), min_size=3, max_size=7))
def test_a_better_idea_of_the_cabinets_clock_is_no_new_green(junction: Junction, steps: list[tuple[float, int, int]],
                                                             drift: list[float]) -> None:
    run = drive(junction, steps)
    drifts = drift * len(run.reports)
    moved = [replace(s, reported_s=s.reported_s + d, head_since_s=tuple(t + d for t in s.head_since_s), clock_ahead_s=d)
             for (s, _), d in zip(run.reports, drifts, strict=False)]
    still = record(junction, [status for status, _ in run.reports])
    # The minimum green and the clearance that a report just shows to be over may be over in the next one instead.
    assert kinds(record(junction, moved)) == kinds(still)


def kinds(events: list[Event]) -> Counter[tuple[int, int]]:
    return Counter((e.code, e.parameter) for e in events if e.code in COLOURS or e.code == Code.HEADS_MISSED)
