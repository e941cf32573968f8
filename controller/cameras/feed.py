"""Cameras as a post's detectors: one process each, begun again when it dies; lanes that no camera sees well are left to the
cabinets' own detectors."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import structlog

from controller.cameras.news import CameraNews
from controller.cameras.worker import CameraTask, Doubted, Failed, Filmed, Greens, Happened, Told, watch
from detectors.observation import (
    ConflictAreaObservation,
    CrossingObservation,
    DetectorFeed,
    ExitObservation,
    Frame,
    LaneObservation,
    Quality,
)
from detectors.video.kinds import shown_address

log = structlog.get_logger("mourour.cameras")
STALE_S = 3.0
"""Older observations of a camera are none: its process has died, hangs, or cannot keep up."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
PROVEN_S = 30.0
"""Who has told something for so long is not held to have failed before."""
Heard = Callable[[str, Quality, str], None]
Signals = Callable[[float], Mapping[str, bool]]
"""Which lanes have green at a moment of the post's clock."""


class WatchedCamera:
    """One camera's process, seen from the post. :meth:`listen` never waits."""

    def __init__(self, task: CameraTask, heard: Heard, seed: int, news: CameraNews | None = None) -> None:
        self.task, self._heard, self._dice = task, heard, random.Random(seed)
        self._news = news or CameraNews()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._again_s = float("-inf")
        self._wait_s = FIRST_WAIT_S
        self._begun_s = 0.0
        self.told: Told | None = None
        self.greens: Mapping[str, bool] = {}
        self.quality, self.reason = Quality.BAD, "not heard yet"
        self.notes: tuple[str, ...] = ()
        """What of its file, or of its images, can hardly be meant."""

    def listen(self) -> None:
        """Take in what has come, say which lanes have green, and begin the process where it does not run."""
        now_s = time.monotonic()
        if self._process is None:
            if now_s >= self._again_s:
                self._begin(now_s)
            return
        assert self._pipe is not None
        why, heard = "", False
        try:
            while not why and self._pipe.poll():
                message = self._pipe.recv()
                if isinstance(message, Failed):
                    why = message.why
                elif isinstance(message, Happened):
                    for what in message.news:
                        self._news.take(self.task.name, what)
                elif isinstance(message, Filmed):
                    log.info("incident.filmed", camera=self.task.name, file=message.file, error=message.error or None)
                elif isinstance(message, Doubted):
                    self._doubted(message.notes)
                else:
                    self.told, heard = message, True
            # One answer for what it has told at most: who does not listen any more is not spoken to, and cannot stop the post.
            if heard and not why:
                self._pipe.send(Greens(time.time(), dict(self.greens)))
        except (EOFError, OSError):
            why = "its process has died"
        if not why and not self._process.is_alive():
            why = "its process has died"
        if why:
            self._end()
            self._news.lost(self.task.name, why)
            self._wait_s = FIRST_WAIT_S if now_s - self._begun_s > PROVEN_S else min(LONGEST_WAIT_S, 2 * self._wait_s)
            self._again_s = now_s + self._wait_s * self._dice.uniform(0.5, 1.0)
            self.told = None
            self._is(Quality.BAD, why)
        elif self.told is not None:
            late = time.time() - self.told.wall_s > STALE_S
            if late:
                self._is(Quality.BAD, "nothing has come for some seconds")
            else:
                self._is(self.told.quality, self.told.reason)

    @property
    def where(self) -> str:
        """Its source, without a password."""
        return shown_address(self.task.source) if "://" in self.task.source else self.task.source

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def _is(self, quality: Quality, reason: str) -> None:
        before, self.quality, self.reason = self.quality, quality, reason
        if quality is not before:
            self._heard(self.task.name, quality, reason)

    def _doubted(self, notes: tuple[str, ...]) -> None:
        """A process that is begun again says the same again: what is new is logged."""
        for what in notes:
            if what not in self.notes:
                log.warning("camera.doubt", camera=self.task.name, what=what)
        self.notes = notes

    def _begin(self, now_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=watch, args=(self.task, theirs), name=f"camera {self.task.name}")
        self._process.start()
        theirs.close()
        self._pipe, self._begun_s = ours, now_s

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(0.2)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None

    def close(self) -> None:
        with contextlib.suppress(ValueError):
            if self._process is not None and self._process.is_alive():
                self._process.terminate()
        self._end()
        self._news.lost(self.task.name, "the post was ended")


class CameraFeed:
    """What cameras see; of lanes that none of them sees, or not well, what ``other`` says. ``heard`` is told (camera, quality,
    reason) whenever the quality changes; ``news`` takes incidents, which are gated on ``signals``. Close it: processes hang on
    it."""

    def __init__(self, tasks: Sequence[CameraTask], other: DetectorFeed, heard: Heard, *, seed: int = 0,
                 news: CameraNews | None = None, signals: Signals | None = None) -> None:
        self._other, self._signals = other, signals
        self.news = news or CameraNews()
        self.cameras = [WatchedCamera(task, heard, seed + i, self.news) for i, task in enumerate(tasks)]

    def observe(self, now_s: float) -> Frame:
        greens = self._signals(now_s) if self._signals is not None else {}
        for camera in self.cameras:
            camera.greens = greens
            camera.listen()
        return _Frame(now_s, self.cameras, self._other.observe(now_s))

    def close(self) -> None:
        for camera in self.cameras:
            camera.close()

    def __enter__(self) -> CameraFeed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Frame:
    """One moment. A camera's observation keeps the age it has; all else is the other feed's."""

    def __init__(self, now_s: float, cameras: Sequence[WatchedCamera], other: Frame) -> None:
        self.time_s, self._other = now_s, other
        wall_s = time.time()
        self._lanes: dict[str, LaneObservation] = {}
        self._exits: dict[str, ExitObservation] = {}
        self._crossings: dict[str, CrossingObservation] = {}
        for camera in cameras:
            told = camera.told
            if camera.quality is Quality.BAD:
                told = None
            said = told.lanes.keys() | told.exits.keys() if told is not None else ()
            # Lanes it is there for and says nothing of, as before its first image was looked at, are said to be unseen, so that
            # nobody takes an empty view for an empty road.
            for lane in camera.task.site.lanes:
                if lane.id not in said:
                    self._lanes.setdefault(lane.id, _unseen(lane.id, now_s, camera))
            if told is None:
                continue
            taken_s = now_s - max(0.0, wall_s - told.wall_s)
            for lane_id, seen in told.lanes.items():
                # What a camera says of a lane counts: its view may be good and the lane's counts impossible.
                known = self._lanes.get(lane_id)
                if known is None or seen.quality.level < known.quality.level:
                    self._lanes[lane_id] = seen._replace(time_s=taken_s)
            self._exits.update({lane: replace(seen, time_s=taken_s) for lane, seen in told.exits.items()})
            self._crossings.update({f"{camera.task.site.junction}/{group}": replace(seen, time_s=taken_s)
                                    for group, seen in told.crossings.items()})

    def lane(self, lane: str) -> LaneObservation:
        seen = self._lanes.get(lane)
        if seen is not None and seen.quality is not Quality.BAD:
            return seen
        try:
            other = self._other.lane(lane)
        except KeyError:
            if seen is None:
                raise
            return seen
        return other if seen is None or other.quality is not Quality.BAD else seen

    def exit(self, lane: str) -> ExitObservation:
        seen = self._exits.get(lane)
        return seen if seen is not None else self._other.exit(lane)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        seen = self._crossings.get(f"{junction}/{group}")
        return seen if seen is not None else self._other.crossing(junction, group)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        return self._other.conflict_area(junction)


def _unseen(lane: str, now_s: float, camera: WatchedCamera) -> LaneObservation:
    return LaneObservation(lane, now_s, camera.task.site.range_m, (), 0, 0.0, 0.0, {}, Quality.BAD,
                           f"camera {camera.task.name}: {camera.reason}")
