"""A source counted from its first image to its last, with everything that somebody may want to know of it afterwards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

from detectors.camera.site import CameraSite
from detectors.counter import CameraCounter
from detectors.counting.line import CountLine, Direction
from detectors.counting.plausibly import PlausibleLanes
from detectors.counting.results import CountEvent, FrameResult
from detectors.errors import CameraError
from detectors.incidents.incident import Incident
from detectors.incidents.watch import IncidentWatch
from detectors.observation import Quality
from detectors.quality.watch import QualityWatch, ViewQuality
from detectors.video.frames import SourceFacts, VideoFrame
from detectors.video.source import Source
from detectors.vision.detections import Detector

WORTH_SAYING = 0.05
LEAST_FPS, LEAST_IMAGES = 3.0, 3
"""With fewer images a second the next vehicle may stand where the last one was, and nobody can tell the two apart."""
SILENT_S = 2.0
"""After so long without an image a live source is called silent."""


class Seen(NamedTuple):
    """One image with what was made of it; both None while a live source is silent. ``view`` is how well it is seen,
    ``incidents`` are those that opened or closed with it."""

    frame: VideoFrame | None
    result: FrameResult | None
    view: ViewQuality
    incidents: tuple[Incident, ...] = ()


class Session:
    """Iterate over it; the figures are then in :meth:`summary`. ``seconds`` ends it early.

    Raises :class:`CameraError` for lines that lie outside the image.
    """

    def __init__(self, source: Source, detector: Detector, *, site: CameraSite | None = None, lines: Sequence[CountLine] = (),
                 fps: float | None = None, people: bool = False, seconds: float | None = None) -> None:
        self.source, self.detector, self._seconds = source, detector, seconds
        facts = self.facts = source.facts
        self.fps = fps or source.rate_fps
        self.notes: list[str] = []
        if not lines and site is None:
            lines = (middle_line(facts),)
            self.notes.append("no line and no site file were given: counted across the middle of the image")
        for line in lines:
            _inside(line, facts)
        if facts.fps_assumed:
            self.notes.append(f"the source does not say its rate: {facts.fps:g} images a second are assumed")
        self.counter = CameraCounter(site, lines, detector, self.fps, facts.size, people=people)
        self.view = QualityWatch(self.fps)
        self._plausible = PlausibleLanes(site) if site is not None else None
        self._watch = IncidentWatch(site, self.fps, facts.size)
        self._incidents: dict[int, Incident] = {}
        self.events: list[CountEvent] = []
        self.frames = 0
        self._judged: Counter[tuple[Quality, str]] = Counter()
        self._first_s: float | None = None
        self._last_s = 0.0

    def __iter__(self) -> Generator[Seen, None, None]:
        while not self.source.ended:
            frame = self.source.read(SILENT_S)
            if frame is None:
                if not self.source.ended:
                    yield Seen(None, None, self.view.silent(time.time()))
                continue
            if self._first_s is None:
                self._first_s = frame.time_s
            if self._seconds is not None and frame.time_s - self._first_s >= self._seconds:
                break
            view = self.view.see(frame.image, frame.time_s)
            self._judged[view.quality, view.reason] += 1
            result = self.counter.see(frame, quality=view.quality, reason=view.reason)
            if self._plausible is not None:
                result = self._plausible.see(result)
            self.events += result.events
            self.frames += 1
            self._last_s = frame.time_s
            told = self._watch.see(result, quality=view)
            self._incidents.update({one.number: one for one in told})
            yield Seen(frame, result, view, told)
        self._incidents.update({one.number: one for one in self._watch.finish()})
        self.events += self.counter.finish()
        self.events.sort(key=lambda e: (e.frame, e.track))
        self.notes += [f"image {note.frame}: {note.text}" for note in self.source.notes]

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

    def summary(self) -> dict[str, Any]:
        """The one object of ``mourour count --json``."""
        directions = Counter(e.direction for e in self.events)
        return {
            "source": self.facts.name, "detector": self.detector.name, "frames": self.frames,
            "duration_s": round(self.duration_s, 3),
            # Images are numbered as the source has them, looked at or not.
            "fps": self.facts.fps,
            "counts": {"total": len(self.events),
                       "by_direction": {d.value: directions[d] for d in Direction},
                       "by_class": dict(sorted(Counter(e.kind.value for e in self.events).items())),
                       "by_lane": dict(sorted(Counter(e.lane for e in self.events if e.lane is not None).items()))},
            "events": [{"frame": e.frame, "line": e.line, "lane": e.lane, "direction": e.direction.value, "class": e.kind.value,
                        "track": e.track} for e in self.events],
            "incidents": [one.as_dict() for one in self.incidents],
            "quality": self.quality(),
        }


def middle_line(facts: SourceFacts) -> CountLine:
    """From the middle of the image's left edge to that of its right one."""
    return CountLine(0.0, facts.height / 2, facts.width - 1.0, facts.height / 2, "middle")


def _inside(line: CountLine, facts: SourceFacts) -> None:
    for x, y in ((line.x1, line.y1), (line.x2, line.y2)):
        if not (-1 <= x <= facts.width and -1 <= y <= facts.height):
            raise CameraError(f"the point {x:g},{y:g} lies outside the image of {facts.width} × {facts.height}",
                              where=f"line {line.name}", mend="give pixels of the image, from its upper left corner")
