"""Runs in a process of its own: background subtraction in the images of a recording, one after another.

Python lets one thread of a process work at a time. A model gives that up while it reckons; OpenCV does so for parts of a
millisecond, again and again, and two threads of which one asks it and the other follows vehicles take as long as one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import NamedTuple

from detectors.video.memory import Images, shared
from detectors.video.messages import Memory
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Image


class Learn(NamedTuple):
    """From the parent: images from here on are of what comes later, to learn the road from, or (``begins`` false) those were all.
    Both are answered, as is each image in between, by None."""

    begins: bool


class _Child:
    """Slots of shared memory, whose numbers come through ``pipe``, hold the images."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._slots: Images = []
        self._detector = BackgroundDetector(pipe.recv())

    def work(self) -> None:
        """Until the parent is gone."""
        while True:
            told = self._hear()
            if isinstance(told, Learn):
                later = self._later()
                self._detector.learn(later)
                for _ in later:
                    pass
                self._pipe.send(None)
            else:
                self._pipe.send(self._detector.detect(told))

    def _hear(self) -> Image | Learn:
        while True:
            told = self._pipe.recv()
            if isinstance(told, Learn):
                return told
            if not isinstance(told, Memory):
                return self._slots[int(told)]
            self._slots = shared(self._pipe, told)

    def _later(self) -> Iterator[Image]:
        self._pipe.send(None)
        while not isinstance(told := self._hear(), Learn):
            yield told
            self._pipe.send(None)


def look(pipe: Connection) -> None:
    import cv2

    cv2.setNumThreads(1)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError), pipe:  # The parent is gone.
        _Child(pipe).work()


if __name__ == "__main__":
    # What comes through the pipe is of the module by its own name, which this one has not.
    from detectors.counting import looking

    looking.look(Connection(int(sys.argv[1])))
