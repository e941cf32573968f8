"""The cycle is kept whatever the cameras say, and follows what they say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.strategies.adaptive_cycle import AdaptiveCycle
from controller.strategies.fixed import FixedTime
from signal_drivers.errors import InvalidValue
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan, PlanLibrary, PlanWindow, Split
from tests.controller.frames import SaidFrame, WildFrame, queue
from tests.controller.junctions import crossroads, junctions
from tests.controller.post import run

NS, EW = StageId("NS"), StageId("EW")
EVEN = Plan(JunctionId("X"), 80.0, (Split(NS, 0.0), Split(EW, 40.0)))


@settings(max_examples=40)
@given(junction=junctions(), seed=st.integers(0, 10**6))
def test_stages_keep_their_order_and_each_comes_once_a_cycle(junction: Junction, seed: int) -> None:
    strategy = AdaptiveCycle()
    log = run(strategy, junction, lambda t: WildFrame(seed, t), seconds=900)
    order = [s.id for s in strategy.sites[junction.id].runner.stages]
    kept = [d.stage for _, d in log.decisions if d.reason == "cycle"][1:]
    if len(order) > 1 and all(d.reason == "cycle" for _, d in log.decisions):
        assert kept == [order[(order.index(kept[0]) + i) % len(order)] for i in range(len(kept))]
        assert len(kept) >= 900 // 140 * len(order)


def test_with_all_steps_at_nought_it_is_the_fixed_plan() -> None:
    still = AdaptiveCycle({EVEN.junction: EVEN}, split_step_s=0, offset_step_s=0, cycle_step_s=0)
    logs = [run(s, crossroads(), lambda t: WildFrame(5, t), seconds=600) for s in (still, FixedTime({EVEN.junction: EVEN}))]
    assert [(t, d.stage) for t, d in logs[0].decisions] == [(t, d.stage) for t, d in logs[1].decisions]


def test_green_goes_where_the_queue_stands() -> None:
    strategy = AdaptiveCycle({EVEN.junction: EVEN}, cycle_step_s=0)
    run(strategy, crossroads(), lambda t: SaidFrame(t, {"n_0": queue(12), "s_0": queue(12)}), seconds=1500)
    runner = strategy.sites[JunctionId("X")].runner
    assert runner.base[0] >= 50.0 and sum(runner.base) == 80.0
    assert runner.base[1] >= runner.least[1]


def test_a_bad_camera_leaves_the_plan_as_it_is() -> None:
    strategy = AdaptiveCycle({EVEN.junction: EVEN})
    run(strategy, crossroads(), lambda t: SaidFrame(t, dict.fromkeys(("n_0", "s_0", "e_0", "w_0"))), seconds=1500)
    runner = strategy.sites[JunctionId("X")].runner
    assert (runner.base, runner.clock.cycle_s, runner.offset_s) == ((40.0, 40.0), 80.0, 0.0)


def test_it_begins_with_the_plan_in_force() -> None:
    long = Plan(JunctionId("X"), 100.0, (Split(NS, 0.0), Split(EW, 70.0)), 20.0)
    library = PlanLibrary((PlanWindow(0, 2000, (EVEN,)), PlanWindow(2000, 86400, (long,))))
    for begin_s, plan in ((1000.0, EVEN), (3000.0, long)):
        strategy = AdaptiveCycle(library=library)
        run(strategy, crossroads(), SaidFrame, seconds=60, begin_s=begin_s)
        assert strategy.sites[JunctionId("X")].runner.base == plan.durations_s()


def test_a_plan_that_does_not_fit_is_refused() -> None:
    short = Plan(JunctionId("X"), 60.0, (Split(NS, 0.0), Split(EW, 55.0)))
    with pytest.raises(InvalidValue, match="stage EW has 5 s"):
        run(AdaptiveCycle({short.junction: short}), crossroads(), SaidFrame, seconds=5)
