"""What was seen and counted, drawn over the image for people to look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from detectors.counter import CameraCounter
from detectors.counting.results import CountEvent, FrameResult, SeenTrack
from detectors.incidents.incident import Incident
from detectors.vision.ambulance import AmbulanceHint
from detectors.vision.detections import Image
from detectors.vision.road_users import RoadUser

COLOURS: dict[RoadUser, tuple[int, int, int]] = {
    RoadUser.CAR: (86, 180, 60), RoadUser.TAXI: (60, 60, 220), RoadUser.MOTORCYCLE: (220, 160, 40),
    RoadUser.BICYCLE: (220, 200, 60), RoadUser.BUS: (40, 150, 240), RoadUser.TRUCK: (30, 110, 200), RoadUser.TRAM: (160, 60, 160),
    RoadUser.AMBULANCE: (60, 60, 255), RoadUser.PEDESTRIAN: (200, 90, 200), RoadUser.VEHICLE: (86, 180, 60)}
"""Blue, green, red."""
LINE, LANE, STOP, FLASH, PAPER, INK = (0, 200, 255), (200, 200, 90), (60, 60, 230), (0, 255, 255), (245, 245, 245), (30, 30, 30)
HINT, ALARM = (255, 80, 255), (70, 70, 255)
FLASH_IMAGES = 8
TRAIL = 25


class Overlay:
    """Keeps what is drawn for longer than one image: trails of the tracks, counted lines that flash."""

    def __init__(self, counter: CameraCounter) -> None:
        self._counter = counter
        self._counts: dict[str, int] = {}
        self._flash: dict[str, int] = {}
        self._trails: dict[int, deque[tuple[int, int]]] = {}

    def count(self, events: tuple[CountEvent, ...]) -> None:
        for event in events:
            self._counts[event.line] = self._counts.get(event.line, 0) + 1
            self._flash[event.line] = FLASH_IMAGES

    def draw(self, image: Image, result: FrameResult, hints: Sequence[AmbulanceHint] = (),
             incidents: Sequence[Incident] = ()) -> Image:
        """A copy of ``image`` with everything on it: ``hints`` are vehicles that may be ambulances, ``incidents`` those that
        last."""
        import cv2

        self.count(result.events)
        out: Any = image.copy()
        thick = max(1, round(image.shape[1] / 640))
        self._lanes(out, result, thick)
        for line in self._counter.lines:
            lit = self._flash.get(line.name, 0) > 0
            a, b = (round(line.x1), round(line.y1)), (round(line.x2), round(line.y2))
            cv2.line(out, a, b, FLASH if lit else LINE, thick * (3 if lit else 1), cv2.LINE_AA)
            self._label(out, f"{line.name} {self._counts.get(line.name, 0)}", (min(a[0], b[0]) + 4, min(a[1], b[1]) - 4), LINE)
        everybody = (*result.tracks, *(result.walkers or ()))
        for track in everybody:
            self._track(out, track, thick)
        self._hints(out, result, hints, thick)
        self._incidents(out, incidents, thick)
        self._trails = {t.track: self._trails[t.track] for t in everybody}
        self._flash = {name: left - 1 for name, left in self._flash.items() if left > 1}
        minutes, seconds = divmod(result.time_s, 60)
        self._label(out, f"{int(minutes) % 1440:02d}:{seconds:04.1f}  {sum(self._counts.values())} counted",
                    (4, out.shape[0] - 6), PAPER)
        return np.asarray(out, np.uint8)

    def _lanes(self, out: Any, result: FrameResult, thick: int) -> None:
        import cv2

        if self._counter.lanes is None:
            return
        for lane in self._counter.lanes.lanes:
            cv2.polylines(out, [np.round(lane.area).astype(np.int32)], True, LANE, thick, cv2.LINE_AA)
            stop = lane.stop
            lit = self._flash.get(lane.id, 0) > 0
            cv2.line(out, (round(stop.x1), round(stop.y1)), (round(stop.x2), round(stop.y2)), FLASH if lit else STOP,
                     thick * (3 if lit else 2), cv2.LINE_AA)
            seen = result.lanes.get(lane.id)
            queue = f" queue {seen.queue_veh} ({seen.queue_m:.0f} m)" if seen is not None and seen.queue_veh else ""
            at = lane.area[int(np.argmin(lane.area[:, 1]))]
            self._label(out, f"{lane.id} {self._counts.get(lane.id, 0)}{queue}", (round(at[0]), round(at[1]) - 3), LANE)

    def _track(self, out: Any, track: SeenTrack, thick: int) -> None:
        import cv2

        colour = COLOURS[track.kind]
        left, top, right, bottom = (round(v) for v in track.box)
        cv2.rectangle(out, (left, top), (right, bottom), colour, thick, cv2.LINE_AA)
        trail = self._trails.setdefault(track.track, deque(maxlen=TRAIL))
        trail.append((round(track.foot[0]), round(track.foot[1])))
        if len(trail) > 1:
            cv2.polylines(out, [np.array(trail, np.int32)], False, colour, thick, cv2.LINE_AA)
        pace = f" {3.6 * track.speed_mps:.0f} km/h" if track.speed_mps is not None and track.standing_s == 0 else ""
        halt = f" {track.standing_s:.0f} s" if track.standing_s > 0 else ""
        self._label(out, f"{track.track} {track.kind.value}{pace}{halt}", (left, top - 3), colour)

    def _hints(self, out: Any, result: FrameResult, hints: Sequence[AmbulanceHint], thick: int) -> None:
        import cv2

        boxes = {track.track: track.box for track in result.tracks}
        for hint in hints:
            left, top, right, bottom = (round(v) for v in boxes[hint.track])
            cv2.rectangle(out, (left - 3, top - 3), (right + 3, bottom + 3), HINT, thick * 3, cv2.LINE_AA)
            self._label(out, f"ambulance? {hint.confidence:.2f}", (left, bottom + 14), HINT)

    def _incidents(self, out: Any, incidents: Sequence[Incident], thick: int) -> None:
        import cv2

        row = 0
        for one in incidents:
            text = f"{one.number} {one.kind.value.replace('_', ' ')}"
            if one.place.box is None:
                # Of the camera itself.
                row += round(18 * out.shape[1] / 640)
                self._label(out, text, (4, row), ALARM)
                continue
            left, top, right, bottom = (round(v) for v in one.place.box)
            cv2.rectangle(out, (left - 4, top - 4), (right + 4, bottom + 4), ALARM, thick * 2, cv2.LINE_AA)
            self._label(out, text, (left - 4, bottom + 16), ALARM)

    def _label(self, out: Any, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
        import cv2

        size = max(0.3, 0.36 * out.shape[1] / 640)
        (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        x = min(max(0, at[0]), max(0, out.shape[1] - width - 2))
        y = min(max(height + 2, at[1]), out.shape[0] - 2)
        cv2.rectangle(out, (x - 1, y - height - 2), (x + width + 1, y + below - 1), colour, cv2.FILLED)
        cv2.putText(out, text, (x, y - 1), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)
