"""Runs in a process of its own: decodes one source into shared memory.

A broken recording can abort the decoder, and with it its whole process; here that costs one child. It also uses the other
core. Images go through slots of one block of shared memory and only their numbers through the pipe: the parent hands a slot
back when it has seen the image. Of a file every image waits for a free slot; of a live camera, images for which there is
none are dropped, so that what is seen is never old.
"""

from __future__ import annotations

import math
import os
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from detectors.errors import DetectionError
from detectors.video.memory import Images, shared
from detectors.video.messages import Decoded, Finished, Memory, Opened, Resized, Task, Working

SIGN_OF_LIFE_S = 2.0
PARENT_ANSWERS_S = 0.2


def decode(pipe: Connection) -> None:
    """The child's work, until the source ends or the parent is gone."""
    # What libraries write about broken frames is of no use to a user; the parent says it in one line.
    os.environ.update(OPENCV_LOG_LEVEL="OFF", OPENCV_FFMPEG_LOGLEVEL="-8")
    try:
        pipe.send(_Child(pipe, pipe.recv()).work())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # The parent is gone.
    finally:
        pipe.close()


class _Child:
    def __init__(self, pipe: Connection, task: Task) -> None:
        self._pipe, self._task = pipe, task
        self._free: list[int] = []
        self._slots: Images = []
        self._awaiting = False
        self._live = False
        self._said_s = time.monotonic()
        self._passed = self._dropped = self._spoilt = 0

    def work(self) -> Finished:
        import cv2

        from detectors.video.readers import reader

        cv2.setNumThreads(1)
        odd = 0
        try:
            images = reader(self._task)
            self._live = images.facts.live
            self._say(images.facts)
            beat = _Beat(self._task.at_most_fps, images.facts.fps)
            for time_s, fetch in images.grabbed():
                if beat.due(time.monotonic() if self._live else time_s) and self._deliver(time_s, fetch):
                    beat.taken()
                self._passed += 1
                if time.monotonic() - self._said_s > SIGN_OF_LIFE_S:
                    self._live_sign()
            odd = images.odd_times
            return Finished(self._passed, images.fault, None, odd, self._spoilt)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except DetectionError as error:
            return Finished(self._passed, error.what, error.mend, odd, self._spoilt)
        except Exception as error:  # Whatever a library raises about a broken source: the parent says it in one line.
            text = " ".join(str(error).split()).replace(self._task.source.address, "the source")[:200] or type(error).__name__
            return Finished(self._passed, text, None, odd, self._spoilt)

    def _deliver(self, time_s: float, fetch: Any) -> bool:
        """Whether the image went to the parent."""
        self._hear(wait=not self._live and bool(self._slots))
        if self._awaiting or (self._slots and not self._free):
            self._dropped += 1
            return False
        into = self._slots[self._free[-1]] if self._slots else None
        image = fetch(into)
        if image is None:
            self._spoilt += 1
            return False
        if into is None or image.shape != into.shape:
            del into
            if not self._renew(image):
                self._dropped += 1
                return False
        slot = self._free.pop()
        if not np.may_share_memory(image, self._slots[slot]):
            np.copyto(self._slots[slot], image)
        self._say(Decoded(slot, self._passed, time_s, time.monotonic(), self._dropped, self._spoilt))
        self._dropped = self._spoilt = 0
        return True

    def _hear(self, wait: bool) -> None:
        """What the parent says: slots that are free again, or a new block. ``wait`` for a free one."""
        while self._pipe.poll(None if wait and not self._free else 0):
            said = self._pipe.recv()
            if isinstance(said, Memory):
                self._slots = shared(self._pipe, said)
                self._free = list(range(said.slots))
                self._awaiting = False
            elif not self._awaiting:  # Else it is one of the block that is given up.
                self._free.append(said)

    def _renew(self, image: np.ndarray[Any, Any]) -> bool:
        """Ask for memory of the image's size. A file waits for it; a live camera has to be read on, or its images grow old
        on the way."""
        self._slots, self._free, self._awaiting = [], [], True
        self._say(Resized(image.shape[1], image.shape[0]))
        while self._awaiting and self._pipe.poll(PARENT_ANSWERS_S if self._live else None):
            self._hear(wait=False)
        return not self._awaiting

    def _say(self, message: Opened | Resized | Decoded | Working) -> None:
        self._pipe.send(message)
        self._said_s = time.monotonic()

    def _live_sign(self) -> None:
        """Only to a parent that has heard everything so far: the pipe to one that does not listen would fill."""
        self._hear(wait=False)
        if len(self._free) == len(self._slots):
            self._say(Working())


class _Beat:
    """Thins images out to a rate; half an image's time early is not too early, so that the beat is kept."""

    def __init__(self, at_most_fps: float | None, fps: float) -> None:
        self._gap_s = 1.0 / at_most_fps if at_most_fps else 0.0
        self._early_s = 0.5 / fps
        self._next_s = -math.inf
        self._now_s = 0.0

    def due(self, now_s: float) -> bool:
        self._now_s = now_s
        return not self._gap_s or now_s >= self._next_s - self._early_s

    def taken(self) -> None:
        """The image was used: the next is due a gap after this one was, or after now where the source had paused."""
        late = self._now_s - self._next_s > self._gap_s
        self._next_s = (self._now_s if late else self._next_s) + self._gap_s


if __name__ == "__main__":
    decode(Connection(int(sys.argv[1])))
