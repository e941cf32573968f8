"""One image of a camera with its moment, and what a source of images says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from detectors.vision.detections import Image


class VideoFrame(NamedTuple):
    """``number`` counts the images that were decoded, from 0. ``time_s`` is when it was taken: of a file, since its
    beginning; of a live camera, on the wall clock. ``image`` belongs to the source and holds until the next frame is asked
    for, of a recording until the third next (:attr:`~detectors.video.source.Source.held`): whoever keeps it copies it."""

    number: int
    time_s: float
    image: Image


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known of a source once it is open. ``fps`` as the container says it, or as assumed (``fps_assumed``);
    ``frames`` as the container says it, 0 where it does not or cannot be believed."""

    name: str
    width: int
    height: int
    fps: float
    frames: int
    live: bool
    fps_assumed: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


class SourceNote(NamedTuple):
    """Something a source noticed on the way, for whoever judges quality: ``what`` is one of ``resized``, ``reconnected``,
    ``dropped`` (a stream ended), ``truncated`` (a file did, before its time), ``spoilt`` (images that cannot be decoded),
    ``times`` (timestamps that cannot be believed)."""

    frame: int
    what: str
    text: str
