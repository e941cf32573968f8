"""Recordings: every image once and in order, and what is said of broken ones."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import pytest

from detectors.errors import SourceError
from detectors.video.source import Source
from tests.detectors.video.films import film, number_in


def notes_of(source: Source) -> list[str]:
    return [note.what for note in source.notes]


@pytest.mark.parametrize(("name", "codec"), [
    ("a.mp4", "mp4v"), ("cam1:08-00 é %03d.avi", "MJPG"), ("a.mkv", "XVID"), ("a.ts", "mpg2"),
    ("a.m2v", "mpg2"),  # A raw stream: no times, and a count of frames far below zero.
])
def test_every_image_once_and_in_order(tmp_path: Path, name: str, codec: str) -> None:
    with Source(str(film(tmp_path / name, 60, codec=codec))) as source:
        assert (source.facts.size, source.facts.fps, source.facts.live) == ((320, 240), 25.0, False)
        # Seen while it is held: the memory is used again for later images.
        seen = [(frame.number, number_in(frame.image), frame.time_s) for frame in source]
    assert [number for number, _, _ in seen] == [shown for _, shown, _ in seen] == list(range(60))
    assert [time_s for _, _, time_s in seen] == pytest.approx([i / 25 for i in range(60)], abs=0.041)
    assert source.ended and not source.notes and source.read() is None


def test_a_camera_that_is_not_plugged_in() -> None:
    with pytest.raises(SourceError, match=r"camera 987: no camera answers \(is it plugged in"):
        Source("987")


def test_a_relative_name_with_a_colon_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film(tmp_path / "cam1:0800.mp4", 3)
    monkeypatch.chdir(tmp_path)
    with Source("cam1:0800.mp4") as source:
        assert sum(1 for _ in source) == 3 and source.facts.name == "cam1:0800.mp4"


@pytest.mark.parametrize(("fps", "at_most_fps", "numbers"), [
    (1.0, None, list(range(10))),
    (25.0, 5.0, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]),
    (30.0, 12.5, [0, 2, 5, 7, 10, 12, 14, 17, 19, 22]),
    (25.0, 0.5, [0]),
    (25.0, 60.0, list(range(10))),
])
def test_rates(tmp_path: Path, fps: float, at_most_fps: float | None, numbers: list[int]) -> None:
    path = film(tmp_path / "a.mp4", max(numbers[-1] + 1, 10), fps=fps)
    with Source(str(path), at_most_fps=at_most_fps) as source:
        assert source.facts.fps == fps
        seen = [(frame.number, number_in(frame.image), frame.time_s) for frame in source]
    assert [n for n, _, _ in seen] == [n for _, n, _ in seen] == numbers
    assert [t for _, _, t in seen] == pytest.approx([n / fps for n in numbers], abs=1e-3)
    assert not source.notes, "a recording that is thinned out is not cut off"


def test_a_rate_that_the_user_knows_better(tmp_path: Path) -> None:
    with Source(str(film(tmp_path / "a.mp4", 10)), fps=10.0) as source:
        assert source.facts.fps == 10.0 and not source.facts.fps_assumed
        assert [frame.time_s for frame in source] == pytest.approx([i / 10 for i in range(10)])


@pytest.mark.parametrize("fps", [0.0, -25.0, float("nan"), float("inf"), 90_000.0])
def test_rates_that_no_camera_has(tmp_path: Path, fps: float) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    with pytest.raises(SourceError, match="fps is"):
        Source(str(path), fps=fps)
    with pytest.raises(SourceError, match="at_most_fps is"):
        Source(str(path), at_most_fps=fps)


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[:int(len(content) * share)]


@pytest.mark.parametrize(("name", "codec", "spoil"), [
    ("a.mp4", "mp4v", cut(0.5)),
    ("a.mp4", "mp4v", lambda _: b""),
    ("a.mp4", "mp4v", lambda _: b"\0" * 4096),
    ("a.mp4", "mp4v", lambda _: b"date;lane;count\n" * 100),
    ("a.avi", "MJPG", cut(0.002)),
])
def test_what_is_no_video(tmp_path: Path, name: str, codec: str, spoil: Callable[[bytes], bytes]) -> None:
    path = film(tmp_path / name, 30, codec=codec)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(SourceError) as caught:
        Source(str(path))
    told = str(caught.value)
    assert told.startswith(str(path)) and ("empty" in told or "no video that can be decoded" in told) and "copy it anew" in told
    assert "\n" not in told


def test_cut_in_the_middle(tmp_path: Path) -> None:
    path = film(tmp_path / "a.avi", 100, codec="MJPG")
    path.write_bytes(cut(0.5)(path.read_bytes()))
    with Source(str(path)) as source:
        seen = [number_in(frame.image) for frame in source]
    assert 40 <= len(seen) <= 60 and seen == list(range(len(seen)))
    assert notes_of(source) == ["truncated"]
    assert source.notes[0].text == f"it ends after {len(seen)} of the 100 images its header promises"


def test_rubbish_in_the_middle_is_passed_over_or_said_to_end_the_recording(tmp_path: Path) -> None:
    """Which of the two the container does depends on the rubbish: of random bytes, one in fifteen looks like its end."""
    path = film(tmp_path / "a.avi", 100, codec="MJPG")
    whole = path.read_bytes()
    middle = len(whole) // 2
    passed_over = 0
    for seed in range(8, 13):
        content = bytearray(whole)
        content[middle:middle + 10_000] = random.Random(seed).randbytes(10_000)
        path.write_bytes(content)
        with Source(str(path)) as source:
            times_s = [frame.time_s for frame in source]
        assert len(times_s) > 40 and all(a < b for a, b in pairwise(times_s))
        if len(times_s) > 85:
            passed_over += times_s[-1] > 3.5
        else:
            assert notes_of(source) == ["truncated"]
    assert passed_over >= 3


def test_whatever_is_damaged_ends_in_images_or_one_clear_error(tmp_path: Path) -> None:
    chance = random.Random(4)
    whole = [film(tmp_path / name, 20, codec=codec).read_bytes() for name, codec in (("a.mp4", "mp4v"), ("a.avi", "XVID"))]
    for _ in range(8):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.choice((5, 50, 500))):
            content[chance.randrange(min(len(content), chance.choice((200, 10**9))))] = chance.randrange(256)
        path = tmp_path / "damaged"
        path.write_bytes(content)
        try:
            with Source(str(path)) as source:
                times_s = [frame.time_s for frame in source]
            assert all(a < b for a, b in pairwise(times_s))
        except SourceError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)


@pytest.mark.parametrize(("promised", "notes"), [(105, []), (95, []), (629, ["truncated"]), (0, []), (2**32 - 5, None)])
def test_a_count_of_frames_that_lies(tmp_path: Path, promised: int, notes: list[str] | None) -> None:
    path = film(tmp_path / "a.avi", 100, codec="MJPG")
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"avih") + 8 + 16, promised)
    struct.pack_into("<I", content, content.index(b"strh") + 8 + 32, promised)
    path.write_bytes(content)
    with Source(str(path)) as source:
        assert sum(1 for _ in source) == 100
    assert notes is None or notes_of(source) == notes


def test_a_decoder_that_dies_costs_the_rest_of_the_file_only(tmp_path: Path) -> None:
    with Source(str(film(tmp_path / "a.mp4", 200))) as source:
        first = source.read()
        assert first is not None and source._child is not None
        kept = first.image
        os.kill(source._child.pid, signal.SIGKILL)
        seen = [frame.number for frame in source]
        assert number_in(kept) in (0, *seen), "memory that is still looked at stays"
    assert seen == list(range(1, len(seen) + 1)) and len(seen) < 10
    assert notes_of(source) == ["truncated"] and "the decoder died" in source.notes[0].text


def test_a_decoder_that_dies_before_the_first_image(tmp_path: Path) -> None:
    with Source(str(film(tmp_path / "a.mp4", 200))) as source:
        assert source._child is not None
        os.kill(source._child.pid, signal.SIGKILL)
        with pytest.raises(SourceError, match="the decoder died of what it was given"):
            source.read()
        assert source.ended


def test_a_slow_reader_loses_nothing_of_a_file(tmp_path: Path) -> None:
    with Source(str(film(tmp_path / "a.mp4", 20))) as source:
        assert source.read(timeout_s=30.0) is not None
        time.sleep(0.5)
        assert [frame.number for frame in source] == list(range(1, 20)) and source.dropped == 0


@pytest.mark.parametrize("at_most_fps", [None, 12.5])
def test_a_looped_recording_goes_on_and_on(tmp_path: Path, at_most_fps: float | None) -> None:
    path, step = film(tmp_path / "a.avi", 10, codec="MJPG"), 1 if at_most_fps is None else 2
    with Source(str(path), looped=True, at_most_fps=at_most_fps) as source:
        assert not source.facts.live and source.facts.frames == 0
        seen = [(frame.number, number_in(frame.image), frame.time_s) for frame in islice(source, 23)]
        assert not source.ended and not source.notes
    assert [n for n, _, _ in seen] == [step * i for i in range(23)]
    assert [shown for _, shown, _ in seen] == [step * i % 10 for i in range(23)]
    assert [t for _, _, t in seen] == pytest.approx([step * i / 25 for i in range(23)], abs=1e-3)
