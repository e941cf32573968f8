"""Images one after another out of OpenCV or out of a folder; runs in the decoder's process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any, Protocol

import cv2
import numpy as np

from detectors.errors import SourceError
from detectors.video.clock import ASSUMED_FPS, FrameClock, LiveClock, believable_fps
from detectors.video.kinds import Kind, images_in
from detectors.video.messages import Opened, Task
from detectors.video.unreachable import why_unreachable

Pixels = np.ndarray[Any, Any]
Fetch = Callable[[Pixels | None], Pixels | None]
"""Gives the image, in the memory that is offered where it fits; None where it cannot be decoded."""


class Reader(Protocol):
    """``fault`` says, once the images are over, what ended them before their time."""

    facts: Opened
    odd_times: int
    fault: str

    def grabbed(self) -> Iterator[tuple[float, Fetch]]: ...


def reader(task: Task) -> Reader:
    """Raises :class:`SourceError` where nothing can be read."""
    return _Folder(task) if task.source.kind is Kind.FOLDER else _Capture(task)


class _Capture:
    """A file, a stream or a USB camera, by OpenCV."""

    def __init__(self, task: Task) -> None:
        self._task = task
        source = task.source
        self._capture = _opened(task)
        if not self._capture.isOpened():
            if source.kind is Kind.STREAM:
                raise why_unreachable(source) if task.tell_why else SourceError("does not answer")
            if source.kind is Kind.USB:
                raise SourceError("no camera answers", mend="is it plugged in, and does no other program use it?")
            raise SourceError("is no video that can be decoded", mend="does another program play it? if not, copy it anew")
        told = task.fps or believable_fps(self._capture.get(cv2.CAP_PROP_FPS))
        self._fps = told or ASSUMED_FPS
        frames = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        count = int(frames) if math.isfinite(frames) and 0 < frames < 1e9 else 0
        # A web server may serve a recording: it has a length, a camera has none.
        live = source.kind is Kind.USB or (source.kind is Kind.STREAM and count == 0)
        self.facts = Opened(int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
                            self._fps, 0 if live or task.looped else count, live, told is None)
        self.odd_times = 0
        self.fault = ""
        # OpenCV squeezes images of a new size into the old one; taken as they come, they show it.
        self._jpegs = (live and source.kind is Kind.STREAM
                       and int(self._capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG")
                       and bool(self._capture.set(cv2.CAP_PROP_FORMAT, -1)))

    def grabbed(self) -> Iterator[tuple[float, Fetch]]:
        clock, live_clock = FrameClock(self._fps), LiveClock(self._task.after_s)
        asked_s = time.monotonic()
        while self._grab(clock):
            if self.facts.live:
                now_s = live_clock.time_s(time.time(), time.monotonic())
            else:
                told_ms = math.nan if self._task.fps else self._capture.get(cv2.CAP_PROP_POS_MSEC)
                now_s = clock.time_s(told_ms / 1000.0)
                self.odd_times = 0 if self._task.fps else clock.odd
            yield now_s, self._jpeg if self._jpegs else self._fetch
            asked_s = time.monotonic()
        if time.monotonic() - asked_s > 0.9 * self._task.timeout_s:
            self.fault = f"no image came for {self._task.timeout_s:g} s"
        self._capture.release()

    def _grab(self, clock: FrameClock) -> bool:
        if self._capture.grab():
            return True
        if not self._task.looped or self.facts.live:
            return False
        # Opened anew, as a stream would be: seeking back is not reliable in every container.
        self._capture.release()
        self._capture = _opened(self._task)
        clock.begin_again()
        return bool(self._capture.grab())

    def _fetch(self, into: Pixels | None) -> Pixels | None:
        good, image = self._capture.retrieve(into)
        return _three(image) if good and image is not None and image.size else None

    def _jpeg(self, into: Pixels | None) -> Pixels | None:
        good, packet = self._capture.retrieve()
        return _decoded(lambda: cv2.imdecode(packet, cv2.IMREAD_COLOR)) if good and packet is not None and packet.size else None


def _opened(task: Task) -> cv2.VideoCapture:
    if task.source.kind is Kind.USB:
        return cv2.VideoCapture(int(task.source.address))
    limit_ms = int(task.timeout_s * 1000)
    # By FFmpeg alone: other back ends take a file name with a number in it for a row of images.
    return cv2.VideoCapture(task.source.address, cv2.CAP_FFMPEG, [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit_ms,
                                                                  cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit_ms])


class _Folder:
    """Images of a folder, at a rate that the user gives."""

    def __init__(self, task: Task) -> None:
        self._paths = images_in(task.source.address)
        self._fps = task.fps or ASSUMED_FPS
        self._looped = task.looped
        self.odd_times = 0
        self.fault = ""
        first = next((image for path in self._paths if (image := _read(str(path))) is not None), None)
        if first is None:
            raise SourceError(f"none of its {len(self._paths)} images can be decoded", mend="does another program show them?")
        self.facts = Opened(first.shape[1], first.shape[0], self._fps, 0 if task.looped else len(self._paths), False,
                            task.fps is None)

    def grabbed(self) -> Iterator[tuple[float, Fetch]]:
        for index, path in enumerate(cycle(self._paths) if self._looped else self._paths):
            yield index / self._fps, partial(_read, str(path))


def _read(path: str, into: Pixels | None = None) -> Pixels | None:
    return _decoded(lambda: cv2.imread(path, cv2.IMREAD_COLOR))


def _decoded(attempt: Callable[[], Pixels | None]) -> Pixels | None:
    try:
        return attempt()
    except (cv2.error, MemoryError):
        # A header that promises a gigantic image, for one.
        return None


def _three(image: Pixels) -> Pixels:
    """Thermal cameras give 16 bits of grey."""
    if image.dtype != np.uint8:
        image = cv2.convertScaleAbs(image, alpha=255.0 / max(1.0, float(image.max())))
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return image
