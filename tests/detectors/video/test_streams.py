"""Live cameras and recordings over a real HTTP connection: what drops is opened again, what is slow never grows old."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import pytest

from detectors.errors import SourceError
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from tests.detectors.video.camera_server import serving
from tests.detectors.video.films import film, jpegs, number_in


def until(source: Source, what: str, limit_s: float = 15.0) -> list[tuple[float, int]]:
    """Read until a note of the kind is there and one more image; times and numbers of the images."""
    seen, until_s = [], time.monotonic() + limit_s
    while time.monotonic() < until_s:
        frame = source.read(0.5)
        if frame is not None:
            seen.append((frame.time_s, number_in(frame.image)))
            if any(note.what == what for note in source.notes):
                return seen
    raise AssertionError(f"no note {what!r} and an image within {limit_s} s: {source.notes}")


def hanging(images: int) -> Iterator[bytes]:
    yield from islice(jpegs(), images)
    time.sleep(4.0)


def test_a_stream_that_ends_is_opened_again() -> None:
    with serving([islice(jpegs(), 10), islice(jpegs(100), 10), jpegs(200)]) as server, Source(server.address, seed=1) as source:
        assert source.facts.live and source.facts.frames == 0 and source.connected
        begun_s = time.time()
        seen = until(source, "reconnected")
        while seen[-1][1] < 200:
            frame = source.read()
            assert frame is not None and abs(time.time() - frame.time_s) < 1.0
            seen.append((frame.time_s, number_in(frame.image)))
        assert source.connected and source.reconnections == 2
        assert [note.what for note in source.notes] == ["dropped", "reconnected"] * 2
    assert all(a < b for (a, _), (b, _) in pairwise(seen)) and abs(seen[0][0] - begun_s) < 1.0
    shown = [number for _, number in seen]
    assert shown == sorted(shown) and {number // 100 for number in shown} == {0, 1, 2}


def test_waits_grow_while_nobody_answers() -> None:
    with serving([islice(jpegs(), 5)]) as server, Source(server.address, seed=1) as source:
        until_s = time.monotonic() + 20.0
        while len(server.asked) < 4 and time.monotonic() < until_s:
            source.read(0.1)
        assert not source.connected and not source.ended and [note.what for note in source.notes] == ["dropped"]
    # Half a second, one, two; each give or take half.
    assert server.asked[2] - server.asked[1] > 0.5 and server.asked[3] - server.asked[2] > 1.0, "no hammering"


def test_a_stream_that_hangs_is_given_up() -> None:
    with serving([hanging(10), jpegs(100)]) as server, Source(server.address, timeout_s=1.0) as source:
        begun_s = time.monotonic()
        seen = until(source, "reconnected")
        assert seen[-1][1] >= 100 and time.monotonic() - begun_s < 5.0
        assert source.notes[0].text == "the stream ended: no image came for 1 s; it is opened again"


def test_a_decoder_that_dies_is_replaced() -> None:
    with serving([jpegs(), jpegs(500)]) as server, Source(server.address) as source:
        assert source.read() is not None and source._child is not None
        os.kill(source._child.pid, signal.SIGKILL)
        assert until(source, "reconnected")[-1][1] >= 500
        assert "the decoder died" in source.notes[0].text


def test_a_decoder_that_hangs_is_replaced() -> None:
    with serving([jpegs(), jpegs(500)]) as server, Source(server.address, timeout_s=0.5) as source:
        assert source.read() is not None and source._child is not None
        os.kill(source._child.pid, signal.SIGSTOP)
        assert until(source, "reconnected", 30.0)[-1][1] >= 500
        assert "nothing was heard for 5.5 s" in source.notes[0].text


def test_an_image_of_another_size_mid_stream() -> None:
    def grows() -> Iterator[bytes]:
        yield from islice(jpegs(), 10)
        yield b"\xff\xd8 no JPEG at all \xff\xd9"
        yield from jpegs(11, (400, 300))

    with serving([grows()]) as server, Source(server.address) as source:
        until(source, "resized")
        frame = source.read()
        assert frame is not None and frame.image.shape == (300, 400, 3) and number_in(frame.image) > 11
        assert {note.what for note in source.notes} == {"resized", "spoilt"} and len(source.notes) == 2


def test_a_stream_that_comes_back_with_another_size() -> None:
    with serving([islice(jpegs(), 10), jpegs(100, (400, 300))]) as server, Source(server.address) as source:
        until(source, "resized")
        assert source.facts.size == (400, 300)
        assert [note.what for note in source.notes] == ["dropped", "reconnected", "resized"]


def test_a_slow_reader_misses_images_but_sees_no_old_ones() -> None:
    with serving([jpegs()], fps=50.0) as server, Source(server.address) as source:
        seen: list[VideoFrame] = []
        for _ in range(3):
            frame = source.read()
            assert frame is not None and time.time() - frame.time_s < 0.6
            seen.append(frame._replace(number=number_in(frame.image)))
            time.sleep(0.8)
        assert source.dropped > 25 and not source.notes
    # Between two looks the camera went on; what is shown did as well.
    assert all(30 <= b.number - a.number <= 75 for a, b in pairwise(seen[1:]))


def test_a_live_camera_thinned_out() -> None:
    with serving([jpegs()], fps=50.0) as server, Source(server.address, at_most_fps=5.0) as source:
        times_s = [frame.time_s for frame in islice(source, 11)]
    assert 1.7 < times_s[-1] - times_s[0] < 2.6


def test_a_recording_from_a_web_server_ends(tmp_path: Path) -> None:
    with serving(file=film(tmp_path / "a.avi", 40, codec="MJPG")) as server, Source(server.address) as source:
        assert not source.facts.live and source.facts.frames == 40
        assert [number_in(frame.image) for frame in source] == list(range(40))
        assert source.ended and not source.notes


@pytest.mark.parametrize(("status", "said"), [
    (401, "the camera answers 401 Unauthorized (check user and password"),
    (404, "the camera answers 404 Not Found (check the path"),
    (500, "the camera answers 500 Internal Server Error"),
])
def test_what_the_camera_answers_is_said(status: int, said: str) -> None:
    with serving(status=status) as server, pytest.raises(SourceError) as caught:
        Source(server.address.replace("http://", "http://operator:mot-de-passe@"))
    assert said in str(caught.value) and "mot-de-passe" not in repr(caught.value)


def test_a_page_is_no_video(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<html><body>camera</body></html>")
    with serving(file=page) as server, pytest.raises(SourceError, match="answers, but sends no video"):
        Source(server.address)


@pytest.mark.parametrize(("address", "said"), [
    ("rtsp://operator:mot-de-passe@camera.invalid/stream", "there is no host named camera.invalid (check the spelling"),
    ("rtsp://operator:mot-de-passe@127.0.0.1:9/stream", "nothing listens on port 9 of 127.0.0.1"),
    ("http://operator:mot-de-passe@127.0.0.1:9/stream", "nothing listens on port 9 of 127.0.0.1"),
])
def test_a_wrong_host_is_one_line_at_once(address: str, said: str) -> None:
    begun_s = time.monotonic()
    with pytest.raises(SourceError) as caught:
        Source(address)
    assert time.monotonic() - begun_s < 8.0
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert "mot-de-passe" not in f"{caught.value} {caught.value!r} {caught.value.__context__!r}"


def test_a_patient_source_waits_for_a_camera_that_is_not_there_yet() -> None:
    with serving([islice(jpegs(), 0), jpegs()]) as server, Source(server.address, patient=True) as source:
        assert not source.connected
        with pytest.raises(SourceError, match="has not answered yet"):
            _ = source.facts
        frame = next(iter(source))
        assert frame.image.shape == (240, 320, 3) and source.connected and source.facts.live and not source.notes
