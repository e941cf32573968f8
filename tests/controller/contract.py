"""What any strategy must keep, whatever it is good at. A test module makes it its own by subclassing::

    class TestMine(StrategyContract):
        make = staticmethod(Mine)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.strategy import Strategy, Tick
from signal_drivers.junction import Junction
from signal_drivers.transitions import transition_s
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame, WildFrame
from tests.controller.junctions import crossroads, full_crossroads, junctions, network
from tests.controller.post import run

RUN_S = 420
MODEST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])


def one_round_s(junction: Junction) -> float:
    """Every stage once, each after the longest clearance into it, for the longest of its minimum greens."""
    return sum(max(junction.group[g].min_green_s for g in s.green) + 1 +
               max((transition_s(junction, b, s) for b in junction.stages if b is not s), default=0.0)
               for s in junction.stages)


class StrategyContract:
    """Determinism, legality, service, calm. ``make`` makes a new strategy with its defaults."""

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
        bound_s = max(junction.max_red_s, one_round_s(junction)) + max(
            max(junction.group[g].min_green_s for g in s.green) for s in junction.stages) + 2
        assert {g: r for g, r in log.longest_red_s.items() if r > bound_s} == {}

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

    def test_has_a_name_and_a_summary(self) -> None:
        made = self.make()
        assert made.name and made.summary
