"""What any strategy must keep, whatever it is good at. A test module makes it its own by subclassing::

    class TestMine(StrategyContract):
        make = staticmethod(Mine)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.strategy import Strategy, Tick
from signal_drivers.junction import Junction
from signal_drivers.transitions import transition_s
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame, WildFrame
from tests.controller.junctions import crossroads, full_crossroads, junctions, network
from tests.controller.post import run
from tests.controller.reach import reachable
from tests.controller.troubled import ABSENT, FAULTY, run_street, street

RUN_S = 420
FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])
MODEST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])


def one_round_s(junction: Junction) -> float:
    """Every stage once, each after the longest clearance into it, for the longest of its minimum greens."""
    return sum(max(junction.group[g].min_green_s for g in s.green) + 1 +
               max((transition_s(junction, b, s) for b in junction.stages if b is not s), default=0.0)
               for s in junction.stages)


def bound_s(junction: Junction) -> float:
    """Longest called red that the order of service allows: the maximum, or one round where that is longer, and one stage."""
    return max(junction.max_red_s, one_round_s(junction)) + max(
        max(junction.group[g].min_green_s for g in s.green) for s in junction.stages) + 2


class StrategyContract:
    """Determinism, legality, service, calm, composure. ``make`` makes a new strategy with its defaults."""

    make: ClassVar[Callable[[], Strategy]]

    @MODEST
    @given(junction=junctions(), seed=st.integers(0, 10**6))
    def test_asks_only_what_the_guard_accepts(self, junction: Junction, seed: int) -> None:
        log = run(self.make(), junction, lambda t: WildFrame(seed, t), seconds=RUN_S)
        assert log.refused == []
        assert log.violations == 0

    @MODEST
    @given(junction=junctions(), seed=st.integers(0, 10**6))
    def test_serves_every_call_within_maximum_red_and_one_stage(self, junction: Junction, seed: int) -> None:
        log = run(self.make(), junction, lambda t: WildFrame(seed, t), seconds=RUN_S)
        assert {g: r for g, r in log.longest_red_s.items() if r > bound_s(junction)} == {}

    @MODEST
    @given(junction=junctions(), seed=st.integers(0, 10**6))
    def test_same_seed_same_decisions(self, junction: Junction, seed: int) -> None:
        first, second = (run(self.make(), junction, lambda t: WildFrame(seed, t), seconds=200, seed=7) for _ in range(2))
        assert first.decisions == second.decisions

    def test_can_be_started_again(self) -> None:
        made, junction = self.make(), full_crossroads()
        logs = [run(made, junction, lambda t: WildFrame(3, t), seconds=200) for _ in range(2)]
        assert logs[0].decisions == logs[1].decisions

    def test_needs_no_flows_and_no_traffic(self) -> None:
        log = run(self.make(), full_crossroads(), lambda t: SaidFrame(t), seconds=200, calls=lambda t: {})
        assert log.refused == []

    def test_leaves_junctions_alone_that_are_not_in_the_tick(self) -> None:
        made, a, b = self.make(), crossroads("A"), crossroads("B")
        made.start(network(a, b))
        clock = Clockwork(a, 0.0)
        for now_s in range(200):
            clock.tick(now_s)
            for decision in made.decide(Tick(now_s, WildFrame(1, now_s), {a.id: clock.status(now_s)})):
                assert decision.junction == a.id

    @FEW
    @given(one=junctions(), other=junctions(), seed=st.integers(0, 10**6))
    def test_takes_junctions_back_as_they_come(self, one: Junction, other: Junction, seed: int) -> None:
        """Junctions leave the tick while somebody else has them, and come back in another stage, some of them long overdue."""
        network = street([one, other, crossroads()])
        report = run_street(self.make(), network, lambda t: WildFrame(seed, t), (*ABSENT, "door"), seed=seed)
        assert report.refused == []
        assert all(mood not in ABSENT for *_, mood in report.asked), "a junction that was not in the tick"

    @FEW
    @given(one=junctions(), other=junctions(), seed=st.integers(0, 10**6))
    def test_a_cabinet_at_fault_or_silent_is_refused_for_that_and_for_nothing_else(self, one: Junction, other: Junction,
                                                                                   seed: int) -> None:
        network = street([one, other])
        report = run_street(self.make(), network, lambda t: WildFrame(seed, t), ("lamp", "silent", "manual"), seed=seed)
        assert [row for row in report.refused if row[2].rule is not FAULTY.get(row[3])] == []

    def test_serves_everybody_again_once_the_trouble_is_over(self) -> None:
        network = street([full_crossroads(), crossroads(), full_crossroads()])
        report = run_street(self.make(), network, lambda t: WildFrame(11, t, ("queue",)), (*ABSENT, *FAULTY), seed=4)
        assert {key: red for key, red in report.longest_red_s.items() if red > bound_s(network.junctions[key[0]])} == {}
        assert len({decision.junction for now_s, decision, *_ in report.asked if now_s > 300}) == 3

    @pytest.mark.parametrize("mood", ["empty", "absurd", "stale", "unwatched", "bad", "queue"])
    def test_one_mood_everywhere(self, mood: str) -> None:
        for junction in (crossroads(), full_crossroads()):
            log = run(self.make(), junction, lambda t: WildFrame(5, t, (mood,)), seconds=RUN_S)
            assert log.refused == [] and log.violations == 0
            assert {g: r for g, r in log.longest_red_s.items() if r > bound_s(junction)} == {}

    def test_the_clock_of_the_street_is_as_good_as_any(self) -> None:
        """Seconds since 1970: large numbers, of which a quarter of a microsecond is all that is left."""
        log = run(self.make(), full_crossroads(), lambda t: WildFrame(2, t), seconds=RUN_S, begin_s=1_790_000_000.25)
        assert log.refused == [] and len(log.decisions) > 3

    def test_holds_on_to_no_more_the_longer_it_runs(self) -> None:
        made, junction, sizes = self.make(), full_crossroads(), []
        due = [1000.0 + 900, 1000.0 + 2400]

        def frame(now_s: float) -> WildFrame:
            # Nobody asks for a frame while the stage changes: the first one after the moment counts.
            if due and now_s >= due[0]:
                due.pop(0)
                sizes.append(reachable(made))
            return WildFrame(9, now_s)

        run(made, junction, frame, seconds=2480)
        assert sizes[1] <= 1.3 * sizes[0] + 100, sizes

    def test_has_a_name_and_a_summary(self) -> None:
        made = self.make()
        assert made.name and made.summary
