"""What the decoder's process and its parent say to each other. From the parent also come the numbers of slots it hands back."""

from __future__ import annotations

from typing import NamedTuple

from detectors.video.kinds import Named


class Task(NamedTuple):
    """What the child is to decode. ``timeout_s`` is for opening and for each read; a live camera's times begin after
    ``after_s``; ``tell_why`` a stream does not open, for which its host is asked once more; a ``looped`` recording begins
    again at its end."""

    source: Named
    fps: float | None
    at_most_fps: float | None
    timeout_s: float
    after_s: float
    tell_why: bool
    looped: bool = False


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
    """``steady_s`` is when it was decoded, on the clock both processes share; since the last one told, ``dropped`` images
    found no free slot and ``spoilt`` could not be decoded."""

    slot: int
    number: int
    time_s: float
    steady_s: float
    dropped: int
    spoilt: int


class Working(NamedTuple):
    """Nothing to show yet, but alive."""


class Finished(NamedTuple):
    """No more images of the ``passed`` that were met. ``fault`` is empty at the proper end, ``mend`` what can be done about it;
    ``odd_times`` timestamps were not believed."""

    passed: int
    fault: str = ""
    mend: str | None = None
    odd_times: int = 0
    spoilt: int = 0


class Memory(NamedTuple):
    """From the parent: a descriptor of the new block, for so many images of this size, follows."""

    width: int
    height: int
    slots: int
