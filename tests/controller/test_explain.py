"""Accounts of decisions: what anybody can say, and what the predictive planner says of itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from controller.explain import Explanation, plain_account
from controller.network import Network
from controller.registry import names, strategy
from controller.strategy import Decision, Strategy, Tick
from detectors.observation import ExitObservation
from signal_drivers.ids import JunctionId, StageId
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame, car, queue
from tests.controller.junctions import crossroads, full_crossroads

NOW_S = 1030.0


def settled(junction, now_s: float = NOW_S):  # type: ignore[no-untyped-def]
    """The junction's first stage, half a minute old."""
    clock = Clockwork(junction, 1000.0)
    clock.tick(now_s)
    return clock.status(now_s)


class TestPlain:
    def test_what_is_seen(self) -> None:
        junction = full_crossroads()
        frame = SaidFrame(NOW_S, {"n_0": queue(3), "e_0": [car(40.0, 9.0)], "e_1": None},
                          {"so_0": ExitObservation("so_0", NOW_S, 100.0, 9, 9, 2.0)}, {"walk": 4})
        said = plain_account(junction, settled(junction), frame, None)
        assert said is not None
        assert (said.stage, said.stage_age_s, said.chosen, said.reason) == ("A", 30.0, None, "stays")
        assert {lane.lane: (lane.vehicles, lane.queue_veh) for lane in said.lanes} == {
            "n_0": (3, 3), "e_0": (1, 0), "e_1": (None, None), "w_0": (0, 0)}
        assert said.full_exits == ("so_0",) and [(p.group, p.waiting) for p in said.people] == [("walk", 4)]
        assert said.cost_stay_veh_s is None and said.alternatives == ()

    def test_the_decisions_own_reason(self) -> None:
        junction = crossroads()
        said = plain_account(junction, settled(junction), SaidFrame(NOW_S), Decision(junction.id, StageId("EW"), "gap-out"))
        assert said is not None and (said.chosen, said.reason) == ("EW", "gap-out")

    def test_nothing_in_a_transition(self) -> None:
        junction = crossroads()
        status = settled(junction)
        moving = type(status)(status.junction, NOW_S, None, StageId("EW"), NOW_S, status.heads, status.head_since_s)
        assert plain_account(junction, moving, SaidFrame(NOW_S), None) is None

    def test_it_cannot_be_changed(self) -> None:
        junction = crossroads()
        said = plain_account(junction, settled(junction), SaidFrame(NOW_S), None)
        with pytest.raises(FrozenInstanceError):
            said.reason = "because"  # type: ignore[misc,union-attr]


@pytest.mark.parametrize("name", names())
def test_every_strategy_has_an_account_or_says_that_it_has_none(name: str) -> None:
    made, junction = strategy(name), crossroads()
    made.start(Network({junction.id: junction}))
    keeps = type(made).explain is not Strategy.explain
    assert keeps == (name in ("predictive", "learned"))
    assert made.explain(junction.id) is None, "nothing was decided yet"


class TestPredictive:
    def decided(self, lanes: dict[str, list], now_s: float = NOW_S) -> tuple[list[Decision], Explanation]:  # type: ignore[type-arg]
        made, junction = strategy("predictive"), full_crossroads()
        made.start(Network({junction.id: junction}))
        status = settled(junction, now_s)
        decisions: list[Decision] = []
        for second in range(3):
            decisions = list(made.decide(Tick(now_s + second, SaidFrame(now_s + second, lanes, people={"walk": 1}),
                                              {junction.id: status})))
        said = made.explain(junction.id)
        assert said is not None
        return decisions, said

    def test_a_change_is_accounted_for(self) -> None:
        decisions, said = self.decided({"n_0": queue(8)})
        assert [d.stage for d in decisions] == [said.chosen] == ["C"]
        assert said.time_s == NOW_S + 2 and said.stage == "A" and said.stage_age_s == 32.0
        assert said.alternatives[0].stage == "C" and said.alternatives[0].at_s == 0.0
        assert said.cost_stay_veh_s is not None and said.saves_veh_s is not None and said.saves_veh_s > 0
        assert said.saves_veh_s == pytest.approx(said.cost_stay_veh_s - said.alternatives[0].cost_veh_s, abs=0.1)
        assert said.reason.startswith("changing to C now saves ")
        assert [a.cost_veh_s for a in said.alternatives] == sorted(a.cost_veh_s for a in said.alternatives)

    def test_lanes_as_they_were_seen_and_believed(self) -> None:
        _, said = self.decided({"n_0": queue(8)})
        side = next(lane for lane in said.lanes if lane.lane == "n_0")
        assert (side.vehicles, side.queue_veh) == (8, 8)
        assert side.expected_10_veh is not None and side.expected_10_veh < 0.5, "who is in view is not expected from elsewhere"
        assert side.flow_vph is not None and 1000 < side.flow_vph < 2500
        assert side.shares == (), "one group: nothing to share"

    def test_staying_is_accounted_for(self) -> None:
        decisions, said = self.decided({"e_0": [car(5.0 + 12.0 * i, 10.0) for i in range(8)]})
        assert decisions == [] and said.chosen is None and said.saves_veh_s is None
        assert said.reason.startswith("stays: ")

    def test_nothing_is_said_of_others_and_of_transitions(self) -> None:
        made, junction = strategy("predictive"), crossroads()
        made.start(Network({junction.id: junction}))
        made.decide(Tick(NOW_S, SaidFrame(NOW_S), {}))
        assert made.explain(junction.id) is None
        assert made.explain(JunctionId("elsewhere")) is None
