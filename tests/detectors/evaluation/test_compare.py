"""Two accounts compared: one clock, one set of names, and figures that can be worked out by hand."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, TrackTable
from detectors.evaluation.align import Names, Window
from detectors.evaluation.compare import Evaluation, Rules, compare
from detectors.evaluation.counts import CountError, geh, in_order
from detectors.evaluation.facts import facts
from detectors.evaluation.read import read_content
from detectors.evaluation.reading import Reading
from detectors.evaluation.speeds import speed_error
from tests.detectors.evaluation.examples import LEFT, RIGHT, drive, event, results


def evaluate(counted: dict[str, Any], truth: str | dict[str, Any], how: Reading | None = None, **rules: Any) -> Evaluation:
    ours = read_content(json.dumps(counted).encode(), "counted", Reading())
    text = truth if isinstance(truth, str) else json.dumps(truth)
    return compare(ours, read_content(text.encode(), "truth", how or Reading(), about=ours.source), Rules(**rules))


def rows(made: Evaluation, table: str) -> dict[str, tuple[int | None, int, int | None]]:
    assert made.events is not None
    return {row.name: (row.counted, row.true, row.found) for row in made.events.tables[table]}


class TestEvents:
    COUNTED = results(event(10, lane="1"), event(50, lane="2", **{"class": "bus"}), event(52, LEFT, lane="2"),
                      event(300, lane="1"))
    TRUTH = "frame,direction,lane,class\n12,1,1,car\n52,1,2,truck\n200,1,1,car\n"

    def test_by_hand(self) -> None:
        made = evaluate(self.COUNTED, self.TRUTH)
        assert made.events is not None
        score = made.events.score
        assert (score.hits, score.missed, score.extra, score.wrong_direction) == (((0, 0), (1, 1)), (2,), (2, 3), (2,))
        assert score.f1 == made.f1 == pytest.approx(4 / 7)
        assert made.events.time_error_s == pytest.approx(0.2)
        assert rows(made, "lane") == {"1": (2, 2, 1), "2": (2, 1, 1)}
        assert rows(made, "direction") == {RIGHT: (3, 3, 2), LEFT: (1, 0, 0)}
        assert rows(made, "class") == {"car": (3, 2, 1), "truck": (0, 1, 1), "bus": (1, 0, 0)}
        assert made.events.confused == {("car", "car"): 1, ("truck", "bus"): 1}
        # One minute: 240 and 180 an hour.
        assert made.events.total.geh == pytest.approx(math.sqrt(2 * 60**2 / 420))

    def test_the_json_object(self) -> None:
        said = facts(evaluate(self.COUNTED, self.TRUTH))
        assert json.loads(json.dumps(said, allow_nan=False)) == said
        assert said["events"]["f1"] == 0.5714 and said["events"]["wrong_direction"] == 1
        assert said["events"]["extra_events"][0] == {"frame": 52, "time_s": 5.2, "line": "line", "lane": "2", "direction": LEFT,
                                                     "class": "car", "wrong_direction": True}
        assert said["events"]["by_lane"]["2"] == {"counted": 2, "true": 1, "error": 1, "error_percent": 100.0,
                                                  "geh": pytest.approx(6.325), "found": 1}
        assert said["tracks"] is said["speeds"] is said["intervals"] is None

    def test_frames_are_compared_with_frames_and_moments_with_moments(self) -> None:
        # The second image of a camera that records changes only was taken after a minute.
        late = results(event(1, time_s=60.0))
        assert evaluate(late, "frame\n1\n").f1 == 1.0
        assert evaluate(late, "time_s\n60\n").f1 == 1.0
        assert evaluate(late, "time_s\n0.1\n").f1 == 0.0
        assert evaluate(results(event(50)), "time_s\n5\n").f1 == 1.0
        assert evaluate(results(event(50)), "time_s\n2.0\n", fps=25.0).f1 == 1.0

    def test_without_a_rate_frames_are_no_moments(self) -> None:
        bare = {"events": [event(50)]}
        with pytest.raises(EvaluationError, match="nobody says how many make a second"):
            evaluate(bare, "time_s\n5\n")
        assert evaluate(bare, "time_s\n5\n", fps=10.0).f1 == 1.0

    def test_another_rate_is_told(self) -> None:
        made = evaluate(results(event(10)), {"fps": 25, "sign": 1, "events_by_lane": {"1": [10]}})
        assert "10 images a second, the truth 25" in " ".join(made.remarks)

    def test_between_two_lanes(self) -> None:
        truth = {"sign": 1, "events_by_lane": {"2/3": [10, 400], "2": [100]}}
        made = evaluate(results(event(10, lane="3"), event(100, lane="2")), truth)
        assert rows(made, "lane") == {"2": (1, 2, 1), "3": (1, 1, 1)}

    def test_lanes_that_the_results_do_not_know(self) -> None:
        truth = {"sign": 1, "events_by_lane": {"1": [10], "2": [100]}}
        made = evaluate(results(event(10)), truth)
        assert rows(made, "lane") == {"1": (None, 1, 1), "2": (None, 1, 0)}
        assert any("no lane in common" in remark for remark in made.remarks)
        named = evaluate(results(event(10, lane="n_0")), truth, names=Names(lanes={"1": "n_0"}))
        assert rows(named, "lane") == {"n_0": (1, 1, 1), "2": (0, 1, 0)}

    def test_a_detector_that_tells_no_classes_confuses_none(self) -> None:
        made = evaluate(results(event(10, **{"class": "vehicle"})), "frame,class\n10,bus\n300,car\n")
        assert made.f1 == pytest.approx(2 / 3)
        assert rows(made, "class") == {"bus": (None, 1, 1), "car": (None, 1, 0)}

    def test_a_truth_that_tells_no_classes(self) -> None:
        made = evaluate(results(event(10)), "frame,class\n10,véhicule\n")
        assert made.events is not None and "class" not in made.events.tables and not made.events.confused

    def test_what_happened_after_the_end(self) -> None:
        made = evaluate(results(event(10), frames=100), "frame\n10\n120\n")
        assert made.remarks == ("1 true events are after the results' end at 10.0 s, and count as missed (--until)",)

    def test_the_window(self) -> None:
        made = evaluate(self.COUNTED, self.TRUTH, window=Window(0.0, 5.21))
        assert made.events is not None and (made.events.score.true, made.events.score.counted) == (2, 3)
        with pytest.raises(EvaluationError, match="no event in the window"):
            evaluate(self.COUNTED, self.TRUTH, window=Window(30.0))


class TestLines:
    TWO = results(event(10, line="north"), event(20, line="south"))

    def test_of_one_line(self) -> None:
        made = evaluate(self.TWO, "frame,line\n10,north\n")
        assert made.f1 == 1.0 and made.remarks == ("left out: line south, of which the truth says nothing",)
        assert evaluate(self.TWO, "frame\n10\n", names=Names(only=frozenset({"north"}))).f1 == 1.0
        assert evaluate(self.TWO, "frame,line\n10,Nord\n", names=Names({"Nord": "north"}, only=frozenset({"north"}))).f1 == 1.0

    def test_a_line_that_nobody_counted_at(self) -> None:
        made = evaluate(self.TWO, "frame,line\n10,north\n20,west\n")
        assert made.f1 == pytest.approx(2 / 3) and "nothing was counted at line west" in made.remarks

    def test_one_line_of_both(self) -> None:
        made = evaluate(self.TWO, "frame,line\n10,north\n20,south\n", names=Names(only=frozenset({"north"})))
        assert made.events is not None and (made.f1, made.events.score.true) == (1.0, 1)

    @pytest.mark.parametrize(("truth", "names", "says"), [
        ("frame,line\n10,Nord\n", Names(), "the truth is of line Nord, the results are of line north, south (--line Nord=north"),
        ("frame\n10\n", Names(), "results are of 2 lines, and the truth does not say of which"),
        ("frame\n10\n", Names(only=frozenset({"east"})), "nothing was counted at a line east")])
    def test_other_names(self, truth: str, names: Names, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            evaluate(self.TWO, truth, names=names)
        assert says in str(caught.value)


class TestIntervals:
    COUNTED = results(*(event(f, lane="1") for f in (0, 10, 199, 200, 390)), event(50, LEFT, lane="2", **{"class": "truck"}))

    def test_by_hand(self) -> None:
        made = evaluate(self.COUNTED, "start_s,end_s,lane,count\n0,20,1,3\n20,40,1,4\n0,20,2,0\n")
        assert made.intervals is not None and made.f1 is None
        assert [i.counted for i in made.intervals.intervals] == [3, 2, 1]
        assert [i.count_error.geh for i in made.intervals.intervals] == pytest.approx([0.0, geh(360, 720), geh(180, 0)])
        assert made.intervals.good_share == pytest.approx(1 / 3)
        assert {(r.name, r.counted, r.true) for r in made.intervals.totals("lane")} == {("1", 5, 7), ("2", 1, 0)}

    def test_classes_and_directions(self) -> None:
        made = evaluate(self.COUNTED, "start_s,end_s,direction,VL,PL\n0,60,1,5,0\n0,60,-1,0,1\n")
        assert made.intervals is not None and all(i.count_error.error == 0 for i in made.intervals.intervals)
        assert facts(made)["intervals"]["by_class"]["truck"]["counted"] == 1

    def test_what_the_results_do_not_tell_is_added_up(self) -> None:
        plain = results(*(event(f, **{"class": "vehicle"}) for f in (1, 2, 3)))
        made = evaluate(plain, "start_s,end_s,lane,VL,PL,piéton\n0,60,1,1,1,9\n0,60,2,1,0,0\n")
        assert made.intervals is not None
        assert [(i.counted, i.row.passed) for i in made.intervals.intervals] == [(3, 3)]
        assert len(made.remarks) == 2

    @pytest.mark.parametrize(("truth", "says"), [
        ("start_s,end_s,count\n0,20,1\n10,30,1\n", "line 3 counts again what line 2 counts"),
        ("start_s,end_s,class,count\n0,20,car,1\n0,20,,1\n", "line 3 counts again what line 2 counts"),
        ("start_s,end_s,class,count\n0,20,car,1\n0,20,véhicules,1\n", "line 3 counts again"),
        ("start_s,end_s,count\n600,660,1\n", "none of its 1 rows lies within 0–60.0 s"),
        ("start_s,end_s,lane,count\n0,20,A,1\n", "the truth's lanes are A, the results' 1, 2 (--lane A=1")])
    def test_faults(self, truth: str, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            evaluate(self.COUNTED, truth)
        assert says in str(caught.value)

    def test_people_on_foot_are_no_vehicles(self) -> None:
        mixed = results(event(1), event(2, **{"class": "pedestrian"}), event(3, **{"class": "bus"}))
        made = evaluate(mixed, "start_s,end_s,véhicules,piétons\n0,60,2,1\n")
        assert made.intervals is not None and [i.counted for i in made.intervals.intervals] == [2, 1]

    def test_the_window(self) -> None:
        made = evaluate(self.COUNTED, "start_s,end_s,count\n0,20,4\n20,40,2\n40,60,7\n", window=Window(20.0, 39.5))
        assert made.intervals is not None and [i.row.passed for i in made.intervals.intervals] == [2]

    def test_rows_after_the_end_are_left_out(self) -> None:
        made = evaluate(self.COUNTED, "start_s,end_s,count\n0,30,5\n30,60,1\n60,90,7\n")
        assert made.intervals is not None and len(made.intervals.intervals) == 2
        assert made.remarks == ("left out: 1 of 3 rows, which the results or the window do not cover",)

    @given(st.lists(st.integers(0, 599), max_size=30), st.integers(1, 12))
    def test_intervals_of_any_width_have_all_events_once(self, frames: list[int], parts: int) -> None:
        edges = [60.0 * i / parts for i in range(parts + 1)]
        sheet = "start_s,end_s,count\n" + "".join(f"{a},{b},1\n" for a, b in pairwise(edges))
        made = evaluate(results(*map(event, frames)), sheet)
        assert made.intervals is not None
        assert sum(i.counted for i in made.intervals.intervals) == len(frames)


def tracked(rows: list[dict[str, Any]], **more: Any) -> Account:
    names = ("left", "top", "right", "bottom")
    table = TrackTable(np.array([r["frame"] for r in rows], np.int64), np.array([r["track"] for r in rows], np.int64),
                       np.array([[r[n] for n in names] for r in rows], np.float64).reshape(-1, 4),
                       np.array([np.nan if r["speed_mps"] is None else r["speed_mps"] for r in rows], np.float64))
    return Account("folder", tracks=table, **more)


class TestTracks:
    TRUTH = drive(1, range(20)) + drive(2, range(5, 20), top=200.0)

    def test_perfect_and_with_speeds(self) -> None:
        faster = [row | {"speed_mps": 11.0} for row in self.TRUTH]
        made = compare(tracked(faster, fps=10.0, frames=20), tracked(self.TRUTH), Rules())
        assert made.tracks is not None and (made.tracks.mota, made.tracks.idf1) == (1.0, 1.0)
        assert made.track_speeds is not None and made.track_speeds.mean_abs_kmh == pytest.approx(3.6)
        assert facts(made)["track_speeds"]["pairs"] == 35 and facts(made)["tracks"]["mota"] == 1.0 and made.remarks == ()

    def test_true_boxes_in_every_fifth_image_only(self) -> None:
        few = [row for row in self.TRUTH if row["frame"] % 5 == 0]
        made = compare(tracked(self.TRUTH, frames=20), tracked(few), Rules())
        assert made.tracks is not None and made.tracks.mota == 1.0
        assert made.remarks[0] == "only every 5th image has true boxes; the others are left out"

    def test_the_window(self) -> None:
        early = [row for row in self.TRUTH if row["frame"] < 8]
        made = compare(tracked(self.TRUTH, frames=20, fps=10.0), tracked(early), Rules())
        assert made.tracks is not None and made.tracks.extra == 24 and "true boxes end at image 7 of 19" in made.remarks[0]
        made = compare(tracked(self.TRUTH, frames=20, fps=10.0), tracked(early), Rules(window=Window(0.0, 0.8)))
        assert made.tracks is not None and made.tracks.mota == 1.0
        with pytest.raises(EvaluationError, match="how many images make a second"):
            compare(tracked(self.TRUTH), tracked(early), Rules(window=Window(0.0, 0.8)))
        with pytest.raises(EvaluationError, match="no track in the window"):
            compare(tracked(self.TRUTH, fps=10.0), tracked(early), Rules(window=Window(7.0)))

    def test_results_without_tracks(self) -> None:
        with pytest.raises(EvaluationError, match="the truth has tracks, and the results have none"):
            evaluate(results(event(1)), "1,1,1,1,9,9\n")
        made = compare(tracked([]), tracked(self.TRUTH), Rules())
        assert made.tracks is not None and made.tracks.mota == 0.0

    def test_a_truth_of_nothing(self) -> None:
        with pytest.raises(EvaluationError, match="it has no event in it"):
            evaluate(results(event(1)), {"events": []})


class TestSpeeds:
    def test_by_hand(self) -> None:
        found = speed_error([10.0, 21.0, math.nan, 5.0, 0.2], [10.0, 20.0, 7.0, math.nan, 0.0])
        assert found is not None and found.pairs == 3
        assert found.mean_abs_kmh == pytest.approx(3.6 * 1.2 / 3) == found.bias_kmh
        assert found.median_abs_kmh == pytest.approx(0.72)
        # Who stands is in no share.
        assert (found.mean_abs_percent, found.close_share) == (pytest.approx(2.5), 1.0)
        assert speed_error([], []) is None

    def test_a_crossing_has_the_speed_of_its_track(self) -> None:
        drives = drive(7, range(100), 10.0)
        drives[50]["speed_mps"] = 400.0  # one wild image does not matter
        counted = read_content(json.dumps(results(event(50, track=7), event(200, track=9))).encode(), "c", Reading())
        counted = Account("c", fps=10.0, frames=600, events=counted.events, tracks=tracked(drives).tracks)
        truth = read_content(b"frame,speed_kmh\n50,40\n200,50\n", "t", Reading())
        made = compare(counted, truth, Rules())
        assert made.events is not None and made.events.speeds is not None
        assert (made.events.speeds.pairs, made.events.speeds.bias_kmh) == (1, pytest.approx(-4.0))


class TestCounts:
    @pytest.mark.parametrize(("m", "c", "value"), [(0, 0, 0.0), (100, 100, 0.0), (120, 80, 4.0), (50, 0, 10.0)])
    def test_geh(self, m: float, c: float, value: float) -> None:
        assert geh(m, c) == pytest.approx(value)

    @given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(1e-3, 1e3))
    def test_geh_is_even_and_grows_with_the_root_of_the_volume(self, m: float, c: float, times: float) -> None:
        assert geh(m, c) == pytest.approx(geh(c, m))
        assert geh(m * times, c * times) == pytest.approx(geh(m, c) * math.sqrt(times), rel=1e-6, abs=1e-6)

    def test_what_cannot_be_said(self) -> None:
        row = CountError("a", 3, 0)
        assert row.error == 3 and math.isnan(row.error_percent) and math.isnan(row.geh)
        unknown = CountError("a", None, 5, 60.0, 4)
        assert unknown.error is None and math.isnan(unknown.geh) and math.isnan(unknown.error_percent)

    def test_order_of_names(self) -> None:
        assert in_order(["10", "2/3", "n_10", None, "2", "n_2", "2"]) == ["2", "2/3", "10", "n_2", "n_10"]


class TestRates:
    def test_results_that_looked_at_some_images_only(self) -> None:
        """Frames are numbered as in the clip, 25 a second, though five a second were looked at."""
        thinned = results(event(100), event(505), fps=5.0)
        assert evaluate(thinned, {"fps": 25, "sign": 1, "events_by_lane": {"1": [110, 500]}}).f1 == 1.0
        timed = results(event(100, time_s=4.0), event(505, time_s=20.2), fps=5.0)
        assert evaluate(timed, "frame\n110\n500\n").f1 == 1.0
        assert evaluate(timed, "time_s\n4.4\n20\n").f1 == 1.0
