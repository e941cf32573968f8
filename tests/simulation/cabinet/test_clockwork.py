"""The virtual cabinet's clockwork, second by second on the small junction."""

from __future__ import annotations

import math

import pytest

from signal_drivers.ids import StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from simulation.cabinet.clockwork import Clockwork
from tests.signal_drivers.examples import LEFT, MAIN, SECONDS, SIDE, STAGES, WALK, ask, crossroads

G, Y, A, R = Head.GREEN, Head.GREEN_YIELD, Head.AMBER, Head.RED


def film(cabinet: Clockwork, from_s: float, until_s: float, step_s: float = 0.5) -> dict[float, tuple[Head, ...]]:
    """Heads (main, left, side, walk) at each moment they changed."""
    shots, last = {}, tuple(cabinet.heads)
    for k in range(int((until_s - from_s) / step_s) + 1):
        now_s = from_s + k * step_s
        changed = cabinet.tick(now_s)
        heads = tuple(cabinet.heads)
        assert changed == (heads != last)
        if changed:
            shots[now_s], last = heads, heads
    return shots


class TestStart:
    def test_in_the_first_stage_or_the_one_named(self) -> None:
        assert Clockwork(crossroads(), 0.0).heads == [G, Y, R, G]
        assert Clockwork(crossroads(), 0.0, StageId("3")).heads == [R, R, G, R]

    def test_reports_where_it_is(self) -> None:
        status = Clockwork(crossroads(), 7.0).status(9.0)
        assert (status.junction, status.reported_s, status.stage, status.target, status.stage_since_s) == (
            "J1", 9.0, "1", "1", 7.0)
        assert status.head_since_s == (7.0,) * 4 and status.echo_sequence == 0


class TestTransitions:
    def test_every_head_at_its_time(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        assert cabinet.request(ask("3", at_s=10.0, sequence=4), 10.0)
        assert cabinet.heads == [A, A, R, R]
        assert not cabinet.settled and cabinet.status(10.0).target == "3" and cabinet.stage is None
        assert film(cabinet, 10.0, 30.0) == {13.0: (R, R, R, R), 19.0: (R, R, G, R)}
        assert cabinet.settled and cabinet.stage == "3" and cabinet.stage_since_s == 19.0
        assert cabinet.status(19.0).echo_sequence == 4

    def test_groups_start_one_by_one(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0, StageId("3"))
        assert cabinet.request(ask("1", at_s=10.0), 10.0)
        assert film(cabinet, 10.0, 30.0) == {
            13.0: (R, R, R, R), 14.0: (R, R, R, G), 15.0: (G, R, R, G), 15.5: (G, Y, R, G)}

    def test_a_green_that_stays_is_not_interrupted_and_keeps_its_age(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        assert cabinet.request(ask("2", at_s=10.0), 10.0)
        assert film(cabinet, 10.0, 30.0) == {13.0: (R, Y, R, R), 18.0: (R, G, R, R)}
        assert cabinet.status(18.0).head_since_s == (13.0, 0.0, 0.0, 10.0)

    def test_one_that_begins_to_yield_does_so_at_once(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0, StageId("2"))
        assert cabinet.request(ask("1", at_s=10.0), 10.0)
        assert cabinet.heads == [G, Y, R, G] and cabinet.settled

    def test_an_earlier_end_still_counts(self) -> None:
        junction = crossroads(stages=(*STAGES, Stage(StageId("m"), frozenset({MAIN}))))
        cabinet = Clockwork(junction, 0.0)
        assert cabinet.request(ask("m", at_s=10.0), 10.0)
        film(cabinet, 10.0, 14.0)
        assert cabinet.settled
        # side waits 9 s after walk, which ended at 10 s, and 6 s after main, which ends at 14 s.
        assert cabinet.request(ask("3", at_s=14.0), 14.0)
        assert list(film(cabinet, 14.0, 30.0)) == [17.0, 20.0]

    def test_a_long_pedestrian_clearance_outlasts_a_whole_stage(self) -> None:
        junction = crossroads(stages=(*STAGES, Stage(StageId("m"), frozenset({MAIN}))),
                              intergreens=Intergreens({**SECONDS, (WALK, SIDE): 25.0}))
        cabinet = Clockwork(junction, 0.0)
        cabinet.request(ask("m", at_s=10.0), 10.0)
        film(cabinet, 10.0, 20.0)
        assert cabinet.request(ask("3", at_s=20.0), 20.0)
        assert film(cabinet, 20.0, 60.0)[35.0] == (R, R, G, R)

    def test_dropping_traffic_waits_for_its_yellow(self) -> None:
        junction = crossroads(stages=(*STAGES, Stage(StageId("w"), frozenset({WALK}))))
        cabinet = Clockwork(junction, 0.0)
        assert cabinet.request(ask("w", at_s=10.0), 10.0)
        assert cabinet.heads == [A, A, R, G] and not cabinet.settled
        assert not cabinet.request(ask("1", at_s=11.0), 11.0), "a yellow cannot be called back to green"
        assert film(cabinet, 10.0, 20.0) == {13.0: (R, R, R, G)}
        assert cabinet.settled

    def test_without_a_yellow_green_ends_in_red(self) -> None:
        cabinet = Clockwork(crossroads(yellow_s=0.0), 0.0)
        cabinet.request(ask("3", at_s=10.0), 10.0)
        assert cabinet.heads == [R, R, R, R]

    def test_a_coarse_clock_is_late_never_early(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        cabinet.request(ask("3", at_s=10.0), 10.0)
        assert film(cabinet, 10.0, 40.0, step_s=4.0) == {14.0: (R, R, R, R), 22.0: (R, R, G, R)}


class TestRefuses:
    def test_while_in_transition(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        assert cabinet.request(ask("3", at_s=10.0), 10.0)
        assert not cabinet.request(ask("1", at_s=11.0, sequence=2), 11.0)
        assert cabinet.status(11.0).echo_sequence == 1

    def test_an_unknown_stage(self) -> None:
        assert not Clockwork(crossroads(), 0.0).request(ask("9", at_s=10.0), 10.0)

    @pytest.mark.parametrize(("now_s", "taken"), [(0.0, False), (9.999, False), (10.0, True), (11.0, True), (math.nan, False)])
    def test_before_the_minimum_green_has_run(self, now_s: float, taken: bool) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        assert cabinet.request(ask("3", at_s=now_s), now_s) is taken
        assert cabinet.settled is not taken

    def test_but_may_always_be_asked_to_stay(self) -> None:
        cabinet = Clockwork(crossroads(), 0.0)
        assert cabinet.request(ask("1", at_s=1.0, sequence=3), 1.0)
        assert cabinet.settled and cabinet.status(1.0).echo_sequence == 3


def test_calls_are_reported_as_they_were_given() -> None:
    junction: Junction = crossroads()
    cabinet = Clockwork(junction, 0.0)
    cabinet.calls = {SIDE: 3.0, LEFT: 4.0}
    assert cabinet.status(5.0).call_since_s == {SIDE: 3.0, LEFT: 4.0}
