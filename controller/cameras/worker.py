"""Runs in a process of its own: one camera, watched for as long as the post lives.

What a camera's images can do to a decoder, or a model to memory, ends here and not in the post.
"""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from detectors.camera.site import CameraSite
from detectors.counting.results import FrameResult
from detectors.errors import CameraError, DetectionError
from detectors.incidents.incident import Incident
from detectors.observation import CrossingObservation, ExitObservation, LaneObservation, Quality
from detectors.video.frames import VideoFrame
from detectors.vision.ambulance_sightings import AmbulanceSighting

GREENS_OLD_S = 3.0
"""What the post said of signals longer ago is not true any more."""


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
    ambulances: bool = False
    """Whether ambulances are looked for; with ``ambulance_weights`` by that model, else by a blue light that flashes."""
    ambulance_weights: str | None = None
    clips: str | None = None
    """Folder for clips of incidents, where the camera's file asks for some."""


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


class Happened(NamedTuple):
    """Incidents and sightings of ambulances that began or ended, with times in seconds since 1970."""

    news: tuple[Incident | AmbulanceSighting, ...]


class Doubted(NamedTuple):
    """What of the camera's file, or of its images, can hardly be meant: a line each, said once it is begun, none if nothing."""

    notes: tuple[str, ...]


class Filmed(NamedTuple):
    """A clip of an incident was written, or why it could not be."""

    file: str
    error: str = ""


class Greens(NamedTuple):
    """What the post says: which lanes had green at ``wall_s``."""

    wall_s: float
    lanes: Mapping[str, bool]


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
    from detectors.vision.ambulance import ambulance_watch
    from detectors.vision.pick import detector_for

    # A recording stands in for a camera where something is tried out: it comes again and again, as fast as it was taken.
    with Source(task.source, at_most_fps=task.at_most_fps, looped=True) as source:
        detector = detector_for(task.detector, task.weights, fps=source.rate_fps, size_px=task.size_px)
        ambulances = ambulance_watch(task.ambulance_weights) if task.ambulances or task.ambulance_weights else None
        session = Session(source, detector, site=task.site, signals=SignalsTold(pipe), ambulances=ambulances, keep=1)
        pipe.send(Doubted(tuple(session.notes)))
        films = _Films(task, pipe)
        told_at, counted, since = 0.0, 0, time.monotonic()
        managed, first_s = 0.0, math.nan
        for frame, result, view, incidents in session:
            now = time.monotonic()
            if frame is not None and not source.facts.live:
                first_s = frame.time_s - now if math.isnan(first_s) else first_s
                time.sleep(max(0.0, frame.time_s - first_s - now))
                now = time.monotonic()
            counted += frame is not None
            if now - since >= 5.0:
                managed, counted, since = counted / (now - since), 0, now
            # A recording stands in for a camera where something is tried out: its images are taken to be of now.
            wall_s = frame.time_s if frame is not None and source.facts.live else time.time()
            if frame is not None and result is not None:
                if incidents or session.sighted:
                    ahead_s = wall_s - frame.time_s
                    pipe.send(Happened((*(_incident(one, ahead_s) for one in incidents),
                                        *(_sighting(one, ahead_s) for one in session.sighted))))
                films.see(frame, result, incidents)
            if now - told_at < 1.0 / task.told_fps:
                continue
            told_at = now
            if result is None:
                pipe.send(Told(wall_s, view.quality, view.reason, managed, {}, {}, {}))
            else:
                pipe.send(Told(wall_s, view.quality, view.reason, managed, dict(result.lanes), dict(result.exits),
                               dict(result.crossings)))
        films.finish()
    _send(pipe, Failed("the source has ended"))


def _send(pipe: Connection, message: Failed) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.send(message)


class SignalsTold:
    """What the post said last of the lanes' greens; nothing where that is old."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._said = Greens(float("-inf"), {})

    def __call__(self, time_s: float) -> Mapping[str, bool]:
        while self._pipe.poll():
            self._said = self._pipe.recv()
        return self._said.lanes if time.time() - self._said.wall_s <= GREENS_OLD_S else {}


class _Films:
    """Clips of incidents, where the camera's file asks for them. A disk that is full ends no camera."""

    def __init__(self, task: CameraTask, pipe: Connection) -> None:
        from detectors.incidents.clips import Clips

        self._clips = Clips(task.site.privacy, Path(task.clips), task.name) if task.clips is not None else None
        self._pipe = pipe

    def see(self, frame: VideoFrame, result: FrameResult, incidents: Sequence[Incident]) -> None:
        if self._clips is not None:
            self._tell(partial(self._clips.see, frame.image, result, incidents))

    def finish(self) -> None:
        """The source has ended."""
        if self._clips is not None:
            self._tell(self._clips.finish)

    def _tell(self, write: Callable[[], Sequence[Path]]) -> None:
        try:
            for file in write():
                self._pipe.send(Filmed(str(file)))
        except CameraError as error:
            self._pipe.send(Filmed("", str(error)))


def _incident(one: Incident, ahead_s: float) -> Incident:
    """The same by a clock that is ``ahead_s`` before the source's."""
    return replace(one, start_s=one.start_s + ahead_s, told_s=one.told_s + ahead_s,
                   end_s=None if one.end_s is None else one.end_s + ahead_s)


def _sighting(one: AmbulanceSighting, ahead_s: float) -> AmbulanceSighting:
    return replace(one, since_s=one.since_s + ahead_s, seen_s=one.seen_s + ahead_s,
                   until_s=None if one.until_s is None else one.until_s + ahead_s)
