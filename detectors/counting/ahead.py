"""The next images of a recording are looked at while those before them are made something of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from detectors.counting.looking import Learn
from detectors.errors import DetectionError
from detectors.video.child import Child
from detectors.video.memory import Images, share
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections, Detector, Image

Answer = Callable[[], Detections]
"""What was found in an image; waits until that is known."""


class Ahead:
    """``detector`` in threads or, being background subtraction, in a process of its own (:mod:`detectors.counting.looking`), of
    ``held`` images that are kept as they are meanwhile. To be used in ``with``; answers are to be taken in the order in which
    they were asked for."""

    def __init__(self, detector: Detector, held: int) -> None:
        self._detector = detector
        self._pool: ThreadPoolExecutor | None = None
        self._child: _Beside | None = None
        # Another process makes one of its own: whoever is more than that works here.
        if type(detector) is BackgroundDetector and len(os.sched_getaffinity(0)) > 1:
            self.images = held - 1
            self._child = _Beside(detector.fps, held)
        else:
            self.images = min(detector.at_once, held - 1)
            self._pool = ThreadPoolExecutor(self.images, "detector")

    images: int
    """So many may wait for their answer while the next is asked for."""

    @property
    def pid(self) -> int | None:
        """The process that looks; None where threads of this one do."""
        return self._child.pid if self._child is not None else None

    def ask(self, image: Image) -> Answer:
        if self._child is not None:
            return self._child.ask(image)
        assert self._pool is not None
        return self._pool.submit(self._detector.detect, image).result

    def learn(self, images: Iterable[Image]) -> None:
        """As :meth:`~detectors.vision.background.BackgroundDetector.learn`."""
        if self._child is not None:
            self._child.learn(images)
        elif isinstance(self._detector, BackgroundDetector):
            self._detector.learn(images)

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._child is not None:
            self._child.end()


class _Beside:
    """Background subtraction for images of ``fps``, in another process that has ``slots`` of them at once."""

    def __init__(self, fps: float, slots: int) -> None:
        self._child = Child("detectors.counting.looking", fps)
        self._slots: Images = []
        self._many, self._next = slots, 0

    def ask(self, image: Image) -> Answer:
        self._give(image)
        return self._told

    def learn(self, images: Iterable[Image]) -> None:
        self._say(Learn(True))
        self._told()
        try:
            for image in images:
                self._give(image)
                self._told()
        finally:
            # A recording may fail on the way: what is asked for next is not to be learnt from.
            self._say(Learn(False))
            self._told()

    @property
    def pid(self) -> int:
        return self._child.pid

    def end(self) -> None:
        self._child.end()

    def _give(self, image: Image) -> None:
        if not self._slots or self._slots[0].shape != image.shape:
            # The other process has its old slots until it has read on so far.
            self._slots, self._next = share(self._child.pipe, self._many, image.shape[1], image.shape[0]), 0
        self._slots[self._next][...] = image
        self._say(self._next)
        self._next = (self._next + 1) % self._many

    def _say(self, what: Any) -> None:
        try:
            self._child.pipe.send(what)
        except OSError:
            raise _gone() from None

    def _told(self) -> Any:
        try:
            return self._child.pipe.recv()
        except (EOFError, OSError):
            raise _gone() from None


def _gone() -> DetectionError:
    return DetectionError("the process that looks at the images has ended", where="background subtraction",
                          mend="is there memory left? Count again")
