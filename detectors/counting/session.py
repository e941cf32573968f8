"""A source counted from its first image to its last, with everything that somebody may want to know of it afterwards."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any, NamedTuple

from detectors.camera.quality import doubtful
from detectors.camera.site import CameraSite
from detectors.counter import CameraCounter
from detectors.counting.ahead import Ahead, Answer
from detectors.counting.line import CountLine, Direction
from detectors.counting.plausibly import PlausibleLanes
from detectors.counting.results import CountEvent, FrameResult
from detectors.counting.unknown import Unknown
from detectors.errors import CameraError, SourceError
from detectors.incidents.incident import Incident
from detectors.incidents.watch import IncidentWatch
from detectors.observation import Quality
from detectors.quality.watch import QualityWatch, ViewQuality
from detectors.video.frames import SourceFacts, VideoFrame
from detectors.video.source import Source
from detectors.vision.ambulance import AmbulanceHint, AmbulanceWatch
from detectors.vision.ambulance_sightings import AmbulanceSighting, AmbulanceSightings
from detectors.vision.detections import Detections, Detector, Image
from detectors.vision.tracking import LEAST_FPS

WORTH_SAYING = 0.05
LEAST_IMAGES = 3
OTHER_SHAPE = 0.02
"""Sizes are rounded to eights and sixteens by codecs: 704 × 576 and 352 × 288 are one shape."""
SILENT_S = 2.0
"""After so long without an image a live source is called silent."""
Signals = Callable[[float], Mapping[str, bool] | None]
"""Which lanes have green at a moment of the source's time; None, or a lane left out, where nobody knows."""
STOPS_WITHIN_S = 0.5
AHEAD_S, AHEAD_FPS = 60.0, 4.0
"""Of a recording so much is looked through for how the road is with nobody on it, before anybody is counted."""
LIVE_KEPT = 10_000
"""A stream has no end, and memory has one: so many of its events and incidents are still listed, the newest."""


class Seen(NamedTuple):
    """One image with what was made of it; both None while a live source is silent. ``view`` is how well it is seen,
    ``incidents`` are those that opened or closed with it."""

    frame: VideoFrame | None
    result: FrameResult | None
    view: ViewQuality
    incidents: tuple[Incident, ...] = ()


class Session:
    """Iterate over it; the figures are then in :meth:`summary`. ``seconds`` ends it early, and so does :meth:`stop`.

    ``events`` and ``incidents`` list the newest ``keep``; if that is None all of a recording, and :data:`LIVE_KEPT` of a live
    source. Counts are of all. ``last_events`` and ``last_incidents`` are those that only the end made certain: no image has them.
    ``signals`` are what incidents are gated on; ``ambulances`` looks for them where somebody wants that, and ``hints`` and
    ``sighted`` are then those of the last image, and the sightings that began or ended with it.

    A recording can be looked at twice: where what moves is told from still road, the road is learnt from its first minute before
    its first image is counted. A looped one stands for a camera, of which nobody knows what comes.

    OpenVINO and background subtraction of recordings aside, all is done by one thread, in the whole process (OpenCV has only one
    setting for both).

    Raises :class:`CameraError` for lines that lie outside the image, and for names that stand twice.
    """

    def __init__(self, source: Source, detector: Detector, *, site: CameraSite | None = None, lines: Sequence[CountLine] = (),
                 fps: float | None = None, people: bool = False, seconds: float | None = None, keep: int | None = None,
                 signals: Signals | None = None, ambulances: AmbulanceWatch | None = None) -> None:
        import cv2

        # Images of this size are done before OpenCV's other threads have begun; their waiting took a fifth of all work.
        cv2.setNumThreads(1)
        self.source, self.detector, self._seconds = source, detector, seconds
        facts = self.facts = source.facts
        self.fps = fps or source.rate_fps
        self.notes: list[str] = []
        if not lines and site is None:
            lines = (middle_line(facts),)
            self.notes.append("no line and no site file were given: counted across the middle of the image")
        taken = {x.id for x in site.lanes} | {x.name for x in site.lines} if site is not None else set[str]()
        for line in lines:
            _inside(line, facts)
            if line.name in taken:
                raise CameraError("a lane or a line is called so already, and counts go by names", where=f"line {line.name}",
                                  mend="give it a name of its own, as --line name:x1,y1,x2,y2")
            taken.add(line.name)
        if facts.fps_assumed:
            self.notes.append(f"the source does not say its rate: {facts.fps:g} images a second are assumed")
        if site is not None:
            self.notes += doubtful(site)
            if abs(facts.width * site.image.height / (facts.height * site.image.width) - 1.0) > OTHER_SHAPE:
                self.notes.append(f"the site file is drawn on {site.image.width} × {site.image.height}, and these images are "
                                  f"{facts.width} × {facts.height}, of another shape: lanes lie right only if the camera "
                                  "squeezes the same view")
        if ambulances is not None and self.fps < ambulances.least_fps:
            self.notes.append(f"ambulances are not found in {self.fps:g} images a second: it takes {ambulances.least_fps:g}")
        self.counter = CameraCounter(site, lines, detector, self.fps, facts.size, people=people)
        self.view = QualityWatch(self.fps)
        at = self.counter.boxes_at if detector.classifies else ()
        self._unknown = Unknown(at, self.fps, facts.size) if at else None
        self._on_foot = 0
        self._plausible = PlausibleLanes(site) if site is not None else None
        self._watch = IncidentWatch(site, self.fps, facts.size, classifies=detector.classifies)
        self._keep = max(1, keep if keep is not None else LIVE_KEPT if facts.live else sys.maxsize)
        self._incidents: dict[int, Incident] = {}
        self._signals, self._ambulances = signals, ambulances
        self._sightings, self._sighted = AmbulanceSightings(), dict[int, AmbulanceSighting]()
        self.hints: tuple[AmbulanceHint, ...] = ()
        self.sighted: tuple[AmbulanceSighting, ...] = ()
        self.counted = 0
        self._directions: Counter[Direction] = Counter()
        self._kinds: Counter[str] = Counter()
        self._lanes: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self.events: list[CountEvent] = []
        self.last_events: tuple[CountEvent, ...] = ()
        self.last_incidents: tuple[Incident, ...] = ()
        self.last_sightings: tuple[AmbulanceSighting, ...] = ()
        self.frames = 0
        self.stopped = False
        self._judged: Counter[tuple[Quality, str]] = Counter()
        self._first_s: float | None = None
        self._last_s = 0.0

    def stop(self) -> None:
        """End after the image that is looked at now, as if the source had ended. May be called by a signal's handler."""
        self.stopped = True

    def __iter__(self) -> Generator[Seen, None, None]:
        with self._beside() as ahead:
            self._look_ahead(ahead)
            # Of a recording the next images are looked at while this one is followed; a live image does not wait for another.
            waiting: deque[tuple[VideoFrame, ViewQuality, Answer]] = deque()
            for frame in self._frames():
                if frame is None:
                    yield Seen(None, None, self.view.silent(time.time()))
                    continue
                view = self.view.see(frame.image, frame.time_s)
                if ahead is None:
                    yield self._seen(frame, view, None)
                    continue
                frame = self.counter.steadied(frame)
                waiting.append((frame, view, ahead.ask(frame.image)))
                if len(waiting) > ahead.images:
                    before, view, found = waiting.popleft()
                    yield self._seen(before, view, found())
            while waiting:
                before, view, found = waiting.popleft()
                yield self._seen(before, view, found())
        self.last_incidents, self.last_events = self._watch.finish(), self.counter.finish()
        self.last_sightings = self._sightings.finish()
        self._happened(self.last_incidents)
        self._sighted.update({one.number: one for one in self.last_sightings})
        self._note(self.last_events)
        self.events = sorted(self.events, key=lambda e: (e.frame, e.track))[-self._keep:]
        if self._unknown is not None and not self.counted and self._unknown.crossed:
            self.notes.append(f"{self._unknown.crossed} that the model does not know drove over the lines")
        if self.counter.left_out:
            self.notes.append(f"{self.counter.left_out} crossings by people on foot are not counted (--people counts them)")
        if self.counted > len(self.events):
            self.notes.append(f"of {self.counted} events the last {len(self.events)} are listed")
        self.notes += [f"image {note.frame}: {note.text}" for note in self.source.notes]

    def _beside(self) -> AbstractContextManager[Ahead | None]:
        if self.facts.live or self.counter.one_by_one:
            return nullcontext()
        return Ahead(self.detector, self.source.held)

    @property
    def looks_ahead(self) -> bool:
        """Whether the road is learnt before the first image comes, which takes some seconds."""
        return self.counter.background is not None and not self.facts.live and not self.source.looped

    def _look_ahead(self, ahead: Ahead | None) -> None:
        background = self.counter.background
        if background is None or not self.looks_ahead:
            return

        def first_minute() -> Iterator[Image]:
            for frame in again:
                if self.stopped or frame.time_s > AHEAD_S:
                    return
                yield self.counter.steadied(frame).image

        # What is wrong with the recording is said when it is counted.
        with suppress(SourceError), self.source.again(AHEAD_FPS) as again:
            (background if ahead is None or background is not self.detector else ahead).learn(first_minute())

    def _frames(self) -> Iterator[VideoFrame | None]:
        """Images until the source, the time or somebody ends it; None again and again while a live source is silent."""
        begun_s = heard_s = time.monotonic()
        while not self.source.ended and not self.stopped:
            frame = self.source.read(STOPS_WITHIN_S)
            now_s = time.monotonic()
            if frame is None:
                # A camera that has fallen silent does not say when its time is over.
                if self.facts.live and self._seconds is not None and now_s - begun_s >= self._seconds:
                    break
                if not self.source.ended and now_s - heard_s >= SILENT_S:
                    yield None
                continue
            heard_s = now_s
            if self._first_s is None:
                self._first_s = frame.time_s
            if self._seconds is not None and frame.time_s - self._first_s >= self._seconds:
                break
            yield frame

    def _seen(self, frame: VideoFrame, view: ViewQuality, found: Detections | None) -> Seen:
        if self._unknown is not None and self._unknown.doubt and view.quality is Quality.GOOD:
            view = replace(view, quality=Quality.DEGRADED, reason=self._unknown.doubt)
        result = self.counter.see(frame, quality=view.quality, reason=view.reason, found=found)
        if self.counter.image is not None:
            frame = frame._replace(image=self.counter.image)
        if self._unknown is not None:
            self._unknown.see(frame, bool(result.events) or self.counter.left_out > self._on_foot)
            self._on_foot = self.counter.left_out
        self._judged[self.counter.worth(view.quality, view.reason)] += 1
        if self._plausible is not None:
            result = self._plausible.see(result)
        self._note(result.events)
        self.frames += 1
        self._last_s = frame.time_s
        self._watch.resize(self.counter.size)
        told = self._watch.see(result, self._signals(frame.time_s) if self._signals is not None else None, view)
        self._happened(told)
        self._look_for_ambulances(frame, result)
        return Seen(frame, result, view, told)

    def _note(self, events: Sequence[CountEvent]) -> None:
        if not events:
            return
        self.counted += len(events)
        self._directions.update(e.direction for e in events)
        self._kinds.update(e.kind.value for e in events)
        # Who leaves a lane is counted there once, however many other lines he crosses on his way.
        self._lanes.update(e.lane for e in events if e.lane is not None and e.line == e.lane)
        self._lines.update(e.line for e in events)
        self.events += events
        if len(self.events) > 2 * self._keep:
            del self.events[:-self._keep]

    def _happened(self, told: Sequence[Incident]) -> None:
        self._incidents.update({one.number: one for one in told})
        if len(self._incidents) > 2 * self._keep:
            closed = [number for number, one in self._incidents.items() if not one.open]
            for number in sorted(closed)[:-self._keep]:
                del self._incidents[number]

    def _look_for_ambulances(self, frame: VideoFrame, result: FrameResult) -> None:
        if self._ambulances is None:
            return
        self.hints = self._ambulances.see(frame.image, frame.time_s, result.tracks)
        self.sighted = self._sightings.see(result, self.hints)
        self._sighted.update({one.number: one for one in self.sighted})
        while len(self._sighted) > self._keep:
            del self._sighted[min(self._sighted)]

    @property
    def duration_s(self) -> float:
        return self._last_s - self._first_s + 1.0 / self.fps if self._first_s is not None else 0.0

    def quality(self) -> dict[str, Any]:
        """How well the whole was seen: the worst that held for a twentieth of the images, and the share of each fault."""
        share = {key: n / self.frames for key, n in self._judged.items()}
        state, reason = Quality.GOOD, ""
        for level in (Quality.DEGRADED, Quality.BAD):
            told = {why: s for (quality, why), s in share.items() if quality is level}
            if sum(told.values()) >= WORTH_SAYING:
                state, reason = level, max(told, key=lambda why: told[why])
        faults = [{"quality": q.value, "reason": why, "share": round(s, 4)}
                  for (q, why), s in sorted(share.items()) if q is not Quality.GOOD]
        if self.frames < LEAST_IMAGES or self.seen_fps < LEAST_FPS:
            many = f"{self.seen_fps:.2g} a second" if self.frames >= LEAST_IMAGES else f"{self.frames} in all"
            why = f"too few images to follow vehicles, {many}: counts are too low"
            faults.append({"quality": Quality.DEGRADED.value, "reason": why, "share": 1.0})
            if state is Quality.GOOD:
                state, reason = Quality.DEGRADED, why
        return {"state": state.value, "reason": reason, "faults": faults, "notes": self.notes}

    @property
    def seen_fps(self) -> float:
        """Images a second that were looked at, as their times have it."""
        lasted_s = self._last_s - self._first_s if self._first_s is not None else 0.0
        return (self.frames - 1) / lasted_s if lasted_s > 0.0 else self.fps

    @property
    def incidents(self) -> list[Incident]:
        """All of them, each as it was told last."""
        return [self._incidents[number] for number in sorted(self._incidents)]

    @property
    def lasting(self) -> tuple[Incident, ...]:
        """Those that are open now."""
        return self._watch.open

    @property
    def sightings(self) -> list[AmbulanceSighting]:
        """All of them, each as it was told last."""
        return [self._sighted[number] for number in sorted(self._sighted)]

    @property
    def by_line(self) -> dict[str, int]:
        """Events at each line, a lane's stop line being called as the lane."""
        return dict(sorted(self._lines.items()))

    def summary(self) -> dict[str, Any]:
        """The one object of ``mourour count --json``. It has ``ambulances`` where they were looked for."""
        return {
            "source": self.facts.name, "detector": self.detector.name, "frames": self.frames,
            "duration_s": round(self.duration_s, 3),
            # Images are numbered as the source has them, looked at or not.
            "fps": self.facts.fps,
            "counts": {"total": self.counted,
                       "by_direction": {d.value: self._directions[d] for d in Direction},
                       "by_class": dict(sorted(self._kinds.items())), "by_lane": dict(sorted(self._lanes.items()))},
            "events": [{"frame": e.frame, "line": e.line, "lane": e.lane, "direction": e.direction.value, "class": e.kind.value,
                        "track": e.track} for e in self.events],
            "incidents": [one.as_dict() for one in self.incidents],
            "quality": self.quality(),
        } | ({"ambulances": [one.as_dict() for one in self.sightings]} if self._ambulances is not None else {})


def middle_line(facts: SourceFacts) -> CountLine:
    """From the middle of the image's left edge to that of its right one."""
    return CountLine(0.0, facts.height / 2, facts.width - 1.0, facts.height / 2, "middle")


def _inside(line: CountLine, facts: SourceFacts) -> None:
    for x, y in ((line.x1, line.y1), (line.x2, line.y2)):
        if not (-1 <= x <= facts.width and -1 <= y <= facts.height):
            raise CameraError(f"the point {x:g},{y:g} lies outside the image of {facts.width} × {facts.height}",
                              where=f"line {line.name}", mend="give pixels of the image, from its upper left corner")
