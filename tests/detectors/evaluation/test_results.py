"""What ``mourour count`` found, and hand counts, as they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import CountLine, Direction
from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, Crossed
from detectors.evaluation.read import read_account, read_content
from detectors.evaluation.reading import Reading
from detectors.vision.road_users import RoadUser
from tests.detectors.evaluation.examples import RIGHT, drive, event, results, write_tables


def read(content: Any, about: str | None = None, **how: Any) -> Account:
    return read_content(json.dumps(content).encode(), "counted.json", Reading(**how), about=about)


class TestJson:
    def test_the_object_that_is_printed(self) -> None:
        found = read(results(event(12, lane="n_0", track=3)))
        assert found.events == (Crossed(12, None, Direction.LEFT_TO_RIGHT, "line", "n_0", RoadUser.CAR, None, 3),)
        assert (found.source, found.fps, found.frames, found.lasts_s) == ("/videos/clip.mp4", 10.0, 600, 60.0)

    @pytest.mark.parametrize(("content", "says"), [
        (results(event(-1)), "events[0].frame is -1"), (results(event(1), event(10**15)), "events[1].frame is 1000000000000000"),
        (results(event(1) | {"frame": 1.5}), "events[0].frame is 1.5, not a whole number"),
        (results(event(1) | {"frame": None}), "events[0] says neither frame nor time_s"),
        (results(event(1, "sideways")), "events[0]: 'sideways' is no direction"),
        (results(event(1, **{"class": "sofa"})), "events[0]: 'sofa' is no class"),
        (results(event(1, lane=[1])), "events[0].lane is [1]"),
        (results(event(1, time_s=-4.0)), "events[0].time_s is -4"), (results(event(1, track=-2)), "events[0].track is -2"),
        (results() | {"fps": float("nan")}, "fps is NaN"), (results() | {"fps": 0}, "fps is 0, not more than 0"),
        (results() | {"events": 3}, "events is 3, not a list"), (results(3), "events[0] is 3, not an object"),
        (results() | {"frames": -1}, "less than 0"), (results() | {"fps": "25"}, 'fps is "25", not a number'),
        ({"what": 1}, "this JSON is none that is known"), ([], "it is empty"), ({}, "it is empty")])
    def test_faults(self, content: Any, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            read(content)
        assert says in str(caught.value)


class TestFolder:
    def test_moments_and_tracks_are_in_the_tables(self, tmp_path: Path) -> None:
        events = [event(12, time_s=1.3, lane="a"), event(30, time_s=3.1)]
        (tmp_path / "summary.json").write_text(json.dumps(results(*events)))
        write_tables(tmp_path, events, drive(12, range(5)) + drive(13, range(3), top=90.0))
        found = read_account(tmp_path, Reading())
        assert found.events is not None
        assert [(e.frame, e.time_s, e.lane) for e in found.events] == [(12, 1.3, "a"), (30, 3.1, None)]
        assert found.tracks is not None and found.tracks.boxes[1].tolist() == [5.0, 50.0, 45.0, 80.0]
        assert read_account(tmp_path / "tracks.parquet", Reading()).tracks is not None
        assert read_account(tmp_path / "events.parquet", Reading()).events == found.events

    def test_the_summary_alone_will_do(self, tmp_path: Path) -> None:
        (tmp_path / "summary.json").write_text(json.dumps(results(event(1))))
        found = read_account(tmp_path, Reading())
        assert found.events is not None and len(found.events) == 1 and found.tracks is None

    def test_nobody_was_seen(self, tmp_path: Path) -> None:
        write_tables(tmp_path, [], [])
        found = read_account(tmp_path, Reading())
        assert found.events == () and found.tracks is not None and len(found.tracks) == 0

    @pytest.mark.parametrize(("change", "says"), [
        ({"left": float("nan")}, "row 2: a side of the box"), ({"right": -10.0}, "row 2: the box has no area"),
        ({"frame": -1}, "row 2: frame is no whole number"), ({"frame": 0}, "row 2: its track is in its frame already"),
        ({"bottom": None}, "row 2: a side of the box")])
    def test_faults_of_tracks(self, tmp_path: Path, change: dict[str, Any], says: str) -> None:
        rows = drive(1, range(3))
        rows[1] |= change
        write_tables(tmp_path, [], rows)
        with pytest.raises(EvaluationError, match=says):
            read_account(tmp_path, Reading())

    def test_tables_that_are_none(self, tmp_path: Path) -> None:
        path = tmp_path / "events.parquet"
        path.write_bytes(b"PAR1 and no more")
        with pytest.raises(EvaluationError, match=r"events\.parquet: no Parquet table"):
            read_account(tmp_path, Reading())
        pq.write_table(pa.table({"frame": [1]}), path)
        with pytest.raises(EvaluationError, match="it has no column direction"):
            read_account(tmp_path, Reading())
        pq.write_table(pa.table({"frame": ["x"], "direction": [RIGHT]}), path)
        with pytest.raises(EvaluationError, match=r'events\[0\]\.frame is "x"'):
            read_account(tmp_path, Reading())


HAND = {"a.mp4": {"fps": 25, "frames": 100, "sign": -1, "events_by_lane": {"1": [5, 60], "2/3": [7]}},
        "b.mp4": {"fps": 30, "frames": 100, "events_by_dir": {"up": [5], "down": [9]}}}


class TestHandCounts:
    def test_by_lane_with_a_sign(self) -> None:
        found = read(HAND, "/somewhere/a.mp4")
        assert (found.source, found.fps, found.frames) == ("a.mp4", 25.0, 100)
        assert found.events == tuple(Crossed(frame, None, Direction.RIGHT_TO_LEFT, lane=lane)
                                     for frame, lane in ((5, "1"), (60, "1"), (7, "2/3")))

    def test_by_direction(self) -> None:
        found = read(HAND, clip="b")
        assert found.events == (Crossed(5, None, Direction.RIGHT_TO_LEFT), Crossed(9, None, Direction.LEFT_TO_RIGHT))
        assert read(HAND["b.mp4"]).events == found.events == read({"b.mp4": HAND["b.mp4"]}, "camera 12").events

    def test_a_clip_of_another_kind(self) -> None:
        assert read(HAND, "b.avi").events == read(HAND, "b.mp4").events

    @pytest.mark.parametrize(("content", "about", "says"), [
        (HAND, "c.mp4", "no clip is called c.mp4 (--clip with one of a.mp4, b.mp4)"), (HAND, None, "it has several clips"),
        ({"sign": -1, "events_by_lane": {"1": [-4]}}, None, "events_by_lane.1 is -4"),
        ({"sign": -1, "events_by_lane": {"1": 4}}, None, "events_by_lane.1 is 4, not a list"),
        ({"sign": -1, "events_by_lane": [4]}, None, "events_by_lane is [4]"),
        ({"sign": 0, "events_by_lane": {"1": [4]}}, None, "sign is 0"), ({"events_by_lane": {}}, None, "it has no event"),
        ({"events_by_dir": {"north": [4]}}, None, "'north' is no direction"),
        ({"frames": 10, "events_by_lane": {"1": [4, 10]}}, None, "an event is at frame 10, and the clip has 10 frames")])
    def test_faults(self, content: Any, about: str | None, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            read(content, about)
        assert says in str(caught.value)

    def test_signs_are_those_of_the_line(self) -> None:
        """Who goes up across a line drawn from left to right is left of it afterwards, where distances are negative: sign -1."""
        assert CountLine(0, 220, 639, 220).side_px(300, 100) < 0
        found = read({"sign": -1, "events_by_lane": {"1": [3]}, "events_by_dir": {"up": [3]}}).events
        assert found == (Crossed(3, None, Direction.RIGHT_TO_LEFT, lane="1"),)

    def test_the_clips_counted_by_hand(self, shared_dir: Path) -> None:
        truth = shared_dir / "video" / "ground_truth.json"
        totals = {"saoyan_test.mp4": 52, "borislav_traffic.mp4": 5, "intel_car-detection.mp4": 4, "yashbansal_video.avi": 22}
        for clip, total in totals.items():
            found = read_account(truth, Reading(), about=clip)
            assert found.events is not None and len(found.events) == total
            assert all(e.direction is not None for e in found.events)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(list(Direction)), st.sampled_from(list(RoadUser)),
                          st.none() | st.text(min_size=1, max_size=5)), max_size=6))
def test_what_is_printed_is_read_back(rows: list[tuple[int, Direction, RoadUser, str | None]]) -> None:
    found = read(results(*(event(f, way, lane=lane, track=0, **{"class": kind}) for f, way, kind, lane in rows)))
    assert found.events == tuple(Crossed(f, None, way, "line", lane, kind, None, 0) for f, way, kind, lane in rows)
