"""What a rendered camera saw, as a film with what was made of it, for people to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from detectors.camera.site import CameraSite
from detectors.counting.results import FrameResult
from detectors.observation import LaneObservation
from detectors.vision.detections import Image
from signal_drivers.errors import OutputError

if TYPE_CHECKING:
    from simulation.cameras.camera import RenderedCamera
    from simulation.sumo.feed import SumoFeed

LARGER = 2
AREA, STOP, BOX, WORDS, DARK = (0, 200, 255), (40, 40, 255), (80, 255, 80), (255, 255, 255), (30, 30, 30)


class Recording:
    """A film of one camera in ``folder``. Raises :class:`OutputError` where it cannot be written."""

    def __init__(self, folder: Path, camera: RenderedCamera, fps: float, truth: SumoFeed) -> None:
        self._camera, self._site, self._truth = camera, camera.view.site, truth
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in camera.view.name)
        self.path = folder / f"{name}.mp4"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.site.json").write_text(self._site.model_dump_json(indent=2, exclude_none=True), encoding="utf-8")
        except OSError as error:
            raise OutputError(f"films cannot be kept there: {error.strerror or error}", where=str(folder),
                              mend="choose another --camera-video") from error
        width, height = camera.view.pose.size
        self._film = cv2.VideoWriter(str(self.path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width * LARGER, height * LARGER))
        if not self._film.isOpened():
            raise OutputError("the film cannot be written", where=str(self.path), mend="choose another --camera-video")

    def add(self, time_s: float) -> None:
        """The camera's latest image."""
        if self._camera.image is not None and self._camera.last is not None:
            self._film.write(drawn_on(self._camera.image, self._site, self._camera.last, self._truth))

    def close(self) -> None:
        self._film.release()


def drawn_on(image: Image, site: CameraSite, result: FrameResult, truth: SumoFeed | None = None) -> Image:
    """A larger copy of ``image`` with lanes, boxes, speeds, and each lane's queue as seen and as there is."""
    height, width = image.shape[:2]
    canvas = cv2.resize(image, (width * LARGER, height * LARGER), interpolation=cv2.INTER_CUBIC)
    frame = truth.observe(result.time_s) if truth is not None else None
    for i, lane in enumerate(site.lanes):
        cv2.polylines(canvas, [np.round(np.array(lane.area) * LARGER).astype(np.int32)], True, AREA, 1, cv2.LINE_AA)
        a, b = (tuple(round(v * LARGER) for v in p) for p in lane.stop_line)
        cv2.line(canvas, a, b, STOP, 2, cv2.LINE_AA)
        seen = result.lanes.get(lane.id)
        there = frame.lane(lane.id) if frame is not None else None
        _words(canvas, _said(lane.id, seen, there), (10, height * LARGER - 12 - 20 * (len(site.lanes) - 1 - i)))
    for track in result.tracks:
        left, top, right, bottom = (round(v * LARGER) for v in track.box)
        cv2.rectangle(canvas, (left, top), (right, bottom), BOX, 1, cv2.LINE_AA)
        speed = "" if track.speed_mps is None else f" {track.speed_mps * 3.6:.0f} km/h"
        _words(canvas, f"{track.track} {track.kind.value}{speed}", (left, top - 4), 0.38)
    return canvas


def _said(name: str, seen: LaneObservation | None, there: LaneObservation | None) -> str:
    queue = "-" if seen is None else f"{seen.queue_veh}"
    passed = "-" if seen is None else f"{sum(seen.passed.values())}"
    if there is None:
        return f"{name}: queue {queue}, passed {passed}"
    return f"{name}: queue {queue} (there {there.queue_veh}), passed {passed} ({sum(there.passed.values())})"


def _words(canvas: Image, text: str, at: tuple[int, int], size: float = 0.45) -> None:
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    x, y = max(0, min(at[0], canvas.shape[1] - width)), max(height, at[1])
    cv2.rectangle(canvas, (x, y - height - 1), (x + width, y + below), DARK, -1)
    cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, WORDS, 1, cv2.LINE_AA)
