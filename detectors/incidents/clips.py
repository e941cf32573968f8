"""Short videos of incidents, for those who ask for them. Nothing is written, and no folder made, unless the camera's site file
says ``privacy: {clips: true}``.

What is kept is small (at most 640 pixels wide), has people and vehicles covered (:mod:`detectors.incidents.blur`), and is thrown
away after ``keep_days``. Images wait in memory for the few seconds before an incident, and are covered when a clip is written,
since whoever is found a moment later was there a moment before.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from detectors.camera.site import Privacy
from detectors.counting.results import FrameResult
from detectors.errors import CameraError
from detectors.incidents.blur import blurred
from detectors.incidents.expiry import PART, STAMP, plain_name, sweep
from detectors.incidents.incident import Box, Incident, IncidentKind
from detectors.vision.detections import Image
from detectors.vision.road_users import RoadUser

WIDEST_PX = 640
FPS = 8.0
COVER_S = 1.0
"""A box covers its place in images so long before and after it as well: who is missed in one image is found in another."""
SWEEP_EVERY_S = 3600.0
JPEG_QUALITY = 80
WITHOUT = frozenset({IncidentKind.CAMERA_MOVED, IncidentKind.CAMERA_BLINDED})
"""Of these there is nothing to be seen, or nobody knows where people are."""


class _Kept(NamedTuple):
    time_s: float
    jpeg: bytes
    boxes: tuple[tuple[RoadUser, Box], ...]


@dataclass(slots=True)
class _Recording:
    incident: Incident
    began_unix_s: float
    until_s: float
    images: list[_Kept] = field(default_factory=list)


class Clips:
    """``folder`` is made when the first clip is written. ``clock`` gives seconds since 1970, for names and expiry."""

    def __init__(self, privacy: Privacy, folder: Path, camera: str = "camera", *, clock: Callable[[], float] = time.time) -> None:
        self._privacy, self._folder, self._camera, self._clock = privacy, folder, plain_name(camera), clock
        # Boxes of a second before the clip begins cover what is in it.
        self._ring: deque[_Kept] = deque()
        self._recordings: list[_Recording] = []
        self._size = (0, 0)
        self._last_s = -math.inf
        self._swept_s = -math.inf
        self.sweep()

    def see(self, image: Image, result: FrameResult, told: Sequence[Incident]) -> tuple[Path, ...]:
        """``told`` are the incidents that opened or closed with this image. The clips that were finished now.

        Raises :class:`CameraError` where one cannot be written.
        """
        if self._clock() - self._swept_s >= SWEEP_EVERY_S:
            self.sweep()
        if not self._privacy.clips:
            return ()
        now_s, size = result.time_s, (image.shape[1], image.shape[0])
        cut: list[_Recording] = []
        if size != self._size:
            # Boxes of images of another size would cover the wrong places.
            cut, self._recordings, self._size = self._recordings, [], size
            self._ring.clear()
        if now_s - self._last_s >= 0.9 / FPS:
            self._last_s = now_s
            self._keep(image, result)
        for one in told:
            if one.open and one.kind not in WITHOUT:
                self._recordings.append(_Recording(one, self._clock(), now_s + self._privacy.after_s, list(self._ring)))
        # A second more than is shown, for its boxes.
        done = [r for r in self._recordings if now_s >= r.until_s + COVER_S]
        self._recordings = [r for r in self._recordings if now_s < r.until_s + COVER_S]
        return tuple(self._write(r) for r in (*cut, *done))

    def finish(self) -> tuple[Path, ...]:
        """The video is over: what was being recorded is written as far as it goes."""
        done, self._recordings = self._recordings, []
        self._ring.clear()
        return tuple(self._write(r) for r in done)

    def sweep(self) -> tuple[Path, ...]:
        """Throws away what has been kept for long enough; done at the beginning and every hour."""
        self._swept_s = self._clock()
        return sweep(self._folder, self._privacy.keep_days, self._swept_s)

    def _keep(self, image: Image, result: FrameResult) -> None:
        import cv2

        height, width = image.shape[:2]
        share = min(1.0, WIDEST_PX / width)
        size = (round(width * share), round(height * share))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if share < 1.0 else image
        boxes = tuple((t.kind, (t.box[0] * share, t.box[1] * share, t.box[2] * share, t.box[3] * share))
                      for t in (*result.tracks, *(result.walkers or ())))
        done, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not done:
            return
        kept = _Kept(result.time_s, jpeg.tobytes(), boxes)
        self._ring.append(kept)
        while self._ring and result.time_s - self._ring[0].time_s > self._privacy.before_s + COVER_S:
            self._ring.popleft()
        for recording in self._recordings:
            recording.images.append(kept)

    def _write(self, recording: _Recording) -> Path:
        import cv2
        import numpy as np

        one = recording.incident
        stamp = datetime.fromtimestamp(recording.began_unix_s, UTC).strftime(STAMP)
        path = self._folder / f"{stamp}-{self._camera}-{one.kind.value}-{one.number}.mp4"
        part = path.with_name(f"{path.stem}{PART}.mp4")
        shown = [k for k in recording.images
                 if one.told_s - self._privacy.before_s <= k.time_s <= recording.until_s] or recording.images[-1:]
        lasts_s = shown[-1].time_s - shown[0].time_s if shown else 0.0
        rate = min(FPS, max(1.0, (len(shown) - 1) / lasts_s)) if lasts_s > 0 else FPS
        writer = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for kept in shown:
                image = np.asarray(cv2.imdecode(np.frombuffer(kept.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
                near = [b for k in recording.images if abs(k.time_s - kept.time_s) <= COVER_S for b in k.boxes]
                covered = blurred(image, near)
                if writer is None:
                    part.touch(mode=0o600)
                    writer = cv2.VideoWriter(str(part), cv2.VideoWriter.fourcc(*"mp4v"), rate, (image.shape[1], image.shape[0]))
                    if not writer.isOpened():
                        raise OSError("no video can be written there")
                writer.write(covered)
            if writer is not None:
                writer.release()
                part.replace(path)
        except OSError as error:
            raise CameraError(f"a clip cannot be written: {error.strerror or error}", where=str(self._folder),
                              mend="mend the folder, or set privacy.clips to false") from None
        return path
