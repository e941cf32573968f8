"""Signal groups, stages, intergreens, lanes, limits, statuses and errors: each checks itself and quotes the bad value."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace
from typing import Any

import pytest

from signal_drivers import errors
from signal_drivers.errors import BadInput, InvalidValue, MourourError, RunFailed
from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import DetectorId, GroupId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.lanes import Detector, Lane
from signal_drivers.limits import DEFAULT_LIMITS, Clearance, Limits, check_seconds
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from tests.signal_drivers.examples import GROUPS, LANES, LEFT, MAIN, SECONDS, SIDE, STAGES, WALK, ask, crossroads, in_stage_1

NO_LENGTH = [math.nan, math.inf, 0.0, -3.0]


def invalid(make: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(InvalidValue) as caught:
        make(*args, **kwargs)
    return str(caught.value)


class TestSignalGroup:
    @pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf, None])
    def test_refuses_a_minimum_green_that_is_none(self, bad: Any) -> None:
        assert invalid(SignalGroup, MAIN, GroupKind.VEHICLE, bad) == (
            f"signal group main: min_green_s is {bad!r} s, must be a finite number >= 0")

    def test_refuses_an_empty_id(self) -> None:
        assert "empty id" in invalid(SignalGroup, GroupId(""), GroupKind.TRAM, 6.0, name="T3")

    @pytest.mark.parametrize("bad", [None, *NO_LENGTH])
    def test_people_need_the_length_of_their_crossing(self, bad: Any) -> None:
        assert f"crossing_length_m is {bad!r}" in invalid(SignalGroup, WALK, GroupKind.PEDESTRIAN, 10.0, bad)

    @pytest.mark.parametrize("kind", [k for k in GroupKind if k is not GroupKind.PEDESTRIAN])
    def test_nobody_else_has_one(self, kind: GroupKind) -> None:
        assert "only pedestrian groups have one" in invalid(SignalGroup, MAIN, kind, 6.0, 8.0)
        assert not SignalGroup(MAIN, kind, 6.0).for_pedestrians

    def test_label_is_the_name_where_there_is_one(self) -> None:
        assert SignalGroup(MAIN, GroupKind.BUS, 6.0).label == "main"
        assert SignalGroup(MAIN, GroupKind.BUS, 6.0, name="F1").label == "F1"


class TestStage:
    def test_refuses_an_empty_id(self) -> None:
        assert "empty id" in invalid(Stage, StageId(""), frozenset({MAIN}))

    def test_refuses_an_empty_stage(self) -> None:
        assert invalid(Stage, StageId("1"), frozenset()) == "stage 1: no signal group is green in it"

    def test_refuses_a_yielding_group_that_is_not_green(self) -> None:
        assert invalid(Stage, StageId("1"), frozenset({MAIN}), frozenset({LEFT})) == (
            "stage 1: yielding groups ['left'] are not green in it")

    def test_takes_any_collection_and_freezes_it(self) -> None:
        stage = Stage(StageId("1"), {MAIN, LEFT}, {LEFT})  # type: ignore[arg-type]
        assert isinstance(stage.green, frozenset) and isinstance(stage.yielding, frozenset)
        assert stage.protected() == {MAIN}
        assert hash(stage) == hash(Stage(StageId("1"), frozenset({MAIN, LEFT}), frozenset({LEFT})))

    def test_label(self) -> None:
        assert [STAGES[0].label, Stage(StageId("7"), frozenset({MAIN})).label] == ["main", "7"]


class TestIntergreens:
    def test_conflict_is_what_the_table_has(self) -> None:
        table = Intergreens(SECONDS)
        assert table.conflict(MAIN, SIDE) and table.conflict(SIDE, MAIN)
        assert not table.conflict(MAIN, WALK) and not table.conflict(MAIN, MAIN)

    def test_each_direction_has_its_own_time(self) -> None:
        table = Intergreens(SECONDS)
        assert (table.between(WALK, SIDE), table.between(SIDE, WALK)) == (9.0, 4.0)
        with pytest.raises(KeyError):
            table.between(MAIN, WALK)

    def test_after(self) -> None:
        table = Intergreens(SECONDS)
        assert dict(table.after(WALK)) == {SIDE: 9.0, LEFT: 8.0}
        assert dict(table.after(GroupId("ghost"))) == {}

    def test_refuses_a_group_against_itself(self) -> None:
        assert "cannot conflict with itself" in invalid(Intergreens, {(MAIN, MAIN): 5.0})

    def test_refuses_a_missing_direction_and_names_it(self) -> None:
        assert invalid(Intergreens, {(MAIN, SIDE): 5.0}) == (
            "intergreen main -> side: the opposite direction is missing (give side -> main as well)")

    @pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, "4"])
    def test_refuses_a_time_that_is_none(self, bad: Any) -> None:
        assert f"intergreen main -> side: intergreen is {bad!r} s" in invalid(
            Intergreens, {(MAIN, SIDE): bad, (SIDE, MAIN): 5.0})

    def test_does_not_follow_the_table_it_was_made_from(self) -> None:
        source = dict(SECONDS)
        table = Intergreens(source)
        source[MAIN, SIDE] = 0.0
        assert table.between(MAIN, SIDE) == 6.0

    def test_pickles_equal_and_hashes_alike(self) -> None:
        table = Intergreens(SECONDS)
        copy = pickle.loads(pickle.dumps(table))
        assert copy == table and hash(copy) == hash(table) and len(copy) == len(SECONDS) == 10
        assert dict(copy.items()) == SECONDS and copy.after(LEFT) == table.after(LEFT)
        assert table != Intergreens({}) and table != SECONDS
        assert repr(table) == "Intergreens(10 ordered pairs)"


class TestLaneAndDetector:
    @pytest.mark.parametrize("bad", NO_LENGTH)
    @pytest.mark.parametrize("name", ["length_m", "speed_mps"])
    def test_lane_refuses(self, name: str, bad: float) -> None:
        assert invalid(replace, LANES[0], **{name: bad}) == f"lane m0: {name} is {bad!r}, must be > 0"

    def test_lane_without_a_group(self) -> None:
        assert invalid(Lane, LaneId("l"), "a", 9.0, 9.0, ()) == "lane l: no signal group serves it"

    @pytest.mark.parametrize("bad", NO_LENGTH)
    def test_detector_range(self, bad: float) -> None:
        assert f"detector d: range_m is {bad!r}" in invalid(Detector, DetectorId("d"), LaneId("l"), bad)
        assert Detector(DetectorId("d"), LaneId("l")).range_m == 100.0


class TestLimits:
    def test_the_documented_defaults(self) -> None:
        assert asdict(DEFAULT_LIMITS) == {
            "yellow_urban_s": 3.0, "yellow_fast_s": 5.0, "fast_above_mps": pytest.approx(13.8889, abs=1e-4),
            "vehicle_min_green_s": 6.0, "benchmark_min_green_s": 5.0, "tram_min_green_s": 6.0, "max_red_s": 120.0,
            "pedestrian_mps": 1.0, "vehicle_clearance_beyond_yellow_s": 1.0, "status_stale_s": 2.0, "request_life_s": 5.0,
            "conflict_latch_s": 0.3}

    def test_cannot_be_changed_once_they_are_set(self) -> None:
        with pytest.raises(FrozenInstanceError):
            DEFAULT_LIMITS.max_red_s = 999.0  # type: ignore[misc]

    def test_nothing_but_no_speed_may_be_nought(self) -> None:
        for name in (f.name for f in fields(Limits) if f.name != "pedestrian_mps"):
            assert getattr(Limits(**{name: 0.0}), name) == 0.0

    def test_the_names_of_clearances_are_what_users_type(self) -> None:
        assert [c.value for c in Clearance] == ["geometry", "benchmark"]

    @pytest.mark.parametrize("name", [f.name for f in fields(Limits)])
    @pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
    def test_refuse_what_is_no_number(self, name: str, bad: float) -> None:
        assert f"limits: {name} is {bad!r}" in invalid(Limits, **{name: bad})

    def test_refuse_people_who_stand_still(self) -> None:
        assert "limits: pedestrian_mps is 0.0, must be > 0" in invalid(Limits, pedestrian_mps=0.0)

    def test_check_seconds_sweep(self) -> None:
        for good in (2, 2.0, 1e9):
            check_seconds("x", good, "here", minimum=2.0)
        for bad in (1.999, -2.0, math.nan, math.inf, "2", None):
            assert f"here: x is {bad!r} s, must be a finite number >= 2" == invalid(check_seconds, "x", bad, "here", minimum=2.0)


class TestHeads:
    def test_green_is_green_whether_it_yields_or_not(self) -> None:
        assert {h for h in Head if h.is_green} == {Head.GREEN, Head.GREEN_YIELD}

    def test_a_report_cannot_be_changed(self) -> None:
        status = in_stage_1(crossroads(), at_s=1.0)
        with pytest.raises(FrozenInstanceError):
            status.reported_s = 2.0  # type: ignore[misc]
        with pytest.raises(TypeError):
            status.call_since_s[MAIN] = 0.0  # type: ignore[index]
        with pytest.raises(FrozenInstanceError):
            ask("1", at_s=0.0).sequence = 2  # type: ignore[misc]


class TestErrors:
    KINDS = tuple(k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, MourourError))

    def test_the_tree_is_drawn_in_full(self) -> None:
        drawn = errors.__doc__ or ""
        assert [k.__name__ for k in self.KINDS if k.__name__ not in drawn] == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_says_it_in_one_line_and_survives_the_way_between_processes(self, kind: type[MourourError]) -> None:
        error = kind("it is\nbroken", where="net.xml line 3", mend="mend it")
        assert str(error) == "net.xml line 3: it is broken (mend it)"
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is kind and str(copy) == str(error) and copy.mend == "mend it"
        assert str(kind("plain")) == "plain"

    def test_exit_codes(self) -> None:
        assert BadInput.exit_code == 2 and RunFailed.exit_code == 1
        assert all(k.exit_code == 2 for k in self.KINDS if issubclass(k, BadInput))


def test_the_example_is_what_its_drawing_says() -> None:
    assert [g.id for g in GROUPS] == [MAIN, LEFT, SIDE, WALK]
    assert crossroads().stages == STAGES
