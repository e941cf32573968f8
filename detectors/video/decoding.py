"""Runs in a process of its own: decodes one source into shared memory.

A broken recording can abort the decoder, and with it its whole process; here that costs one child. It also uses the other
core. Images go through slots of one block of shared memory and only their numbers through the pipe: the parent hands a slot
back when it has seen the image. Of a file every image waits for a free slot; of a live camera, images for which there is
none are dropped, so that what is seen is never old.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from detectors.video.clock import ASSUMED_FPS, FrameClock, believable_fps
from detectors.video.kinds import Kind, Named, images_in

SLOTS = 4
OPEN_TIMEOUT_S = READ_TIMEOUT_S = 10.0


class Opened(NamedTuple):
    width: int
    height: int
    fps: float
    frames: int
    live: bool
    fps_assumed: bool


class Resized(NamedTuple):
    """The next image has this size: a new block of memory is wanted."""

    width: int
    height: int


class Decoded(NamedTuple):
    slot: int
    number: int
    time_s: float
    dropped: int


class Finished(NamedTuple):
    """No more images: ``fault`` is empty at the proper end; ``odd_times`` timestamps were not believed."""

    decoded: int
    fault: str
    odd_times: int = 0


class Memory(NamedTuple):
    """From the parent: where images of the size just told go."""

    name: str


def slots_in(memory: SharedMemory, width: int, height: int) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    size = width * height * 3
    return [np.ndarray((height, width, 3), np.uint8, memory.buf, offset=i * size) for i in range(SLOTS)]


def decode(pipe: Connection, source: Named, fps: float | None, at_most_fps: float | None) -> None:
    """The child's work, until the source ends or the parent is gone."""
    # What libraries write about broken frames is of no use to a user; the parent says it in one line.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ.update(OPENCV_LOG_LEVEL="OFF", OPENCV_FFMPEG_LOGLEVEL="-8")
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _Child(pipe, source, fps, at_most_fps).work()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # The parent is gone.
    finally:
        pipe.close()


class _Child:
    def __init__(self, pipe: Connection, source: Named, fps: float | None, at_most_fps: float | None) -> None:
        self._pipe, self._source, self._fps = pipe, source, fps
        self._least_gap_s = 1.0 / at_most_fps if at_most_fps else 0.0
        self._free: list[int] = []
        self._memory: SharedMemory | None = None
        self._slots: list[np.ndarray[Any, np.dtype[np.uint8]]] = []
        self._live = False

    def work(self) -> None:
        import cv2

        cv2.setNumThreads(1)
        decoded, fault, odd = 0, "", 0
        try:
            kind = _Folder if self._source.kind is Kind.FOLDER else _Capture
            images: _Folder | _Capture = kind(self._source, self._fps)
            facts = images.facts
            self._live = facts.live
            self._pipe.send(facts)
            dropped, next_s = 0, -math.inf
            for number, (time_s, fetch) in enumerate(images.grabbed()):
                # A rate that is thinned keeps its beat: half an image's time early is not too early.
                if time_s < next_s - 0.5 / facts.fps:
                    continue
                slot = self._slot()
                if slot is None:
                    dropped += 1
                    continue
                image = fetch(self._slots[slot] if self._slots else None)
                if image is None:
                    if slot >= 0:
                        self._free.append(slot)
                    continue
                next_s = max(next_s, time_s - self._least_gap_s) + self._least_gap_s
                slot = self._put(image, slot)
                self._pipe.send(Decoded(slot, number, time_s, dropped))
                dropped = 0
                decoded += 1
            odd = images.odd_times
        except (cv2.error, OSError, MemoryError, ValueError) as error:
            fault = " ".join(str(error).split())[:200] or type(error).__name__
        except _Unreadable as error:
            fault = str(error)
        self._slots = []
        self._pipe.send(Finished(decoded, fault, odd))

    def _slot(self) -> int | None:
        """A free slot; None where a live image has to be dropped for want of one."""
        if self._memory is None:
            return -1
        while self._pipe.poll(0 if self._free or self._live else None):
            self._free.append(self._pipe.recv())
        return self._free.pop() if self._free else None

    def _put(self, image: np.ndarray[Any, Any], slot: int) -> int:
        """Have ``image`` in a slot: it is there already unless its size is new."""
        if self._memory is None or image.shape != self._slots[0].shape:
            height, width = image.shape[:2]
            self._slots = []
            if self._memory is not None:
                self._memory.close()
            self._pipe.send(Resized(width, height))
            while not isinstance(answer := self._pipe.recv(), Memory):
                pass  # Slots of the old block, handed back.
            self._memory = SharedMemory(answer.name)
            self._slots = slots_in(self._memory, width, height)
            self._free = list(range(1, SLOTS))
            slot = 0
        if not np.shares_memory(image, self._slots[slot]):
            np.copyto(self._slots[slot], image)
        return slot


class _Unreadable(Exception):
    pass


def _three(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import cv2

    if image.dtype != np.uint8:
        image = cv2.convertScaleAbs(image, alpha=255.0 / max(1.0, float(image.max())))
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return image


class _Capture:
    """A file, a stream or a USB camera, by OpenCV."""

    def __init__(self, source: Named, fps: float | None) -> None:
        import cv2

        if source.kind is Kind.USB:
            self._capture = cv2.VideoCapture(int(source.address))
        else:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_TIMEOUT_S * 1000),
                      cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_TIMEOUT_S * 1000)]
            # By FFmpeg alone: other back ends take a file name with a number in it for a row of images.
            self._capture = cv2.VideoCapture(source.address, cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            raise _Unreadable("nobody answers, or it is no video" if source.kind is Kind.STREAM
                              else "no camera answers" if source.kind is Kind.USB else "is no video that can be decoded")
        told = fps or believable_fps(self._capture.get(cv2.CAP_PROP_FPS))
        self._fps = told or ASSUMED_FPS
        frames = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        count = int(frames) if math.isfinite(frames) and 0 < frames < 1e9 else 0
        # A web server may serve a recording: it has a length, a camera has none.
        live = source.kind is Kind.USB or (source.kind is Kind.STREAM and count == 0)
        self.facts = Opened(int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
                            self._fps, 0 if live else count, live, told is None)
        self._told_fps = fps is not None
        self.odd_times = 0

    def grabbed(self) -> Iterator[tuple[float, Any]]:
        import cv2

        clock = FrameClock(self._fps)
        while self._capture.grab():
            if self.facts.live:
                now_s = time.time()
            else:
                told_ms = math.nan if self._told_fps else self._capture.get(cv2.CAP_PROP_POS_MSEC)
                now_s = clock.time_s(told_ms / 1000.0)
                self.odd_times = 0 if self._told_fps else clock.odd
            yield now_s, self._fetch
        self._capture.release()

    def _fetch(self, into: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any] | None:
        good, image = self._capture.retrieve(into)
        return _three(image) if good and image is not None and image.size else None


class _Folder:
    """Images of a folder, at a rate that the user gives."""

    def __init__(self, source: Named, fps: float | None) -> None:
        import cv2

        self._paths = images_in(source.address)
        self._fps = fps or ASSUMED_FPS
        self.odd_times = 0
        first = next((image for path in self._paths if (image := cv2.imread(str(path))) is not None), None)
        if first is None:
            raise _Unreadable(f"none of its {len(self._paths)} images can be decoded")
        self.facts = Opened(first.shape[1], first.shape[0], self._fps, len(self._paths), False, fps is None)

    def grabbed(self) -> Iterator[tuple[float, Any]]:
        import cv2

        for index, path in enumerate(self._paths):
            yield index / self._fps, lambda into, path=path: cv2.imread(str(path))
