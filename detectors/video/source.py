"""Images out of a file, a stream, a camera or a folder; decoded in a process of its own, streams opened again when they drop."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from types import TracebackType

from detectors.errors import SourceError
from detectors.video.decoding import (
    OPEN_TIMEOUT_S,
    READ_TIMEOUT_S,
    SLOTS,
    Decoded,
    Finished,
    Memory,
    Opened,
    Resized,
    decode,
    slots_in,
)
from detectors.video.frames import SourceFacts, SourceNote, VideoFrame
from detectors.video.kinds import Named, named
from detectors.vision.detections import Image

SILENCE_S = max(OPEN_TIMEOUT_S, READ_TIMEOUT_S) + 5.0
"""A decoder that says nothing for so long hangs: its own timeouts are shorter."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
TRUNCATED = 0.9
"""A file that ends before this share of the frames its container promises is called cut off; containers lie by less."""


class Source:
    """One source of images. ``facts`` are known once it is made; ``notes`` collects what went wrong on the way.

    ``fps`` overrides what the container says; ``at_most_fps`` thins a faster camera out. A live source is opened again when
    it drops, after a wait that doubles from 0.5 to 30 s with jitter. Raises :class:`SourceError` where nothing can be read at
    all; a live source, too, must answer the first time, so that a misspelt address is said at once (``patient`` waits).
    """

    def __init__(self, source: str | Named, *, fps: float | None = None, at_most_fps: float | None = None,
                 patient: bool = False) -> None:
        self.source = source if isinstance(source, Named) else named(source)
        self._fps, self._at_most_fps = fps, at_most_fps
        self._context = multiprocessing.get_context("spawn")
        self._child: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._memory: SharedMemory | None = None
        self._slots: list[Image] = []
        self._lent: int | None = None
        self._heard_s = 0.0
        self._open_at_s = 0.0
        self._wait_s = FIRST_WAIT_S
        self._next_index = 0
        self._begun: Opened | None = None
        self._patient = patient
        self.notes: list[SourceNote] = []
        self.ended = False
        self.dropped = 0
        self.reconnections = 0
        self._start()
        while self._begun is None and not patient:
            self._take(SILENCE_S)

    @property
    def facts(self) -> SourceFacts:
        """Raises :class:`SourceError` while a patient source has not answered yet."""
        told = self._begun
        if told is None:
            raise SourceError("has not answered yet", where=self.source.shown)
        return SourceFacts(self.source.shown, told.width, told.height, told.fps, told.frames, told.live, told.fps_assumed)

    @property
    def connected(self) -> bool:
        return self._child is not None and self._begun is not None

    def read(self, timeout_s: float = SILENCE_S) -> VideoFrame | None:
        """The next image; None where none comes within ``timeout_s``, or where the source has ended (``ended``).

        Raises :class:`SourceError` where the first opening fails.
        """
        self._hand_back()
        until_s = time.monotonic() + timeout_s
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
        if self._pipe is None:
            wait_s = min(timeout_s, max(0.0, self._open_at_s - time.monotonic()))
            if wait_s > 0:
                time.sleep(wait_s)
            if time.monotonic() >= self._open_at_s:
                self._start()
            return None
        try:
            if not self._pipe.poll(min(timeout_s, SILENCE_S)):
                if time.monotonic() - self._heard_s > SILENCE_S:
                    self._over(f"the decoder has been silent for {SILENCE_S:.0f} s")
                return None
            message = self._pipe.recv()
        except (EOFError, OSError):
            self._over("the decoder died of what it was given")
            return None
        self._heard_s = time.monotonic()
        if isinstance(message, Decoded):
            return self._frame(message)
        if isinstance(message, Opened):
            self._opened(message)
        elif isinstance(message, Resized):
            self._resize(message)
        elif isinstance(message, Finished):
            if message.odd_times:
                self._note("times", f"{message.odd_times} timestamps do not rise: their times are counted")
            self._over(message.fault)
        return None

    def _frame(self, told: Decoded) -> VideoFrame:
        self._lent = told.slot
        if told.dropped:
            self.dropped += told.dropped
        self._wait_s = FIRST_WAIT_S
        frame = VideoFrame(self._next_index, told.time_s, self._slots[told.slot])
        # Of a file, thinned out or not, the number is the one of the recording; a stream that comes back counts on.
        if self._begun is not None and not self._begun.live:
            frame = frame._replace(number=told.number)
        self._next_index = frame.number + 1
        return frame

    def _opened(self, told: Opened) -> None:
        if self._begun is not None:
            self.reconnections += 1
            self._note("reconnected", f"the stream is back after {self.reconnections} attempts" if self.reconnections > 1
                       else "the stream is back")
        self._begun = told

    def _resize(self, told: Resized) -> None:
        if self._slots:
            was = self._slots[0].shape
            self._note("resized", f"the image is {told.width} × {told.height} from here on, was {was[1]} × {was[0]}")
        self._free_memory()
        self._memory = SharedMemory(create=True, size=SLOTS * told.width * told.height * 3)
        self._slots = slots_in(self._memory, told.width, told.height)
        assert self._pipe is not None
        with contextlib.suppress(OSError):
            self._pipe.send(Memory(self._memory.name))

    def _hand_back(self) -> None:
        lent, self._lent = self._lent, None
        if lent is not None and self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send(lent)

    def _over(self, fault: str) -> None:
        """The decoder is done: a file has ended, a stream is to be opened again."""
        self._stop()
        begun = self._begun
        if begun is None and not self._patient:
            self.ended = True
            raise SourceError(fault or "holds no images", where=self.source.shown, mend="does another program play it?")
        if begun is None or begun.live:
            self._open_at_s = time.monotonic() + self._wait_s * random.uniform(0.5, 1.5)
            self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
            if begun is not None:
                self._note("dropped", f"the stream ended{': ' + fault if fault else ''}; it is opened again")
            return
        self.ended = True
        if self._next_index == 0:
            raise SourceError(fault or "not one image can be decoded", where=self.source.shown, mend="copy it anew")
        if fault:
            self._note("truncated", f"after image {self._next_index}: {fault}")
        elif begun.frames and self._next_index < TRUNCATED * begun.frames:
            self._note("truncated", f"it ends after {self._next_index} of the {begun.frames} images its header promises")

    def _note(self, what: str, text: str) -> None:
        self.notes.append(SourceNote(self._next_index, what, text))
        # A stream that drops for months must not fill the memory with words about it.
        del self.notes[:-1000]

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        child = self._context.Process(target=decode, args=(theirs, self.source, self._fps, self._at_most_fps), daemon=True,
                                      name=f"decoder of {self.source.shown}")
        child.start()
        theirs.close()
        self._child, self._pipe, self._heard_s = child, ours, time.monotonic()

    def _stop(self) -> None:
        self._lent = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._child is not None:
            self._child.join(0.5)
            if self._child.is_alive():
                self._child.kill()
                self._child.join()
            self._child.close()
            self._child = None

    def _free_memory(self) -> None:
        self._slots = []
        if self._memory is not None:
            # An image that somebody still holds keeps the mapping; the name goes, and the memory with its last user.
            with contextlib.suppress(BufferError):
                self._memory.close()
            self._memory.unlink()
            self._memory = None

    def close(self) -> None:
        self.ended = True
        self._stop()
        self._free_memory()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
