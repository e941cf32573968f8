"""Runs in a process of its own: one camera, watched for as long as the post lives.

What a camera's images can do to a decoder, or a model to memory, ends here and not in the post.
"""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import NamedTuple

from detectors.camera.site import CameraSite
from detectors.errors import DetectionError
from detectors.observation import CrossingObservation, ExitObservation, LaneObservation, Quality


@dataclass(frozen=True)
class CameraTask:
    """What one process watches. ``told_fps`` is how often it tells at most."""

    name: str
    source: str
    site: CameraSite
    detector: str | None
    weights: str | None
    size_px: int | None
    at_most_fps: float
    told_fps: float = 5.0


class Told(NamedTuple):
    """What the process says: ``wall_s`` is when the image was taken, or when none had come. ``fps`` is what it manages."""

    wall_s: float
    quality: Quality
    reason: str
    fps: float
    lanes: Mapping[str, LaneObservation]
    exits: Mapping[str, ExitObservation]
    crossings: Mapping[str, CrossingObservation]


class Failed(NamedTuple):
    """The camera cannot be watched: a source that does not open, weights that are no model."""

    why: str


def watch(task: CameraTask, pipe: Connection) -> None:
    """Body of the process; ends when the parent does, or when the source has."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _watch(task, pipe)
    except DetectionError as error:
        _send(pipe, Failed(str(error)))
    except (BrokenPipeError, EOFError, ConnectionResetError):
        pass  # Nobody listens any more.
    finally:
        pipe.close()


def _watch(task: CameraTask, pipe: Connection) -> None:
    from detectors.counting.session import Session
    from detectors.video.source import Source
    from detectors.vision.pick import detector_for

    # A recording stands in for a camera where something is tried out: it comes again and again, as fast as it was taken.
    with Source(task.source, at_most_fps=task.at_most_fps, looped=True) as source:
        detector = detector_for(task.detector, task.weights, fps=source.rate_fps, size_px=task.size_px)
        session = Session(source, detector, site=task.site, keep=1)
        told_at, counted, since = 0.0, 0, time.monotonic()
        managed, first_s = 0.0, math.nan
        for frame, result, view, _ in session:
            now = time.monotonic()
            if frame is not None and not source.facts.live:
                first_s = frame.time_s - now if math.isnan(first_s) else first_s
                time.sleep(max(0.0, frame.time_s - first_s - now))
                now = time.monotonic()
            counted += frame is not None
            if now - since >= 5.0:
                managed, counted, since = counted / (now - since), 0, now
            if now - told_at < 1.0 / task.told_fps:
                continue
            told_at = now
            # The images of a recording are taken to be of now.
            wall_s = frame.time_s if frame is not None and source.facts.live else time.time()
            if result is None:
                pipe.send(Told(wall_s, view.quality, view.reason, managed, {}, {}, {}))
            else:
                pipe.send(Told(wall_s, view.quality, view.reason, managed, dict(result.lanes), dict(result.exits),
                               dict(result.crossings)))
    _send(pipe, Failed("the source has ended"))


def _send(pipe: Connection, message: Failed) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.send(message)
