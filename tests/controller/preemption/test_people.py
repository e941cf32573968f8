"""Turns across people: nobody walks before an emergency, who waits too long is served without them, and a queue is flushed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.preemption.manager import REASON
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Turn
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from tests.controller.contract import MODEST
from tests.controller.frames import SaidFrame, WildFrame, queue
from tests.controller.junctions import YELLOW_S, intergreens, lane, movement, pedestrian, vehicle
from tests.controller.preemption.drive import BEGIN_S, MARGIN_5_S, SPEED_MPS, Still, drive, passing, way


def turn_over_people(*, max_red_s: float = 200.0) -> Junction:
    """A turn that lets people on a long crossing pass, a side road, and a third one beside which people walk as well; stages with
    people have a variant without."""
    stages = (Stage(StageId("A"), frozenset({GroupId("turn"), GroupId("walk")}), frozenset({GroupId("turn")})),
              Stage(StageId("A-p"), frozenset({GroupId("turn")}), frozenset({GroupId("turn")}), variant_of=StageId("A")),
              Stage(StageId("B"), frozenset({GroupId("side")})),
              Stage(StageId("C"), frozenset({GroupId("third"), GroupId("over")})),
              Stage(StageId("C-p"), frozenset({GroupId("third")}), variant_of=StageId("C")))
    return Junction(
        JunctionId("T"), (vehicle("turn"), vehicle("side"), vehicle("third"), pedestrian("walk", 20.0), pedestrian("over", 20.0)),
        stages, intergreens(("turn", "side"), ("turn", "third"), ("side", "third"), ("turn", "walk"), ("walk", "side"),
                            ("walk", "third"), ("over", "turn"), ("over", "side"), ("over", "walk"), seconds=12.0),
        YELLOW_S, max_red_s, lanes=(lane("e_0", ["turn"]), lane("n_0", ["side"]), lane("w_0", ["third"])),
        movements=(movement("turn", "e_0", "so_0", Turn.RIGHT), movement("side", "n_0", "so_0"),
                   movement("third", "w_0", "eo_0")))


def test_nobody_walks_where_it_turns() -> None:
    junction = turn_over_people()
    log = drive(junction, SaidFrame, seconds=75, say=passing(way(junction, "turn")), strategy=Still(),
                calls=lambda t: {GroupId("walk"): BEGIN_S}, settings=MARGIN_5_S)
    arrives_s = BEGIN_S + 1000 / SPEED_MPS
    heads = next(h for t, h in log.heads if t == int(arrives_s))
    assert heads["turn"].is_green and heads["walk"] is Head.RED
    walked_s = max(t for t, h in log.heads if h["walk"].is_green)
    assert walked_s <= arrives_s - 12.0, "and who walked has left the crossing"
    assert log.refused == [] and log.violations == 0


def test_who_is_past_the_maximum_red_is_served_without_the_people_who_are_not() -> None:
    junction = turn_over_people(max_red_s=33.0)
    third = {GroupId("third"): BEGIN_S, GroupId("over"): BEGIN_S + 40}
    # The side road's green takes half a minute of walking and clearing to come by; meanwhile the third road's time is over.
    log = drive(junction, lambda t: SaidFrame(t, {"n_0": queue(9)}), seconds=150, strategy=Still("C"),
                calls=lambda t: third if t < BEGIN_S + 75 else {}, say=passing(way(junction, "side", before_m=72 * SPEED_MPS)),
                settings=MARGIN_5_S)
    assert [d.stage for _, d in log.decisions if d.reason == "maximum red"] == ["C-p"]
    assert log.refused == [] and log.violations == 0


@pytest.mark.parametrize(("late", "asked"), [("over", []), ("third", ["C-p"])])
def test_a_stage_is_shortened_only_to_one_that_serves_who_is_late(late: str, asked: list[str]) -> None:
    junction = turn_over_people(max_red_s=33.0)

    def frame(t: float) -> SaidFrame:
        return SaidFrame(t, {"e_0": queue(10 if t < BEGIN_S + 34 else 0)})

    # C takes 45 s until the turn is green again, C-p 30. Before the queue dissolves neither fits, then C-p does.
    log = drive(junction, frame, seconds=48, strategy=Still("C"), calls=lambda t: {GroupId(late): BEGIN_S},
                say=passing(way(junction, "turn", before_m=76 * SPEED_MPS)))
    assert log.refused == [] and log.violations == 0
    assert [d.stage for _, d in log.decisions if d.stage.startswith("C")] == asked


@MODEST
@given(seed=st.integers(0, 10**6), start=st.integers(0, 200), group=st.sampled_from(["turn", "side", "third"]),
       max_red_s=st.sampled_from([35.0, 50.0, 80.0]), called=st.dictionaries(
           st.sampled_from(["turn", "side", "third", "walk", "over"]), st.integers(0, 200), min_size=1))
def test_asks_only_what_the_guard_accepts_where_stages_have_variants(seed: int, start: int, group: str, max_red_s: float,
                                                                     called: dict[str, int]) -> None:
    junction = turn_over_people(max_red_s=max_red_s)
    since_s = {GroupId(g): BEGIN_S + at_s for g, at_s in called.items()}
    log = drive(junction, lambda t: WildFrame(seed, t), seconds=330, say=passing(way(junction, group), start_s=BEGIN_S + start),
                calls=lambda t: {g: at_s for g, at_s in since_s.items() if at_s <= t})
    assert log.refused == []
    assert log.violations == 0


def turn_over_a_short_crossing() -> Junction:
    """A turn beside which people walk in every stage, and a hurry-call stage without them."""
    stages = (Stage(StageId("A"), frozenset({GroupId("turn"), GroupId("walk")}), frozenset({GroupId("turn")})),
              Stage(StageId("B"), frozenset({GroupId("side")})), Stage(StageId("H1"), frozenset({GroupId("turn")}), hurry=True))
    return Junction(JunctionId("T"), (vehicle("turn"), vehicle("side"), pedestrian("walk", 6.0)), stages,
                    intergreens(("turn", "side"), ("turn", "walk"), ("walk", "side"), seconds=6.0), YELLOW_S,
                    lanes=(lane("e_0", ["turn"]), lane("n_0", ["side"])),
                    movements=(movement("turn", "e_0", "so_0", Turn.RIGHT), movement("side", "n_0", "so_0")))


@pytest.mark.parametrize(("waiting", "stage"), [(0, "A"), (2, "A"), (3, "H1"), (8, "H1")])
def test_people_are_kept_waiting_only_where_a_queue_has_to_turn_across_them(waiting: int, stage: str) -> None:
    junction = turn_over_a_short_crossing()
    log = drive(junction, lambda t: SaidFrame(t, {"e_0": queue(waiting)}), seconds=80, strategy=Still("B"),
                say=passing(way(junction, "turn")), calls=lambda t: {})
    asked = [d.stage for _, d in log.decisions if d.reason.startswith(REASON)]
    assert asked == [stage] and log.green("turn", BEGIN_S + 71)
    assert log.refused == [] and log.violations == 0
