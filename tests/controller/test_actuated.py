"""Gap-out, max-out, skips and calls, told by what the camera sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from controller.registry import strategy
from controller.strategies.actuated import Actuated
from detectors.observation import ExitObservation, SeenVehicle
from signal_drivers.junction import Junction
from tests.controller.frames import SaidFrame, car, queue
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.post import Log, run

Lanes = Mapping[str, list[SeenVehicle] | None]


def watch(junction: Junction, lanes: Callable[[float], Lanes], seconds: int = 200, people: Mapping[str, int] | None = None,
          made: Actuated | None = None) -> Log:
    """Run from time 0 with nobody's call standing, so that the warden stays out of it."""
    return run(made or Actuated(), junction, lambda t: SaidFrame(t, lanes(t), None, people), seconds=seconds,
               calls=lambda t: {}, begin_s=0.0)


def first(log: Log) -> tuple[float, str, str]:
    now_s, decision = log.decisions[0]
    return now_s, decision.stage, decision.reason


def test_rests_where_nobody_else_calls() -> None:
    assert watch(crossroads(), lambda t: {"n_0": [car(30, 12)]}).decisions == []
    assert watch(crossroads(), lambda t: {}).decisions == []


def test_gaps_out_once_nobody_arrives_within_the_passage_time() -> None:
    # 12 m/s x 3 s: a car within 36 m holds the green, one at 40 m does not.
    def lanes(t: float) -> Lanes:
        return {"n_0": [car(35.0 if t < 20 else 40.0, 12.0)], "e_0": queue(1)}

    assert first(watch(crossroads(), lanes)) == (20.0, "EW", "gap-out")


def test_minimum_green_comes_before_any_gap_out() -> None:
    assert first(watch(crossroads(), lambda t: {"e_0": queue(1)})) == (5.0, "EW", "gap-out")


def test_maxes_out_against_an_endless_stream() -> None:
    log = watch(crossroads(), lambda t: {"n_0": [car(10, 12)], "e_0": queue(1)})
    assert first(log) == (50.0, "EW", "max-out")


def test_maximum_is_a_setting() -> None:
    made = strategy("actuated", max_green_s=30.0)
    assert isinstance(made, Actuated)
    log = watch(crossroads(), lambda t: {"n_0": [car(10, 12)], "e_0": queue(1)}, made=made)
    assert first(log) == (30.0, "EW", "max-out")


def test_maximum_counts_from_the_first_conflicting_call() -> None:
    def lanes(t: float) -> Lanes:
        return {"n_0": [car(10, 12)] if t >= 100 else [], "e_0": queue(1) if t >= 100 else []}

    assert first(watch(crossroads(), lanes)) == (149.0, "EW", "max-out")


def test_queue_that_starts_is_no_gap() -> None:
    # The head has left and the rest still stands: nobody moves within the passage time, yet all want to leave.
    def lanes(t: float) -> Lanes:
        return {"n_0": [car(20.0 + 7 * i) for i in range(4)] if t < 15 else [], "e_0": queue(1)}

    assert first(watch(crossroads(), lanes)) == (15.0, "EW", "gap-out")


def test_head_that_does_not_start_gives_up_its_green() -> None:
    log = watch(crossroads(), lambda t: {"n_0": queue(5), "e_0": queue(1)})
    assert first(log) == (6.0, "EW", "gap-out")


def test_full_exit_ends_the_green() -> None:
    class Full(SaidFrame):
        def exit(self, lane: str) -> ExitObservation:
            return ExitObservation(lane, self.time_s, 100.0, 12, 12, 3.0)

    log = run(Actuated(), crossroads(), lambda t: Full(t, {"n_0": [car(20, 5)], "e_0": queue(1)}), seconds=60,
              calls=lambda t: {}, begin_s=0.0)
    assert first(log)[0] == 5.0


def test_skips_stages_without_demand_in_cyclic_order() -> None:
    log = watch(full_crossroads(), lambda t: {"n_0": queue(1)}, seconds=40)
    assert [d.stage for _, d in log.decisions][:1] == ["C"]
    log = watch(full_crossroads(), lambda t: {"n_0": queue(1), "e_1": queue(3)}, seconds=25)
    assert [d.stage for _, d in log.decisions][:1] == ["B"], "the left turn that found no gap is next in order"


def test_people_call_their_stage() -> None:
    assert [d.stage for _, d in watch(full_crossroads(), lambda t: {}, people={"walk": 2}).decisions][:1] == ["C"]


@pytest.mark.parametrize("unseen", ["n_0", "e_0"])
def test_unwatched_lane_is_assumed_to_have_demand(unseen: str) -> None:
    log = watch(crossroads(), lambda t: {unseen: None, ("e_0" if unseen == "n_0" else "n_0"): queue(1)})
    stages = {d.stage for _, d in log.decisions}
    assert "EW" in stages
    if unseen == "n_0":
        assert first(log)[0] == 20.0, "and gets a fixed green, neither the least nor the most"
