"""Tracks in other programs' formats: MOTChallenge and OpenTrafficCam."""

from __future__ import annotations

import bz2
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, TrackTable
from detectors.evaluation.read import read_content
from detectors.evaluation.reading import Reading


def read(content: str | bytes, name: str = "gt.txt", **how: Any) -> Account:
    return read_content(content if isinstance(content, bytes) else content.encode(), name, Reading(**how))


def tracks(account: Account) -> TrackTable:
    assert account.tracks is not None
    return account.tracks


class TestMot:
    def test_frames_and_pixels_begin_at_1(self) -> None:
        found = tracks(read("1,7,11,21,30,40,1,1,1\n2,7,12,22,30,40,1,1,0.5\n"))
        assert found.frames.tolist() == [0, 1]
        assert found.boxes.tolist() == [[10.0, 20.0, 40.0, 60.0], [11.0, 21.0, 41.0, 61.0]]
        assert len(set(found.tracks.tolist())) == 1

    def test_what_is_not_to_be_looked_for_is_left_out(self) -> None:
        found = tracks(read("1,1,1,1,9,9,0,3,1\n1,2,1,1,9,9,1,12,1\n1,3,1,1,9,9,1,3,1\n1,4,1,1,9,9,-1,-1,-1,-1\n"))
        assert len(found) == 2

    @pytest.mark.parametrize("text", ["1 7 11 21 30 40", "1, 7, 11, 21, 30, 40", "1;7;11;21;30;40", "\n1,7,11.0,21,30,40,\n\n"])
    def test_delimiters(self, text: str) -> None:
        assert tracks(read(text)).boxes.tolist() == [[10.0, 20.0, 40.0, 60.0]]

    def test_files_that_count_from_0(self) -> None:
        with pytest.raises(EvaluationError, match=r"line 1: frame 0 is before the first, 1 \(--first-frame 0"):
            read("0,7,11,21,30,40\n")
        assert tracks(read("0,7,11,21,30,40\n", first_frame=0)).frames.tolist() == [0]

    @pytest.mark.parametrize(("text", "says"), [
        ("1,7,11,21,30,40\n1,8,1,2,3\n", "line 2: 5 numbers"), ("1,7,11,21,30,40\n-1,7,1,1,9,9\n", "line 2: '-1' is less than 0"),
        ("1,7,11,21,30,40\nx,7,1,1,9,9\n", "line 2: 'x' is not a number"), ("1,7,11,21,0,40\n", "line 1: the box is 0 × 40"),
        ("1,7,nan,21,30,40\n", "line 1: 'nan' is not"), ("1,7,11,21,1e300,40\n", "line 1: '1e300' is beyond"),
        ("1,7,11,21,30,40\n1,7,50,21,30,40\n", "line 2: track 7 is in frame 0 already, at line 1"),
        ("1,-1,11,21,30,40\n", "belongs to no track"), ("1,7,11,21,30,40,0\n", "there is no track in it")])
    def test_faults(self, text: str, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            read(text)
        assert says in str(caught.value)


def otc(boxes: Any, version: str | None = "1.2", **more: Any) -> dict[str, Any]:
    video = {"width": 200, "height": 100, "actual_fps": 20.0, "number_of_frames": 60, **more.pop("video", {})}
    return {"metadata": {"otdet_version": version, "video": video, "detection": more}, "data": boxes}


def box(**changes: Any) -> dict[str, Any]:
    return {"class": "car", "confidence": 0.9, "x": 10, "y": 20, "w": 30, "h": 40, "frame": 1, "track-id": 5,
            "occurrence": 1.5e9, "interpolated-detection": False, "first": True, "finished": False, **changes}


class TestOpenTrafficCam:
    @pytest.mark.parametrize("pack", [bz2.compress, bytes])
    def test_compressed_or_not(self, pack: Any) -> None:
        account = read(pack(json.dumps(otc({"detections": [box(), box(frame=2)]})).encode()), "a.ottrk")
        found = tracks(account)
        assert (account.fps, account.frames, found.frames.tolist()) == (20.0, 60, [0, 1])
        assert found.boxes[0].tolist() == [10.0, 20.0, 40.0, 60.0]

    @pytest.mark.parametrize(("version", "left"), [("1.0", -5.0), ("1.1", 10.0), ("2.0", 10.0), (None, -5.0)])
    def test_until_1_0_x_and_y_are_the_middle(self, version: str | None, left: float) -> None:
        account = read(json.dumps(otc({"detections": [box()]}, version)))
        assert tracks(account).boxes[0, 0] == left
        assert bool(account.remarks) == (version is None)

    def test_shares_of_the_image(self) -> None:
        shares = box(x=0.1, y=0.2, w=0.5, h=0.5)
        found = tracks(read(json.dumps(otc({"detections": [shares]}, normalized_bbox=True))))
        assert found.boxes[0] == pytest.approx([20.0, 20.0, 120.0, 70.0])
        with pytest.raises(EvaluationError, match="image's size is not told"):
            read(json.dumps(otc({"detections": [shares]}, normalized_bbox=True, video={"width": None})))

    def test_by_frame(self) -> None:
        bare = {key: value for key, value in box().items() if key not in ("frame", "track-id")}
        assert tracks(read(json.dumps(otc({"1": {"7": bare}, "2": {"7": bare, "8": bare}})))).frames.tolist() == [0, 1, 1]
        assert len(tracks(read(json.dumps(otc({"3": {"detections": [bare | {"track-id": "a"}]}}))))) == 1

    def test_a_number_that_was_given_twice_is_two_tracks(self) -> None:
        """OTVision's own files have that: two vehicles, each on its way, of which one comes later and the order changes."""
        one, other = ([box(frame=i, x=x + 4 * i) for i in frames] for x, frames in ((10, range(1, 6)), (120, range(2, 5))))
        boxes = [one[0], other[0], *one[1:], *other[1:], box(**{"track-id": 9})]
        account = read(json.dumps(otc({"detections": boxes})), "a.ottrk")
        found = tracks(account)
        ways = {int(t): found.boxes[found.tracks == t, 0].tolist() for t in np.unique(found.tracks)}
        assert sorted(ways.values()) == [[10.0], [14.0, 18.0, 22.0, 26.0, 30.0], [128.0, 132.0, 136.0]]
        assert account.remarks == ("in the .ottrk file 1 track has two boxes or more in one frame: taken for as many tracks",)

    @pytest.mark.parametrize(("content", "says"), [
        (otc({"detections": []}), "there is no track in it"), (otc({"detections": [box(frame=-3)]}), "detections[0].frame is -3"),
        (otc({"detections": [box(frame=None)]}), "detections[0].frame is null"),
        (otc({"detections": [box(**{"track-id": None})]}), "belongs to no track"),
        (otc({"1": {"detections": [{"x": 1, "y": 1, "w": 1, "h": 1}]}}), "belongs to no track"),
        (otc({"detections": [box(x=None)]}), "detections[0].x is missing"),
        (otc({"detections": [box(w=float("nan"))]}), "detections[0].w is NaN"),
        (otc({"detections": [box(h=-4)]}), "the box is 30 × -4"), (otc({"detections": [box(x="1")]}), 'x is "1", not a number'),
        (otc({"one": {}}), "data.one is no frame"), (otc([3]), "detections[0] is 3, not an object"), (otc(7), "data is 7"),
        ({"metadata": 3, "data": {}}, "metadata is 3"), (otc({"detections": [box(), box()]}), "track 5 is in frame 0 already"),
        (otc({"detections": [box()]}, video={"actual_fps": 0}), "actual_fps is 0"),
        (otc({"detections": [box(frame=10**12)]}), "must be within")])
    def test_faults(self, content: Any, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            read(json.dumps(content), "a.ottrk")
        assert says in str(caught.value)

    @pytest.mark.parametrize(("content", "says"), [
        (b"BZh9 and then nothing", "begins like bzip2 and is not"), (bz2.compress(b'{"a": 1}' * 50)[:-9], "it breaks off"),
        (bz2.compress(b"hello"), "neither JSON nor JSON compressed"), (b"hello", "neither JSON nor JSON compressed"),
        (bz2.compress(b'{"data": '), "line 1: no JSON"), (b'{"a": 1}', "this JSON is none that is known"),
        (b"[" * 100_000, "no JSON")])
    def test_neither_bzip2_nor_json(self, content: bytes, says: str) -> None:
        with pytest.raises(EvaluationError) as caught:
            read(content, "a.ottrk")
        assert says in str(caught.value)


KEYS = ["data", "metadata", "detections", "1", "events", "frame", "events_by_lane", "x", "track-id", "fps", "events_by_dir"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), max_leaves=12)


@given(JSON)
def test_any_json_is_read_or_refused_in_one_line(content: Any) -> None:
    check(json.dumps(content).encode())


@given(st.binary(max_size=60) | st.text("0123456789,;.\n-\" x#\t", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(content: bytes) -> None:
    check(content)
    check(bz2.compress(content))


def check(content: bytes) -> None:
    try:
        found = read(content, "truth")
    except EvaluationError as error:
        assert "\n" not in str(error) and len(str(error)) < 400
        return
    assert found.events is not None or found.rows is not None or found.tracks is not None


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9), st.integers(1, 500), st.integers(1, 90)), min_size=1,
                max_size=20, unique_by=lambda row: row[:2]))
def test_the_two_formats_say_the_same(rows: list[tuple[int, int, int, int]]) -> None:
    mot = tracks(read("\n".join(f"{f},{t},{x + 1},1,{w},10,1,3,1" for f, t, x, w in rows)))
    boxes = [box(frame=f, x=x, y=0, w=w, h=10, **{"track-id": t}) for f, t, x, w in rows]
    other = tracks(read(json.dumps(otc({"detections": boxes}))))
    assert np.array_equal(mot.boxes, other.boxes) and np.array_equal(mot.frames, other.frames)
