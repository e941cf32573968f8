"""How fast a camera is counted, beside what the library that detects takes alone and with its own tracker, in the same run."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.counting.ahead import Ahead, Answer
from detectors.counting.line import CountLine
from detectors.counting.session import Session, middle_line
from detectors.errors import SourceError
from detectors.video.source import Source
from detectors.vision.detections import Detector, Image
from detectors.vision.pick import AT_ONCE, detector_for

CAMERAS, CAMERA_FPS = 760, 10.0
"""The city's cameras, and the rate at which each is to be looked at."""
TARGETS = {"background": 250.0, "yolo 320": 90.0, "yolo 640": 40.0}
OVERHEAD = 0.15
WARM_UP, LEAST = 20, 50


@dataclass(frozen=True)
class Speed:
    """``fps`` images a second by the wall clock; ``core_s`` of all processes for one image. ``beyond`` is by how much longer an
    image takes than where the same recording is decoded and the same detector looks at its images, and nothing else is done;
    ``beyond_memory`` than where it looks at images in memory, so that decoding is counted in. NaN where not measured."""

    what: str
    images: int
    fps: float
    core_s: float
    beyond: float = float("nan")
    beyond_memory: float = float("nan")
    counted: int | None = None
    target_fps: float | None = None

    @property
    def city_cores(self) -> float:
        """Cores that all cameras of the city would take."""
        return self.core_s * CAMERAS * CAMERA_FPS


def speeds(clip: str, weights: str | None, images: int, line: CountLine | None = None) -> Iterator[Speed]:
    """One after another, so that they can be shown as they come. Raises :class:`~detectors.errors.DetectionError`, also for a
    recording that is over before anything can be measured."""
    frames, fps = _frames(clip, min(images, 300))
    if len(frames) < LEAST:
        raise SourceError(f"only {len(frames)} images: {LEAST} are needed to measure anything", where=clip,
                          mend="take a longer recording")
    yield from _ours("background", clip, None, None, images, line, frames, fps)
    if weights is None:
        return
    for size_px in (320, 640):
        yield from _theirs(weights, size_px, frames)
        yield from _ours(f"yolo {size_px}", clip, weights, size_px, images, line, frames, fps)


def _ours(what: str, clip: str, weights: str | None, size_px: int | None, images: int, line: CountLine | None,
          frames: list[Image], fps: float) -> Iterator[Speed]:
    def detector() -> Detector:
        return detector_for(None, weights, fps=fps, size_px=size_px, at_once=AT_ONCE)

    alone = _alone(f"{what}: detection alone, images in memory", detector(), frames)
    yield alone
    decoded = _decoded(f"{what}: decoding and detection alone", clip, detector(), images)
    yield decoded
    with Source(clip) as source:
        session = Session(source, detector(), lines=[line or middle_line(source.facts)])
        rows = iter(session)
        # The first images set things up: models compile, decoders start.
        for _ in range(WARM_UP):
            next(rows, None)
        begun, cpu_s = time.perf_counter(), _cpu_s()
        first = session.frames
        for _ in rows:
            if session.frames - first >= images:
                break
        took_s = time.perf_counter() - begun
        done = session.frames - first
        core_s = (_cpu_s() - cpu_s) / max(1, done)
        rows.close()
        counted = session.counted
    yield Speed(f"{what}: decoding, detection, tracking and counting", done, done / took_s, core_s,
                decoded.fps * took_s / done - 1.0, alone.fps * took_s / done - 1.0, counted, TARGETS.get(what))


def _decoded(what: str, clip: str, detector: Detector, images: int) -> Speed:
    """As a session reads and looks, without anything that is made of what is found."""
    import cv2

    cv2.setNumThreads(1)  # As a session has it.
    done, begun, cpu_s = -WARM_UP, 0.0, 0.0
    with Source(clip) as source, Ahead(detector, source.held) as ahead:
        waiting: deque[Answer] = deque()
        for frame in source:
            waiting.append(ahead.ask(frame.image))
            if len(waiting) > ahead.images:
                waiting.popleft()()
                done += 1
                if done == 0:
                    begun, cpu_s = time.perf_counter(), _cpu_s()
                elif done >= images:
                    break
        took_s, cpu_s = time.perf_counter() - begun, _cpu_s() - cpu_s
    return Speed(what, done, done / took_s, cpu_s / max(1, done))


def _alone(what: str, detector: Detector, frames: list[Image]) -> Speed:
    import cv2

    cv2.setNumThreads(1)  # As a session has it.
    with ThreadPoolExecutor(detector.at_once) as pool:
        list(pool.map(detector.detect, frames[:WARM_UP]))
        begun, cpu_s = time.perf_counter(), _cpu_s()
        for _ in pool.map(detector.detect, frames):
            pass
        took_s = time.perf_counter() - begun
    return Speed(what, len(frames), len(frames) / took_s, (_cpu_s() - cpu_s) / len(frames))


def _theirs(weights: str, size_px: int, frames: list[Image]) -> Iterator[Speed]:
    """ultralytics alone: detection, and its own tracking with either of its trackers."""
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    import logging

    from ultralytics import YOLO
    from ultralytics.utils import LOGGER

    LOGGER.setLevel(logging.ERROR)
    folder = str(Path(weights).parent) if weights.endswith(".xml") else weights
    say: dict[str, Any] = {"imgsz": size_px, "verbose": False, "device": "cpu", "save": False}
    works: list[tuple[str, Callable[[Any, Image], Any]]] = [
        ("ultralytics predict", lambda model, image: model.predict(image, **say)),
        ("ultralytics track (ByteTrack)", lambda model, image: model.track(image, persist=True, tracker="bytetrack.yaml", **say)),
        ("ultralytics track (its default)", lambda model, image: model.track(image, persist=True, **say))]
    for what, work in works:
        model = YOLO(folder, task="detect")
        for image in frames[:WARM_UP]:
            work(model, image)
        begun, cpu_s = time.perf_counter(), _cpu_s()
        for image in frames:
            work(model, image)
        took_s = time.perf_counter() - begun
        yield Speed(f"yolo {size_px}: {what}, images in memory", len(frames), len(frames) / took_s,
                    (_cpu_s() - cpu_s) / len(frames))


def _frames(clip: str, count: int) -> tuple[list[Image], float]:
    with Source(clip) as source:
        kept = []
        for frame in source:
            kept.append(frame.image.copy())
            if len(kept) >= count:
                break
        return kept, source.facts.fps


def _cpu_s() -> float:
    """Processor time of this process and of its children, those included that have ended."""
    import psutil

    ours = psutil.Process()
    spent_s = sum(ours.cpu_times()[:4])
    for child in ours.children():
        # One that ends this moment is in the first sum the next time.
        with suppress(psutil.NoSuchProcess):
            spent_s += sum(child.cpu_times()[:2])
    return float(spent_s)
