"""From images to counts: a detector, a tracker, and what follows from who was where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.camera.ground import Ground
from detectors.camera.site import CameraSite
from detectors.counting.line import CountLine, Crossing, LineWatch
from detectors.counting.measure import LaneMeasure
from detectors.counting.lanes import LaneMap, length_m
from detectors.counting.motion import STANDS_MPS, Motion
from detectors.counting.on_foot import Gait
from detectors.counting.path import Path
from detectors.counting.results import CountEvent, FrameResult, SeenTrack
from detectors.observation import Quality
from detectors.video.frames import VideoFrame
from detectors.vision.detections import Detections, Detector
from detectors.vision.road_users import RoadUser
from detectors.vision.tracking import Tracked, Tracker

FORGET_EVERY = 10


@dataclass(slots=True)
class _Followed:
    """What is kept of one track."""

    path: Path
    watches: list[LineWatch]
    stops: list[LineWatch]
    motion: Motion
    gait: Gait | None
    kind: RoadUser
    stop_done: bool = False
    entry_done: bool = False


class CameraCounter:
    """One camera. ``site`` says where lanes are and how pixels lie on the road; ``lines`` are counted at besides, in pixels of
    the image. ``image_size`` (width, height) of the images to come, ``fps`` their rate.

    An image of another size starts everything anew, the counts excepted.
    """

    def __init__(self, site: CameraSite | None, lines: Sequence[CountLine], detector: Detector, fps: float,
                 image_size: tuple[int, int], *, people: bool = False) -> None:
        self.site, self.detector, self.fps = site, detector, fps
        self._given_lines = tuple(lines)
        self._people = people
        self._last_s = 0.0
        self._ground = ground_of(site, image_size) if site is not None else None
        self._begin(image_size)

    def _begin(self, size: tuple[int, int]) -> None:
        self.size = size
        self._lines = list(self._given_lines)
        self.lanes: LaneMap | None = None
        if self.site is not None:
            sx, sy = size[0] / self.site.image.width, size[1] / self.site.image.height
            self._ground = ground_of(self.site, size)
            self.lanes = LaneMap(self.site, self._ground, size)
            self._lines += [CountLine(a[0] * sx, a[1] * sy, b[0] * sx, b[1] * sy, line.name)
                            for line in self.site.lines for a, b in [line.points]]
        self._ignored = self.lanes.ignored if self.lanes is not None else None
        self._tracker = Tracker(self.fps)
        self._followed: dict[int, _Followed] = {}
        self._images = 0
        self._offset = getattr(self, "_next_track", 0)
        measured = getattr(self, "measure", None)
        self.measure = LaneMeasure(self.lanes, measured) if self.lanes is not None else None

    def see(self, frame: VideoFrame, *, quality: Quality = Quality.GOOD, reason: str = "") -> FrameResult:
        """All that is known of this image. ``quality`` and ``reason`` are what is thought of the view, and go with the lanes."""
        events: list[CountEvent] = []
        size = frame.image.shape[1], frame.image.shape[0]
        if size != self.size:
            events += self.finish()
            self.detector.forget()
            self._begin(size)
        found = self.detector.detect(frame.image)
        if self._ignored is not None and len(found):
            found = self._watched(found)
        self._last_s = frame.time_s
        tracks = []
        for seen in self._tracker.update(found):
            followed = self._followed.get(seen.track)
            if followed is None:
                followed = self._followed[seen.track] = self._new(frame.time_s, seen)
            tracks.append(self._follow(frame, seen, followed, events))
        self._images += 1
        if self._images % FORGET_EVERY == 0:
            alive = self._tracker.alive()
            for track in [t for t in self._followed if t not in alive]:
                self._end(track, events)
        lanes, exits, crossings = (self.measure.observe(frame.time_s, tracks, quality, reason) if self.measure is not None
                                   else ({}, {}, {}))
        return FrameResult(frame.number, frame.time_s, tuple(tracks), tuple(events), lanes, exits, crossings)

    def finish(self) -> tuple[CountEvent, ...]:
        """No more images: what is certain now of those who are still on their way."""
        events: list[CountEvent] = []
        for track in list(self._followed):
            self._end(track, events)
        return tuple(events)

    def _watched(self, found: Detections) -> Detections:
        assert self._ignored is not None
        x = np.clip(((found.boxes[:, 0] + found.boxes[:, 2]) / 2).astype(int), 0, self.size[0] - 1)
        y = np.clip(found.boxes[:, 3].astype(int), 0, self.size[1] - 1)
        return found[~self._ignored[y, x]]

    def _new(self, time_s: float, seen: Tracked) -> _Followed:
        stops = [LineWatch(lane.stop) for lane in self.lanes.lanes] if self.lanes is not None else []
        gait = None if self.detector.classifies else Gait(*self.size)
        return _Followed(Path(*self.size), [LineWatch(line) for line in self._lines], stops, Motion(time_s, seen.middle), gait,
                         seen.kind)

    def _follow(self, frame: VideoFrame, seen: Tracked, followed: _Followed, events: list[CountEvent]) -> SeenTrack:
        kind = seen.kind
        if followed.gait is not None and kind is RoadUser.VEHICLE:
            followed.gait.see(frame.time_s, seen.box)
            if followed.gait.on_foot:
                kind = RoadUser.PEDESTRIAN
        followed.kind = kind
        number = self._offset + seen.track
        self._next_track = max(getattr(self, "_next_track", 0), number)
        left, top, right, bottom = seen.box
        foot = seen.foot
        place: tuple[float, float] | None = None
        width_m = None
        if self._ground is not None:
            x, y = self._ground.metres([foot])[0]
            if math.isfinite(x) and math.isfinite(y):
                place = float(x), float(y)
        followed.motion.add(frame.time_s, seen.middle, math.sqrt(max(1.0, (right - left) * (bottom - top))), place)
        velocity = followed.motion.velocity_mps() if place is not None else None
        speed = math.hypot(*velocity) if velocity is not None else None
        if speed is not None and (speed < STANDS_MPS or followed.motion.standing_s > 0):
            speed = 0.0 if followed.motion.standing_s > 0 else speed
        heading = ((velocity[0] / speed, velocity[1] / speed) if velocity is not None and speed is not None and speed >= STANDS_MPS
                   else None)
        lane = self.lanes.lane_at(*foot) if self.lanes is not None and kind.drives else None
        distance = None
        if lane is not None:
            if kind is RoadUser.VEHICLE and place is not None and self._ground is not None:
                ends = self._ground.metres([(left, bottom), (right, bottom)])
                width_m = float(np.hypot(*(ends[1] - ends[0])))
            distance = lane.distance_m(place, length_m(kind, width_m))
        for point in followed.path.add(frame.number, seen.box):
            self._crossings(number, followed, point, lane.id if lane is not None else None, events)
        return SeenTrack(number, kind, seen.score, seen.box, foot, place, speed, heading, lane.id if lane is not None else None,
                         distance, followed.motion.standing_s)

    def _end(self, track: int, events: list[CountEvent]) -> None:
        followed = self._followed.pop(track)
        for point in followed.path.end():
            self._crossings(self._offset + track, followed, point, None, events)

    def _crossings(self, number: int, followed: _Followed, point: object, lane: str | None, events: list[CountEvent]) -> None:
        for watch in followed.watches:
            crossing = watch.see(point)  # type: ignore[arg-type]
            if crossing is not None and (followed.kind.drives or self._people):
                events.append(self._event(crossing, watch.line.name, lane, followed.kind, number))
        if self.lanes is None or not followed.kind.drives:
            return
        found = [(lane_, crossing) for lane_, watch in zip(self.lanes.lanes, followed.stops, strict=True)
                 if (crossing := watch.see(point)) is not None and crossing.direction is lane_.counted]  # type: ignore[arg-type]
        # Stop lines of neighbouring lanes meet: whoever drives over the joint is in one of them.
        found.sort(key=lambda lc: abs(lc[0].stop.along(lc[1].x, lc[1].y) - 0.5))
        for watched, crossing in found:
            entry = watched.role.value == "exit"
            if followed.entry_done if entry else followed.stop_done:
                continue
            if entry:
                followed.entry_done = True
            else:
                followed.stop_done = True
            events.append(self._event(crossing, watched.id, watched.id, followed.kind, number))
            if self.measure is not None:
                self.measure.passed(watched.id, followed.kind)

    def _event(self, crossing: Crossing, line: str, lane: str | None, kind: RoadUser, track: int) -> CountEvent:
        frame = max(0, round(crossing.frame))
        ago_s = (self._images and 0.0) or 0.0
        return CountEvent(frame, self._time_of(crossing.frame) - ago_s, line, lane, crossing.direction, kind, track)

    def _time_of(self, frame: float) -> float:
        return self._times_from[1] + (frame - self._times_from[0]) / self.fps if hasattr(self, "_times_from") else frame / self.fps


def ground_of(site: CameraSite, size: tuple[int, int]) -> Ground | None:
    """The ground plane for images of ``size``; None where the site file has none. Raises :class:`CameraError`."""
    if site.homography is None:
        return None
    from detectors.camera.fit import homography_of

    matrix = homography_of(site)
    # Pixels of the image to pixels of the site file, then to metres.
    scale = np.diag([site.image.width / size[0], site.image.height / size[1], 1.0])
    return Ground.of(matrix @ scale)
