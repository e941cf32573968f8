"""Spans, trajectories and wording: what the drawings are made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.record import ApproachFigure, SignalTrack, Trajectory
from simulation.report.catalogue import figure_info, in_order
from simulation.report.chart_approaches import approach_delays, rows_in_order
from simulation.report.chart_delay import change_forest
from simulation.report.chart_queues import junction_queues
from simulation.report.drawing import axis_time, script_json, segments
from simulation.report.palette import strategy_colours, strategy_dashes
from simulation.report.signal_spans import clipped, detail_window, mean_cycle_s, stage_spans, state_spans
from simulation.report.statistics import Difference
from simulation.report.trajectories import in_window, sample, simplified, unbroken
from simulation.report.wording import (
    against_baseline,
    clock,
    interval,
    number,
    percent,
    seeds_text,
    shortened,
    signed,
    without_street,
)
from tests.simulation.report.records import bare, full

TRACK = SignalTrack("J", "J", ["A", "B"], ["vehicle", "vehicle"], [0.0, 20.0, 23.0, 25.0, 50.0, 55.0],
                    ["Gr", "yr", "rr", "rg", "rG", "rr"], ["1", "", "", "2", "2", ""])


def test_spans_of_a_group() -> None:
    assert state_spans(TRACK, "A", (0, 60), "G") == [(0.0, 20.0)]
    assert state_spans(TRACK, "A", (0, 60), "r") == [(23.0, 60)]
    assert state_spans(TRACK, "B", (0, 60), "g") == [(25.0, 50.0)]
    assert state_spans(TRACK, "B", (0, 60), "Gg") == [(25.0, 55.0)]
    assert state_spans(TRACK, "B", (30, 52), "Gg") == [(30, 52)]
    assert state_spans(TRACK, "nobody", (0, 60), "G") == []


def test_clipping_a_track_changes_nothing_in_its_window() -> None:
    for window in ((0.0, 60.0), (20.0, 25.0), (21.0, 51.0), (54.0, 60.0)):
        part = clipped(TRACK, window)
        for group in "AB":
            for letters in ("G", "g", "y", "r", "Gg"):
                assert state_spans(part, group, window, letters) == state_spans(TRACK, group, window, letters)
        assert stage_spans(part, window) == stage_spans(TRACK, window)


def test_stages_and_mean_cycle() -> None:
    assert stage_spans(TRACK, (0, 60)) == [("1", 0.0, 20.0), ("2", 25.0, 55.0)]
    spans = [("1", 5.0, 20.0), ("2", 25.0, 40.0), ("1", 45.0, 60.0), ("2", 65.0, 80.0), ("1", 125.0, 140.0)]
    assert mean_cycle_s(spans) == pytest.approx(80.0)
    assert mean_cycle_s(spans[:4]) is None
    assert mean_cycle_s([]) is None


def test_the_detail_window_lies_amid_the_trajectories() -> None:
    record = bare("a", 1, 1.0, begin_s=0.0, end_s=3600.0)
    assert detail_window([record]) == (1500.0, 2100.0)
    assert detail_window([bare("a", 1, 1.0, begin_s=0.0, end_s=200.0)]) == (0.0, 200.0)
    seen = full("a", 1, 1.0, begin_s=0.0, end_s=3600.0)
    seen.corridors[0].trajectories[0].times_s = [100.0, 1300.0]
    seen.corridors[0].trajectories[1].times_s = [200.0, 1000.0]
    assert detail_window([seen]) == (400.0, 1000.0)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80), st.floats(0.5, 10))
def test_simplified_ways_stay_close(steps: list[float], tolerance_m: float) -> None:
    points = [(float(i), sum(steps[:i])) for i in range(len(steps))]
    kept = simplified(points, tolerance_m)
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert set(kept) <= set(points)
    for t, x in points:
        after = next(i for i, (s, _) in enumerate(kept) if s >= t)
        (t1, x1), (t0, x0) = kept[after], kept[max(after - 1, 0)]
        drawn = x1 if t1 == t0 else x0 + (x1 - x0) * (t - t0) / (t1 - t0)
        assert abs(drawn - x) <= tolerance_m + 1e-6


def test_a_straight_way_needs_two_points() -> None:
    assert simplified([(float(i), 10.0 * i) for i in range(50)]) == [(0.0, 0.0), (49.0, 490.0)]


def test_ways_are_cut_where_the_vehicle_was_elsewhere_and_thinned_evenly() -> None:
    assert unbroken([(0, 1), (10, 2), (50, 3)]) == [[(0, 1), (10, 2)], [(50, 3)]]
    way = Trajectory("v", "car", True, [1.0, 2.0, 2.0, 3.0, 9.0], [1.0, 2.0, 2.5, 3.0, 9.0])
    assert in_window(way, (1.5, 5.0)) == [(2.0, 2.0), (3.0, 3.0)]
    ways = [Trajectory(str(i), "car", True, [float(i)], [0.0]) for i in range(10)]
    assert [w.vehicle for w in sample(ways, 5)] == ["0", "2", "4", "6", "8"]


def test_delays_by_approach_are_weighted_by_vehicles_and_sorted() -> None:
    records = [bare("a", 1, 1.0, approaches=[ApproachFigure("J", "n", 10, 20.0), ApproachFigure("K", "w", 5, 90.0)]),
               bare("a", 2, 1.0, approaches=[ApproachFigure("J", "n", 30, 40.0), ApproachFigure("J", "s", 0, float("nan"))])]
    found = approach_delays(records)
    assert found["J", "n"] == (20.0, 35.0)
    assert ("J", "s") not in found
    assert rows_in_order({"a": found}) == [("K", ["w"]), ("J", ["n"])]


def test_queues_are_averaged_by_the_minute_and_over_seeds() -> None:
    records = [full("a", 1, 1.0), full("a", 3, 1.0)]
    found = junction_queues(records, ["J0", "J1"])
    assert found is not None
    times, queues = found
    assert list(times[:3]) == [0.0, 60.0, 120.0]
    assert list(queues[1]) == [2.0] * 10
    assert queues[0][0] == pytest.approx((0 + 1 + 2 + 3) / 4)
    assert junction_queues([bare("a", 1, 1.0)], ["J0"]) is None


def test_segments_are_one_line_with_gaps_on_a_clock_axis() -> None:
    assert segments([(1.0, 2.5), (3.0, 4.0)], 7.0) == ([1000, 2500, None, 3000, 4000, None], [7.0, 7.0, None, 7.0, 7.0, None])
    assert axis_time(64_800) == 64_800_000


def test_json_in_a_script_element_cannot_end_it() -> None:
    assert "</script" not in script_json({"a": "</script><script>alert(1)</script>"})


def test_numbers_are_written_as_people_write_them() -> None:
    assert number(-1234.56, 1) == "−1,234.6"
    assert number(-0.04, 1) == "0.0"
    assert signed(3.14) == "+3.1" and signed(-3.0) == "−3.0" and signed(0.0) == "0.0"
    assert interval(63.44, 2.06, figure_info("delay_mean_s")) == "63.4 ± 2.1"
    assert interval(63.44, None, figure_info("delay_mean_s")) == "63.4"
    assert interval(5680.0, 0.3, figure_info("vehicles_arrived")) == "5,680.0 ± 0.3"
    assert interval(0.0, 0.0, figure_info("teleports")) == "0"
    assert clock(65_100) == "18:05" and clock(90_000) == "25:00"
    assert seeds_text([3, 1, 2, 7]) == "1-3,7" and seeds_text([5]) == "5"
    assert shortened("abcdefghijklmnop", 10) == "abcdef…nop" and shortened("short", 10) == "short"


def test_changes_of_next_to_nothing_are_not_spelt_out() -> None:
    assert percent(Difference(133.0, None, 13_300.0, None, 1)) == "> +999 %"
    assert percent(Difference(-2.0, 1.0, -20.0, 10.04, 3)) == "−20.0 ± 10.0 %"
    assert percent(Difference(2.0, None, None, None, 1)) == "–"


def test_of_rare_events_how_many_more_is_said() -> None:
    rare, often, mean = figure_info("collisions"), figure_info("guard_requests"), figure_info("delay_mean_s")
    assert against_baseline(Difference(1.0, None, 100.0, None, 1), rare) == "+1"
    assert against_baseline(Difference(-0.5, 1.25, -50.0, 125.0, 4), rare) == "−0.5 ± 1.2"
    assert against_baseline(Difference(2.0, None, None, None, 1), rare) == "+2", "the baseline has none"
    assert against_baseline(Difference(0.0, None, None, None, 1), rare) == "" == against_baseline(None, rare)
    assert against_baseline(Difference(0.0, None, 0.0, None, 1), rare) == "0.0 %"
    assert against_baseline(Difference(100.0, None, 10.0, None, 1), often) == "+10.0 %"
    assert against_baseline(Difference(1.0, None, 100.0, None, 1), mean) == "+100.0 %"
    assert against_baseline(Difference(1.0, None, None, None, 1), mean) == ""
    # They would squeeze all others in the drawing, too.
    drawn = change_forest({"actuated": {"delay_mean_s": Difference(-9.0, None, -20.0, None, 1),
                                        "collisions": Difference(1.0, None, 100.0, None, 1)}}, {"actuated": "#000000"})
    assert drawn is not None and list(drawn.data[0].x) == [-20.0]


def test_a_corridors_own_street_is_not_repeated_at_each_junction() -> None:
    assert without_street(["Main × A", "Main × B × C", "Side × D", "E"]) == ["A", "B × C", "Side × D", "E"]
    assert without_street(["Main × A", "Other × B"]) == ["Main × A", "Other × B"]
    assert without_street(["A", ""]) == ["A", ""]


def test_unknown_figures_are_described_by_their_names() -> None:
    assert figure_info("pedestrian_detour_m").label == "Pedestrian detour"
    assert figure_info("pedestrian_detour_m").unit == "m"
    assert in_order(["zebra_s", "co2_kg", "delay_mean_s", "alpha"]) == ["delay_mean_s", "co2_kg", "alpha", "zebra_s"]


def test_many_strategies_stay_distinguishable() -> None:
    names = [f"s{i}" for i in range(20)]
    colours, dashes = strategy_colours(names, "s0"), strategy_dashes(names, "s0")
    assert len({(colours[n], dashes[n]) for n in names}) == 20
