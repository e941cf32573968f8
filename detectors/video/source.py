"""Images out of a file, a stream, a camera or a folder; decoded in a process of its own, streams opened again when they drop."""

from __future__ import annotations

import contextlib
import math
import random
import time
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from detectors.errors import SourceError
from detectors.video.child import Child
from detectors.video.clock import FASTEST_FPS, ODD_LIMIT, SLOWEST_FPS, believable_fps
from detectors.video.frames import SourceFacts, SourceNote, VideoFrame
from detectors.video.kinds import Named, named
from detectors.video.memory import Images, share
from detectors.video.messages import Decoded, Finished, Opened, Resized, Task

TIMEOUT_S = 10.0
PATIENCE_S = 5.0
"""A decoder that says nothing for so long after its own timeout hangs."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
STALE_S = 0.5
"""A live image that has waited longer for its reader is passed over."""
HELD = 3
"""Images of a recording that a reader may hold, the newest; of a live source it holds one."""
SPARE = 3
"""Images that the decoder may be ahead."""
TRUNCATED = 0.9
"""A file that ends before this share of the frames its container promises is called cut off; containers lie by less."""


class Source:
    """One source of images. ``facts`` are known once it is made; ``notes`` collects what went wrong on the way, the last
    thousand of it.

    ``fps`` overrides what the container says; ``at_most_fps`` thins a faster camera out. A stream that is silent for
    ``timeout_s`` is given up; a live source is opened again when it drops, after a wait that doubles from 0.5 to 30 s, give or
    take half. Of a file every image is delivered; of a live source the newest, so that a slow reader misses images
    (``dropped``) but never sees old ones.

    Raises :class:`SourceError` where nothing can be read at all; a live source, too, must answer the first time, so that a
    misspelt address is said at once (``patient`` waits). A ``looped`` recording begins again at its end, its times and numbers
    going on: it never ends, as a stream does not.
    """

    def __init__(self, source: str | Named, *, fps: float | None = None, at_most_fps: float | None = None,
                 patient: bool = False, timeout_s: float = TIMEOUT_S, seed: int | None = None, looped: bool = False) -> None:
        self.source = source if isinstance(source, Named) else named(source)
        for what, value in (("fps", fps), ("at_most_fps", at_most_fps)):
            if value is not None and believable_fps(value) is None:
                raise SourceError(f"{what} is {value!r}", where=self.source.shown,
                                  mend=f"{SLOWEST_FPS:g} to {FASTEST_FPS:g} images a second")
        if not (math.isfinite(timeout_s) and timeout_s > 0):
            raise SourceError(f"timeout_s is {timeout_s!r}", where=self.source.shown, mend="seconds, more than 0")
        self._fps, self._at_most_fps, self._timeout_s = fps, at_most_fps, timeout_s
        self._silence_s = timeout_s + PATIENCE_S
        self.looped = looped
        # Cameras of a post that lost its network must not all knock at the same moment; without a seed each waits otherwise.
        self._chance = random.Random(seed)
        self._child: Child | None = None
        self._slots: Images = []
        self._lent: deque[int] = deque()
        self._heard_s = 0.0
        self._open_at_s = 0.0
        self._wait_s = FIRST_WAIT_S
        self._attempts = 0
        self._last_s = -math.inf
        self._next_index = 0
        self._begun: Opened | None = None
        self._patient = patient
        self.notes: list[SourceNote] = []
        self.ended = False
        self.connected = False
        self.dropped = 0
        self.reconnections = 0
        self._start()
        while self._begun is None and not patient:
            self._take(self._silence_s)

    @property
    def facts(self) -> SourceFacts:
        """Of the opening that was answered last. Raises :class:`SourceError` while a patient source has not answered yet."""
        told = self._begun
        if told is None:
            raise SourceError("has not answered yet", where=self.source.shown)
        return SourceFacts(self.source.shown, told.width, told.height, told.fps, told.frames, told.live, told.fps_assumed)

    @property
    def rate_fps(self) -> float:
        """Images a second that come out: the source's rate, thinned out. Raises as :attr:`facts` does."""
        return min(self.facts.fps, self._at_most_fps or math.inf)

    @property
    def held(self) -> int:
        """How many images, the newest, stay as they are while others are read."""
        return 1 if self._begun is None or self._begun.live else HELD

    @property
    def decoder_pid(self) -> int | None:
        """The process that decodes now; None while nothing is open."""
        return self._child.pid if self._child is not None else None

    def read(self, timeout_s: float | None = None) -> VideoFrame | None:
        """The next image; None where none comes within ``timeout_s``, or where the source has ended (``ended``).

        Raises :class:`SourceError` where the first opening fails, or where not one image of a file can be decoded.
        """
        self._hand_back(self.held - 1)
        until_s = time.monotonic() + (self._silence_s if timeout_s is None else timeout_s)
        while not self.ended:
            left_s = until_s - time.monotonic()
            frame = self._take(max(0.0, left_s))
            if frame is not None or left_s <= 0:
                return frame
        return None

    def __iter__(self) -> Iterator[VideoFrame]:
        """All images, until a file ends. A live source that is silent is waited for."""
        while not self.ended:
            frame = self.read()
            if frame is not None:
                yield frame

    def _take(self, timeout_s: float) -> VideoFrame | None:
        """Deal with one message of the decoder, or with its silence."""
        if self._child is None:
            wait_s = min(timeout_s, max(0.0, self._open_at_s - time.monotonic()))
            if wait_s > 0:
                time.sleep(wait_s)
            if time.monotonic() >= self._open_at_s:
                self._start()
            return None
        try:
            if not self._child.pipe.poll(min(timeout_s, self._silence_s)):
                if time.monotonic() - self._heard_s > self._silence_s:
                    self._over(f"nothing was heard for {self._silence_s:g} s")
                return None
            message = self._child.pipe.recv()
        except (EOFError, OSError):
            self._over("the decoder died of what it was given")
            return None
        self._heard_s = time.monotonic()
        if isinstance(message, Decoded):
            return self._frame(message)
        self._deal_with(message)
        return None

    def _deal_with(self, message: Any) -> None:
        if isinstance(message, Opened):
            self._opened(message)
        elif isinstance(message, Resized):
            self._resize(message)
        elif isinstance(message, Finished):
            if message.odd_times >= ODD_LIMIT:  # One or two stand at the seams of good recordings.
                self._note("times", f"{message.odd_times} timestamps do not rise: their times are counted")
            self._spoilt(message.spoilt)
            self._over(message.fault, message.mend, message.passed)

    def _frame(self, told: Decoded) -> VideoFrame | None:
        self._lent.append(told.slot)
        self._wait_s, self._attempts = FIRST_WAIT_S, 0
        self.dropped += told.dropped
        self._spoilt(told.spoilt)
        assert self._begun is not None
        if self._begun.live and time.monotonic() - told.steady_s > STALE_S:
            self.dropped += 1
            self._hand_back(0)
            return None
        # Of a file, thinned out or not, the number is the one of the recording; a stream that comes back counts on.
        number = self._next_index if self._begun.live else told.number
        self._next_index = number + 1
        self._last_s = told.time_s
        return VideoFrame(number, told.time_s, self._slots[told.slot])

    def _opened(self, told: Opened) -> None:
        self.connected = True
        if self._begun is not None:
            self.reconnections += 1
            self._note("reconnected", "the stream is back" + (f" at attempt {self._attempts}" if self._attempts > 1 else ""))
        self._begun = told

    def _resize(self, told: Resized) -> None:
        if self._slots and (told.height, told.width) != self._slots[0].shape[:2]:
            was = self._slots[0].shape
            self._note("resized", f"the image is {told.width} × {told.height} from here on, was {was[1]} × {was[0]}")
        # What is held stays as it is, and its slot is none of the new ones.
        self._lent.clear()
        slots = self.held + SPARE
        assert self._child is not None
        try:
            self._slots = share(self._child.pipe, slots, told.width, told.height)
        except OSError:
            self.close()
            raise SourceError(f"there is no memory for {slots} images of {told.width} × {told.height}",
                              where=self.source.shown, mend="have the camera send smaller ones") from None

    def _hand_back(self, keep: int) -> None:
        while len(self._lent) > keep:
            lent = self._lent.popleft()
            if self._child is not None:
                with contextlib.suppress(OSError):
                    self._child.pipe.send(lent)

    def _over(self, fault: str, mend: str | None = None, passed: int = 0) -> None:
        """The decoder is done: a file has ended, a stream is to be opened again."""
        self._stop()
        begun = self._begun
        if begun is None and not self._patient:
            self.ended = True
            raise SourceError(fault or "holds no images", where=self.source.shown, mend=mend)
        if begun is None or begun.live:
            self._open_at_s = time.monotonic() + self._wait_s * self._chance.uniform(0.5, 1.5)
            self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
            if begun is not None and self._attempts == 0:
                self._note("dropped", f"the stream ended{': ' + fault if fault else ''}; it is opened again")
            return
        self.ended = True
        if self._next_index == 0:
            raise SourceError(fault or "not one image can be decoded", where=self.source.shown, mend=mend or "copy it anew")
        if fault:
            self._note("truncated", f"after image {self._next_index}: {fault}")
        elif begun.frames and passed < TRUNCATED * begun.frames:
            self._note("truncated", f"it ends after {passed} of the {begun.frames} images its header promises")

    def _spoilt(self, images: int) -> None:
        if images:
            self._note("spoilt", f"{images} image{'s' if images > 1 else ''} before this cannot be decoded")

    def _note(self, what: str, text: str) -> None:
        self.notes.append(SourceNote(self._next_index, what, text))
        # A stream that drops for months must not fill the memory with words about it.
        del self.notes[:-1000]

    def _start(self) -> None:
        self._attempts += self._begun is not None
        self._heard_s = time.monotonic()
        self._child = Child("detectors.video.decoding",
                            Task(self.source, self._fps, self._at_most_fps, self._timeout_s, self._last_s,
                                 tell_why=self._begun is None and not self._patient, looped=self.looped))

    def _stop(self) -> None:
        self._lent.clear()
        self.connected = False
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def again(self, at_most_fps: float) -> Source:
        """The same recording once more from its beginning, for whoever wants to know what comes. Raises as the source does."""
        return Source(self.source, fps=self._fps, at_most_fps=at_most_fps, timeout_s=self._timeout_s)

    def close(self) -> None:
        """End the decoder. An image that somebody still holds stays as it is."""
        self.ended = True
        self._stop()
        self._slots = []

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
