"""Whether memory stays flat over a day of a stream: a recording looped through all that an image goes through, as many images as
the day has, faster than they would come."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint, LineOfCamera, Zone
from detectors.counting.lines_out import LinesOut
from detectors.counting.session import LIVE_KEPT, Session
from detectors.counting.tables import BLOCK, Tables
from detectors.video.frames import SourceFacts
from detectors.video.source import Source
from detectors.vision.pick import detector_for
from simulation.process_memory import memory_mb


@dataclass(frozen=True)
class Hour:
    """After so many ``hours`` of the stream: memory of the counting process and of its decoder, and how many ``objects`` Python
    keeps track of in the first."""

    hours: float
    images: int
    counted: int
    tracks: int
    incidents: int
    counting_mb: float
    decoder_mb: float
    objects: int


@dataclass(frozen=True)
class Growth:
    """From the first reading, after which everything has been set up, to the last."""

    hours: float
    counting_mb: float
    decoder_mb: float
    objects: int


def growth(rows: list[Hour]) -> Growth:
    """``rows`` has two or more."""
    first, last = rows[0], rows[-1]
    return Growth(last.hours - first.hours, last.counting_mb - first.counting_mb, last.decoder_mb - first.decoder_mb,
                  last.objects - first.objects)


def as_plain(rows: list[Hour]) -> dict[str, Any]:
    return {"hours": [asdict(row) for row in rows], "growth": asdict(growth(rows)) if len(rows) > 1 else None}


def memory(clip: str, weights: str | None, folder: Path, *, hours: float, rate_fps: float, every_h: float = 1.0,
           size_px: int | None = None, site: CameraSite | None = None, block: int = BLOCK,
           keep: int = LIVE_KEPT) -> Iterator[Hour]:
    """Readings of every ``every_h`` hours of a stream that is looked at ``rate_fps`` times a second. Tables and the stream of
    observations are written into ``folder``, as ``mourour count --out --stream`` does; ``keep`` and ``block`` are what is kept in
    memory of events and rows. ``site`` None makes lanes up that cover the image.

    Raises :class:`~detectors.errors.DetectionError`.
    """
    with ExitStack() as stack:
        source = stack.enter_context(Source(clip, at_most_fps=rate_fps, looped=True))
        detector = detector_for(None, weights, fps=source.rate_fps, size_px=size_px)
        session = Session(source, detector, site=site or everywhere(source.facts), people=True, keep=keep)
        tables = stack.enter_context(Tables(folder, block=block))
        lines = LinesOut(stack.enter_context((folder / "stream.jsonl").open("w", encoding="utf-8")))
        tracks, incidents, read = 0, 0, 0
        for _, result, _, told in session:
            if result is None:
                continue
            tables.see(result)
            tables.happened(told)
            lines.see(result, told)
            tracks = max(tracks, max((t.track for t in result.tracks), default=0))
            incidents += sum(one.open for one in told)
            # By images: the times of a recording may have gaps, and a stream of that rate has none.
            if session.frames >= (read + 1) * every_h * 3600.0 * rate_fps:
                read += 1
                gc.collect()
                pid = source.decoder_pid
                yield Hour(read * every_h, session.frames, session.counted, tracks, incidents, memory_mb(),
                           memory_mb(pid) if pid is not None else float("nan"), len(gc.get_objects()))
                if read * every_h >= hours - 1e-9:
                    session.stop()


def everywhere(facts: SourceFacts) -> CameraSite:
    """Two lanes and a crossing over the whole image, so that everything that is measured of a lane has work to do."""
    width, height = facts.size
    right, low, middle = width - 1.0, height - 1.0, width / 2
    stop = round(0.75 * height, 1)
    points = [((0.3 * width, 0.1 * height), (0.0, 60.0)), ((0.7 * width, 0.1 * height), (14.0, 60.0)),
              ((right, low), (14.0, 0.0)), ((0.0, low), (0.0, 0.0))]
    return CameraSite(
        camera="everywhere", image=ImageSize(width=width, height=height),
        homography=Homography(points=tuple(KnownPoint(px=px, m=m) for px, m in points)),
        lanes=(CameraLane(id="left", area=((0, 0), (middle, 0), (middle, stop), (0, stop)),
                          stop_line=((0, stop), (middle, stop))),
               CameraLane(id="right", area=((middle, 0), (right, 0), (right, stop), (middle, stop)),
                          stop_line=((middle, stop), (right, stop)))),
        lines=(LineOfCamera(name="middle", points=((0, height / 2), (right, height / 2))),),
        zones=(Zone(name="kerb", kind="waiting", area=((0, stop), (right, stop), (right, low), (0, low)), group="people"),))
