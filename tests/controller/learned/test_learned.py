"""The learnt strategy: what it does where its policy fails, and what it says of its decisions."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from controller.learned.deadline import InTime
from controller.learned.observation import Observer, Seen, padded
from controller.network import Network
from controller.registry import strategy
from controller.strategies.learned import HANDOVER_S, Learned
from controller.strategies.predictive import Predictive
from controller.strategy import Handovers, Tick
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from tests.controller.frames import SaidFrame, queue
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.test_explain import settled

NOW_S = 1030.0


def _tick(second: int, network: Network, inside_veh: int = 0) -> Tick:
    statuses = {j: settled(junction, NOW_S) for j, junction in network.junctions.items()}
    frame = SaidFrame(NOW_S + second, {"n_0": queue(8)}, people={"walk": 1}, inside_veh=inside_veh)
    return Tick(NOW_S + second, frame, statuses)


@pytest.fixture
def street() -> Network:
    junction = full_crossroads()
    return Network({junction.id: junction})


@pytest.mark.parametrize("fault", ["raises", "nan"])
def test_where_the_policy_fails_the_planner_decides_at_once_and_for_a_while(street: Network, fault: str) -> None:
    made, planner = Learned(), Predictive()
    made.start(street)
    planner.start(street)

    def broken(seen: Seen) -> np.ndarray:
        if fault == "raises":
            raise RuntimeError("out of order")
        return np.full(seen.allowed.shape, np.nan, np.float32)

    well = made.policy.scores
    made.policy.scores = broken  # type: ignore[method-assign]
    asked = []
    for second in range(int(HANDOVER_S)):
        tick = _tick(second, street)
        assert list(made.decide(tick)) == list(planner.decide(tick))
        assert made.explain(next(iter(street.junctions))) is None, "the policy has weighed nothing"
        made.policy.scores = well  # type: ignore[method-assign]
        asked.append(tick.now_s)
    made.decide(_tick(int(HANDOVER_S), street))
    assert made.explain(next(iter(street.junctions))) is not None, "after a while it is tried again"
    assert made.handovers() == Handovers(asked=int(HANDOVER_S) + 1, failed=int(HANDOVER_S), strange={})


def test_a_policy_that_stalls_is_replaced_within_the_second_and_left_alone_until_it_has_answered(street: Network) -> None:
    made, planner = Learned(deadline_s=0.1), Predictive()
    made.start(street)
    planner.start(street)
    well, begun, go_on, asked = made.policy.scores, threading.Event(), threading.Event(), []

    def stalls(seen: Seen) -> np.ndarray:
        asked.append(seen)
        begun.set()
        assert go_on.wait(60)
        return well(seen)

    made.policy.scores = stalls  # type: ignore[method-assign]
    # Whenever its minute is over it would get another try; but it has not answered the first question yet.
    for second in (0, int(HANDOVER_S), 2 * int(HANDOVER_S)):
        tick = _tick(second, street)
        assert list(made.decide(tick)) == list(planner.decide(tick))
        assert begun.wait(60) and len(asked) == 1
    go_on.set()
    made.policy.scores = well  # type: ignore[method-assign]
    # Its thread gets there when the machine lets it: a minute, a hundredth of a second at a time.
    for tries in range(3, 6003):
        made.decide(_tick(tries * int(HANDOVER_S), street))
        if made.explain(next(iter(street.junctions))) is not None:
            break
        time.sleep(0.01)
    else:
        pytest.fail("it is not asked again after it has answered")


def test_in_time_it_decides_as_without_a_deadline(street: Network) -> None:
    hasty, other = Learned(deadline_s=1.0), Learned()
    hasty.start(street)
    other.start(street)
    for second in range(40):
        tick = _tick(second, street)
        assert list(hasty.decide(tick)) == list(other.decide(tick))


def test_what_it_raises_is_raised_where_it_was_asked(street: Network) -> None:
    def broken(seen: Seen) -> np.ndarray:
        raise ArithmeticError("out of order")

    seen = Observer(street).look(_tick(0, street))[1]
    for deadline_s in (None, 5.0):
        asking = InTime(broken, deadline_s)
        for _ in range(2):
            with pytest.raises(ArithmeticError, match="out of order"):
                asking.ask(seen)


def test_a_decision_is_accounted_for(street: Network) -> None:
    made, name = Learned(), next(iter(street.junctions))
    made.start(street)
    for second in range(3):
        decisions = list(made.decide(_tick(second, street)))
    said = made.explain(name)
    assert said is not None
    assert [said.chosen] == ([d.stage for d in decisions] or [None])
    likely = {a.stage: a.likely for a in said.alternatives}
    assert all(p is not None and 0.0 < p <= 1.0 for p in likely.values())
    assert sum(p for p in likely.values() if p is not None) <= 1.0 + 1e-6
    assert said.stage not in likely and "%" in said.reason
    assert next(lane for lane in said.lanes if lane.lane == "n_0").queue_veh == 8
    assert made.explain(JunctionId("elsewhere")) is None


def test_a_queue_at_red_makes_its_stages_likelier(street: Network) -> None:
    """Eight cars wait on one side, nobody is anywhere else: the policy has learnt that much."""
    made = strategy("learned")
    made.start(street)
    for second in range(20):
        decisions = list(made.decide(_tick(second, street)))
        if decisions:
            break
    junction = next(iter(street.junctions.values()))
    assert decisions, "they are let go within twenty seconds"
    lane = next(lane for lane in junction.lanes if lane.id == "n_0")
    assert junction.stage[decisions[0].stage].green & set(lane.groups)


def _asked(junction: Junction, wanted: str, inside_veh: int, by: float = 5.0) -> list[str]:
    """What is asked of ``junction``, "" for nothing, second by second, by a policy that wants ``wanted``, ``by`` more than any
    other."""
    street = Network({junction.id: junction})
    made, number = Learned(), [stage.id for stage in junction.stages].index(StageId(wanted))
    made.start(street)

    def stubborn(seen: Seen) -> np.ndarray:
        scores = np.where(seen.allowed > 0, 0.0, -1e9).astype(np.float32)
        scores[:, number] = by
        return scores

    made.policy.scores = stubborn  # type: ignore[method-assign]
    asked = [list(made.decide(_tick(second, street, inside_veh))) for second in range(11)]
    return [decisions[0].stage if decisions else "" for decisions in asked]


@pytest.mark.parametrize("inside_veh", [0, 1, 2, 5])
def test_who_stands_inside_is_let_out_first_but_not_for_ever(inside_veh: int) -> None:
    """Stage B protects the left turn that filters in A; C lets in others across it."""
    assert _asked(full_crossroads(), "C", inside_veh) == (["C"] * 11 if inside_veh == 0 else ["B"] * 10 + ["C"])


def test_a_stage_that_is_hardly_liked_better_is_not_asked_for() -> None:
    """Stages that are as good as each other would alternate."""
    assert _asked(full_crossroads(), "C", 0, by=0.49) == [""] * 11 and _asked(full_crossroads(), "C", 0, by=0.51) == ["C"] * 11


def test_where_no_stage_lets_them_out_the_change_waits_for_ten_seconds() -> None:
    assert _asked(crossroads(), "EW", 2) == [""] * 10 + ["EW"]


def test_what_is_seen_has_the_shapes_it_says_and_can_be_given_more_room(street: Network) -> None:
    observer = Observer(street)
    ready, seen = observer.look(_tick(0, street))
    assert ready == [0]
    assert seen.green.shape == seen.yields.shape == (1, seen.stages.shape[1], seen.groups.shape[1])
    assert seen.allowed[0].any() and all(np.isfinite(part).all() for part in seen)
    wide = padded(seen, 30, 40)
    assert wide.green.shape == (1, 40, 30) and wide.green.sum() == seen.green.sum()
    with pytest.raises(ValueError, match="there is room for"):
        padded(seen, 1, 1)
