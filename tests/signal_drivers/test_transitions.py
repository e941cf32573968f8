"""How one stage follows another, by hand-computed examples."""

from __future__ import annotations

import pytest

from signal_drivers.ids import GroupId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from signal_drivers.transitions import ended_ago_s, green_starts, transition_s
from tests.signal_drivers.examples import LEFT, MAIN, SECONDS, SIDE, STAGES, WALK, crossroads, report

J = crossroads()
S1, S2, S3 = STAGES


class TestGreenStarts:
    def test_the_slowest_of_those_that_end_decides(self) -> None:
        # main 6, left 4.5 and walk 9 seconds before side
        assert green_starts(J, S1, S3) == {SIDE: 9.0}

    def test_each_group_that_gains_has_its_own_start(self) -> None:
        assert green_starts(J, S3, S1) == {MAIN: 5.0, WALK: 4.0, LEFT: 5.5}

    def test_a_yielding_group_is_protected_once_the_others_have_cleared(self) -> None:
        # left stays green; it stops yielding 5 s after main and 8 s after walk
        assert green_starts(J, S1, S2) == {LEFT: 8.0}

    def test_a_protected_group_that_begins_to_yield_gains_nothing(self) -> None:
        assert green_starts(J, S2, S1) == {MAIN: 0.0, WALK: 0.0}

    def test_staying_gains_nothing(self) -> None:
        assert green_starts(J, S1, S1) == {}

    @pytest.mark.parametrize(("ago_s", "start_s"), [(0.0, 9.0), (3.0, 6.0), (4.5, 4.5), (9.0, 4.5), (100.0, 4.5)])
    def test_those_that_ended_earlier_still_count(self, ago_s: float, start_s: float) -> None:
        assert green_starts(J, S2, S3, ended_ago_s={WALK: ago_s}) == {SIDE: start_s}

    def test_also_one_that_is_green_again(self) -> None:
        slow = crossroads(intergreens=Intergreens({**SECONDS, (LEFT, MAIN): 20.0}))
        assert green_starts(slow, S3, S1, ended_ago_s={LEFT: 12.0}) == {MAIN: 8.0, WALK: 4.0, LEFT: 5.5}

    def test_a_group_that_ends_now_counts_from_now(self) -> None:
        assert green_starts(J, S2, S3, ended_ago_s={LEFT: 60.0}) == {SIDE: 4.5}


class TestTransition:
    @pytest.mark.parametrize(("before", "after", "seconds"), [
        (S1, S2, 8.0), (S2, S1, 0.0), (S1, S3, 9.0), (S3, S1, 5.5), (S2, S3, 4.5), (S3, S2, 5.5), (S1, S1, 0.0)])
    def test_is_the_last_start(self, before: Stage, after: Stage, seconds: float) -> None:
        assert transition_s(J, before, after) == seconds

    def test_that_only_drops_traffic_lasts_its_yellow(self) -> None:
        only_walk = Stage(StageId("w"), frozenset({WALK}))
        only_main = Stage(StageId("m"), frozenset({MAIN}))
        j = crossroads(stages=(*STAGES, only_walk, only_main))
        assert transition_s(j, S1, only_walk) == 3.0
        assert transition_s(j, Stage(StageId("mw"), frozenset({MAIN, WALK})), only_main) == 0.0

    def test_depends_on_the_direction(self) -> None:
        table = Intergreens({**SECONDS, (GroupId("side"), GroupId("main")): 12.0})
        assert transition_s(crossroads(intergreens=table), S3, S1) == 12.0
        assert transition_s(crossroads(intergreens=table), S1, S3) == 9.0


class TestEndedAgo:
    def test_while_intergreens_may_run_and_from_the_end_of_green(self) -> None:
        # main's red began 2 s ago, after a yellow of 3 s, and somebody must wait 6 s for it; walk has no yellow, and needs 9
        status = report(J, {LEFT: Head.AMBER, SIDE: Head.GREEN}, at_s=100.0,
                        since_s={MAIN: 98.0, LEFT: 99.0, SIDE: 99.0, WALK: 92.0})
        assert ended_ago_s(J, status, 100.0) == {MAIN: 5.0, LEFT: 1.0, WALK: 8.0}

    def test_those_that_keep_nobody_waiting_any_longer_are_left_out(self) -> None:
        status = report(J, {SIDE: Head.GREEN}, at_s=100.0, since_s={MAIN: 97.0, LEFT: 0.0, SIDE: 99.0, WALK: 91.0})
        assert ended_ago_s(J, status, 100.0) == {}
