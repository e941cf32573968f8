"""A camera with a web server, as a test wants it: serves MJPEG, stops, hangs, comes back, changes its image's size."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class CameraServer(ThreadingHTTPServer):
    """``parts`` are the JPEGs of each visit, one after another at ``fps``; after the last visit's it answers 503."""

    daemon_threads = True

    def __init__(self, visits: Iterable[Iterable[bytes]], fps: float, file: Path | None = None, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.visits: Iterator[Iterable[bytes]] = iter(visits)
        self.fps, self.file, self.status = fps, file, status
        self.asked: list[float] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/video"


class _Answer(BaseHTTPRequestHandler):
    server: CameraServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(time.monotonic())
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        if self.server.file is not None:
            content = self.server.file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self._write(content)
            return
        images = next(self.server.visits, None)
        if images is None:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=image")
        self.end_headers()
        for image in images:
            head = f"--image\r\nContent-Type: image/jpeg\r\nContent-Length: {len(image)}\r\n\r\n".encode()
            if self.server.over.wait(1.0 / self.server.fps) or not self._write(head + image + b"\r\n"):
                return

    def _write(self, content: bytes) -> bool:
        try:
            self.wfile.write(content)
        except OSError:
            return False
        return True


@contextmanager
def serving(visits: Iterable[Iterable[bytes]] = (), *, fps: float = 25.0, file: Path | None = None,
            status: int = 200) -> Iterator[CameraServer]:
    server = CameraServer(visits, fps, file, status)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
