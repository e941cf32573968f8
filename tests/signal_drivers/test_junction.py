"""A junction refuses what could not be driven, and says which junction, what is wrong and how to mend it."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from typing import Any

import pytest

from signal_drivers.errors import BadInput, InvalidValue, JunctionRefused
from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import DetectorId, GroupId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector, Lane, Movement, Turn
from signal_drivers.limits import Clearance, Limits
from signal_drivers.stages import Stage
from tests.signal_drivers.examples import GROUPS, LANES, LEFT, MAIN, SECONDS, SIDE, STAGES, WALK, crossroads

GHOST = GroupId("ghost")


def refusal(**changes: Any) -> str:
    with pytest.raises(JunctionRefused) as caught:
        crossroads(**changes)
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert message.startswith("junction Two Roads (J1): "), message
    assert message.endswith(")") and "\n" not in message
    assert caught.value.mend
    return message


class TestRefuses:
    def test_two_conflicting_protected_groups_in_one_stage(self) -> None:
        message = refusal(stages=(*STAGES[:2], Stage(StageId("3"), frozenset({SIDE, MAIN}))))
        assert "stage 3 gives protected green to conflicting groups main and side" in message

    def test_but_not_when_one_yields(self) -> None:
        assert crossroads(stages=(*STAGES[:2], Stage(StageId("3"), frozenset({SIDE, MAIN}), frozenset({SIDE}))))

    @pytest.mark.parametrize("group", [MAIN, LEFT, SIDE, WALK])
    def test_a_group_no_stage_serves(self, group: str) -> None:
        stages = tuple(replace(s, green=s.green - {group}, yielding=s.yielding - {group}) for s in STAGES if s.green != {group})
        assert f"no stage serves signal group {group}" in refusal(stages=stages)
        # Green in a hurry call alone is no green: nobody but an emergency may ask for it.
        alone = Stage(StageId("H1"), frozenset({GroupId(group)}), hurry=True)
        assert f"no stage serves signal group {group}" in refusal(stages=(*stages, alone))

    @pytest.mark.parametrize("yielding", [frozenset(), frozenset({MAIN, LEFT, SIDE, WALK})])
    def test_one_stage_for_everyone_even_when_all_yield(self, yielding: frozenset[GroupId]) -> None:
        message = refusal(stages=(Stage(StageId("all"), frozenset({MAIN, LEFT, SIDE, WALK}), yielding),))
        assert "stage all is its only stage and shows every group green at once, left with main among them" in message
        assert "rebuild them from the conflicts" in message

    def test_but_one_stage_may_serve_groups_that_never_meet(self) -> None:
        assert crossroads(stages=(Stage(StageId("all"), frozenset({MAIN, LEFT, SIDE, WALK})),), intergreens=Intergreens({}))

    @pytest.mark.parametrize("pair", [p for p in SECONDS if p[0] != WALK])
    def test_an_intergreen_shorter_than_the_yellow(self, pair: tuple[GroupId, GroupId]) -> None:
        message = refusal(intergreens=Intergreens({**SECONDS, pair: 2.9}))
        assert f"intergreen {pair[0]} -> {pair[1]} of 2.9 s is shorter than the yellow of 3 s" in message

    def test_but_people_show_no_yellow(self) -> None:
        assert crossroads(intergreens=Intergreens({**SECONDS, (WALK, SIDE): 0.0}))
        assert crossroads(intergreens=Intergreens({**SECONDS, (MAIN, SIDE): 3.0}))

    @pytest.mark.parametrize(("length_m", "min_green_s", "accepted"), [
        (10.0, 10.0, True), (10.0, 9.99, False), (7.4, 7.4, True), (7.4, 7.0, False), (30.0, 10.0, False)])
    def test_a_pedestrian_green_too_short_for_the_crossing(self, length_m: float, min_green_s: float, accepted: bool) -> None:
        groups = (*GROUPS[:3], SignalGroup(WALK, GroupKind.PEDESTRIAN, min_green_s, crossing_length_m=length_m))
        if accepted:
            assert crossroads(groups=groups)
            return
        message = refusal(groups=groups)
        assert f"pedestrian group walk has a minimum green of {min_green_s:g} s for {length_m:g} m" in message
        assert f"at least {math.ceil(length_m)} s" in message

    def test_slower_walkers_need_longer(self) -> None:
        assert "minimum green of 10 s for 10 m" in refusal(limits=Limits(pedestrian_mps=0.8))

    def test_benchmark_clearance_waives_the_crossing_only(self) -> None:
        groups = (*GROUPS[:3], SignalGroup(WALK, GroupKind.PEDESTRIAN, 5.0, crossing_length_m=10.0))
        assert crossroads(groups=groups, clearance=Clearance.BENCHMARK)
        assert "shorter than the yellow" in refusal(clearance=Clearance.BENCHMARK,
                                                    intergreens=Intergreens({**SECONDS, (MAIN, SIDE): 1.0}))

    def test_a_conflicting_pair_with_one_direction_missing(self) -> None:
        with pytest.raises(InvalidValue, match="intergreen main -> side: the opposite direction is missing"):
            Intergreens({k: v for k, v in SECONDS.items() if k != (SIDE, MAIN)})

    @pytest.mark.parametrize(("changes", "what"), [
        ({"groups": (*GROUPS, GROUPS[0])}, "signal group main is defined twice"),
        ({"stages": (*STAGES, STAGES[0])}, "stage 1 is defined twice"),
        ({"lanes": (*LANES, LANES[0])}, "lane m0 is defined twice"),
        ({"groups": (), "lanes": ()}, "no signal groups or no stages"),
        ({"stages": ()}, "no signal groups or no stages"),
        ({"stages": (*STAGES, Stage(StageId("4"), frozenset({GHOST})))}, "a stage names signal group ghost"),
        ({"intergreens": Intergreens({**SECONDS, (MAIN, GHOST): 5.0, (GHOST, MAIN): 5.0})},
            "an intergreen names signal group ghost"),
        ({"lanes": (Lane(LaneId("x"), "x", 9.0, 9.0, (GHOST,)),)}, "a lane names signal group ghost"),
        ({"movements": (Movement(GHOST, LaneId("m0"), LaneId("o"), Turn.LEFT),)}, "a movement names signal group ghost"),
        ({"detectors": (Detector(DetectorId("d"), LaneId("nowhere")),)}, "detector d looks at unknown lane nowhere"),
    ])
    def test_names_that_do_not_fit(self, changes: dict[str, Any], what: str) -> None:
        assert what in refusal(**changes)

    def test_a_junction_without_an_id(self) -> None:
        with pytest.raises(JunctionRefused, match="has no id"):
            crossroads(id="")

    @pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, "3"])
    @pytest.mark.parametrize("name", ["yellow_s", "max_red_s"])
    def test_times_that_are_none(self, name: str, bad: object) -> None:
        with pytest.raises(InvalidValue) as caught:
            crossroads(**{name: bad})
        assert f"{name} is {bad!r} s" in str(caught.value) and "Two Roads (J1)" in str(caught.value)

    def test_a_maximum_red_of_nothing(self) -> None:
        with pytest.raises(InvalidValue, match="max_red_s is 0"):
            crossroads(max_red_s=0.0)

    def test_all_of_it_is_bad_input_and_a_value_error(self) -> None:
        assert issubclass(JunctionRefused, BadInput) and issubclass(JunctionRefused, ValueError)


class TestKnows:
    def test_its_parts_by_name(self) -> None:
        j = crossroads()
        assert j.group[WALK].for_pedestrians and j.stage[StageId("3")].name == "side"
        assert [j.index[g] for g in (MAIN, LEFT, SIDE, WALK)] == [0, 1, 2, 3]
        assert [s.id for s in j.stages_serving(LEFT)] == ["1", "2"]

    def test_the_lanes_of_a_group(self) -> None:
        assert {g: [lane.id for lane in lanes] for g, lanes in crossroads().lanes_of.items()} == {
            MAIN: ["m0", "m1"], LEFT: ["m1"], SIDE: ["s0"], WALK: []}

    def test_the_exits_of_a_lane(self) -> None:
        exits = crossroads().exits_of
        assert exits[LaneId("s0"), SIDE] == ("out0", "up0")
        assert exits[LaneId("m1"), LEFT] == ("up0",)

    def test_who_may_run_beside_whom_while_yielding(self) -> None:
        assert crossroads().compatible_pairs == {(LEFT, MAIN), (LEFT, WALK)}

    def test_its_label(self) -> None:
        assert [crossroads(name=n).label for n in ("", "J1", "Two Roads")] == ["J1", "J1", "Two Roads (J1)"]

    def test_nothing_can_be_changed_afterwards(self) -> None:
        j = crossroads()
        for change in (lambda: setattr(j, "yellow_s", 0.0), lambda: j.group.__setitem__(MAIN, None),
                       lambda: j.lanes_of.update({}), lambda: setattr(j.stages[0], "green", frozenset())):
            with pytest.raises((AttributeError, TypeError)):
                change()


class TestPickles:
    def test_after_use(self) -> None:
        j = crossroads(detectors=(Detector(DetectorId("d"), LaneId("m0")),))
        used = [j.group, j.stage, j.index, j.lanes_of, j.exits_of, j.compatible_pairs]
        copy: Junction = pickle.loads(pickle.dumps(j))
        assert copy == j and len(used) == 6
        assert copy.index == j.index and copy.compatible_pairs == j.compatible_pairs
        assert copy.intergreens.after(MAIN) == j.intergreens.after(MAIN)


class TestStreet:
    def test_a_junction_with_computed_clearance_may_go_there(self) -> None:
        crossroads().require_street()

    def test_one_with_a_benchmarks_clearance_never(self) -> None:
        junction = crossroads(clearance=Clearance.BENCHMARK)
        with pytest.raises(JunctionRefused, match="can never pass validation for a street") as caught:
            junction.require_street()
        assert str(caught.value).startswith("junction Two Roads (J1): ")
        assert "--clearance geometry" in str(caught.value)
