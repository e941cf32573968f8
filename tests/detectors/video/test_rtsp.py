"""A real RTSP server that sends H.264: connected to, counted, killed and back; and one clear line for what is wrong with it."""

from __future__ import annotations

import socket
import threading
import time
from itertools import islice, pairwise
from pathlib import Path
from urllib.parse import quote

import pytest

from detectors.counting.line import CountLine
from detectors.counting.session import Session
from detectors.errors import SourceError
from detectors.video.source import Source
from detectors.vision.background import BackgroundDetector
from simulation.ports import free_ports
from tests.detectors.video.films import street
from tests.detectors.video.rtsp_camera import PASSWORD, USER, need_rtsp_server, rtsp_camera, write_images


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_rtsp_server()
    return write_images(tmp_path_factory.mktemp("rtsp"), islice(street(), 42))


def count(session: Session, enough: int, limit_s: float = 60.0) -> list[float]:
    """Times of the images until so many more are counted."""
    goal, until_s, times_s = session.counted + enough, time.monotonic() + limit_s, []
    for seen in session:
        if seen.frame is not None:
            times_s.append(seen.frame.time_s)
        assert time.monotonic() < until_s, (session.counted, session.source.notes)
        if session.counted >= goal:
            return times_s
    raise AssertionError("a stream does not end")


def test_an_h264_camera_is_counted_killed_and_counted_again(images: Path) -> None:
    port = free_ports(1)[0]
    with Source(f"rtsp://127.0.0.1:{port}/street", patient=True, timeout_s=3.0, seed=1) as source:
        with rtsp_camera(port, images) as camera:
            frame = next(iter(source))
            assert frame.image.shape == (180, 320, 3) and source.facts.live and source.facts.fps == pytest.approx(20, abs=1)
            session = Session(source, BackgroundDetector(20.0), lines=[CountLine(0, 90, 319, 90)])
            times_s = count(session, 2)
            camera.kill()
        with rtsp_camera(port, images):
            times_s += count(session, 2)
        assert source.reconnections >= 1 and {n.what for n in source.notes} >= {"dropped", "reconnected"}
    assert all(a < b for a, b in pairwise(times_s)) and abs(time.time() - times_s[-1]) < 5.0
    assert {e.direction for e in session.events} == {session.events[0].direction} and session.counted >= 4


def test_what_is_wrong_with_an_rtsp_camera_is_one_clear_line(images: Path) -> None:
    port = free_ports(1)[0]
    with rtsp_camera(port, images, guarded=True):
        right = f"rtsp://{USER}:{quote(PASSWORD)}@127.0.0.1:{port}"
        with Source(f"{right}/street") as source:
            assert source.read() is not None
        for address, said in ((f"rtsp://{USER}:mot@127.0.0.1:{port}/street", "the camera answers 401 Unauthorized (check user"),
                              (f"rtsp://127.0.0.1:{port}/street", "the camera answers 401 Unauthorized (check user"),
                              (f"{right}/elsewhere", "the camera answers 404 Not Found (check the path")):
            with pytest.raises(SourceError) as caught:
                Source(address)
            assert said in str(caught.value) and "\n" not in str(caught.value)
            assert "mot@" not in repr(caught.value) and quote(PASSWORD) not in repr(caught.value)


@pytest.mark.parametrize(("answer", "said"), [
    (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak RTSP (check the port"),
    (b"HTTP/1.0 400 Bad Request\r\n\r\n", "does not speak RTSP (check the port"),
    (b"", "takes the connection on port"),
])
def test_what_is_no_rtsp_server_is_said(answer: bytes, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    line.recv(4000)
                    line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with pytest.raises(SourceError) as caught:
                Source(f"rtsp://127.0.0.1:{server.getsockname()[1]}/street")
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
        assert said in str(caught.value), caught.value
