"""From images to counts: a detector, a tracker, and what follows from who was where."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detectors.camera.fit import ground_of
from detectors.camera.lens import lens_of
from detectors.camera.site import CameraSite, LaneRole
from detectors.counting.doubles import Doubles
from detectors.counting.lanes import LaneMap, WatchedLane, length_m
from detectors.counting.lanes_followed import LanesFollowed
from detectors.counting.line import CountLine, Crossing, LineWatch, Point
from detectors.counting.measure import LaneMeasure
from detectors.counting.motion import Motion
from detectors.counting.on_foot import Gait
from detectors.counting.path import Path
from detectors.counting.results import CountEvent, FrameResult, SeenTrack
from detectors.lane_traffic.agreement import NOT_FOLLOWED, Agreement
from detectors.lane_traffic.sizes import SizeWatch, UsualSizes
from detectors.lane_traffic.watch import Passage
from detectors.observation import Quality
from detectors.video.frames import VideoFrame
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections, Detector, Image
from detectors.vision.road_users import RoadUser
from detectors.vision.tracking import Tracked, Tracker
from detectors.walkers.upright import Upright, carriageway_of
from detectors.walkers.watch import LEAST_FPS, Walkers

FORGET_EVERY = 10
LONGEST_STEPS = 100
"""A gap of more images than this is one in which everybody is lost anyhow."""
MOMENTS = 250
JUST_SEEN_S = 0.3
"""Who was seen no longer ago than this when the images end was there to the end."""
LEAST_SEEN, SEEN_SHARE = 3, 0.3
"""Nobody is counted who was seen in fewer images, or in a smaller share of those since the first: that is one splinter here and
another there under one number."""
STRAY, STRAY_OVER_S = 1.0, 10.0
LEAST_STRAYING, STRAYING_SHARE = 4, 0.6
"""Where so many an image are seen who are nobody's next sighting, by the mean of so long, it rains or the light flickers: of so
much, three that lie on one line are soon found. Somebody is there in most images."""


@dataclass(slots=True)
class _Followed:
    """What is kept of one track."""

    path: Path
    watches: list[LineWatch]
    stops: list[tuple[WatchedLane, LineWatch]]
    motion: Motion
    gait: Gait | None
    kind: RoadUser
    born: int
    """The image in which it was first seen, of those looked at; below that in which it was last, and in how many it was."""
    last: int = 0
    seen: int = 0
    lane: str | None = None
    counted: set[LaneRole] = field(default_factory=set)
    """A vehicle comes over one stop line of an approach, and goes into one exit."""
    unsaid: list[tuple[int, Crossing]] = field(default_factory=list)
    """Crossings of the lines, by their number, that were certain before it was known to be anybody: of few images a second a
    vehicle has crossed in two, and is counted with the third."""
    stopped: list[tuple[WatchedLane, Crossing]] = field(default_factory=list)
    """The same of the lanes' stop lines."""


class CameraCounter:
    """One camera. ``site`` says where lanes are and how pixels lie on the road; ``lines`` are counted at besides, in pixels of
    the image. ``image_size`` (width, height) of the images to come, ``fps`` their rate; ``people`` counts those on foot at the
    lines, too.

    An image of another size starts everything anew, the counts excepted. Raises :class:`~detectors.errors.CameraError` for a site
    whose ground plane cannot be laid.
    """

    def __init__(self, site: CameraSite | None, lines: Sequence[CountLine], detector: Detector, fps: float,
                 image_size: tuple[int, int], *, people: bool = False) -> None:
        self.site, self.detector, self.fps = site, detector, fps
        self._given_lines, self._given_size, self._people = tuple(lines), image_size, people
        self._ground = ground_of(site) if site is not None else None
        self._measure = LaneMeasure()
        self._moments: deque[tuple[int, float]] = deque(maxlen=MOMENTS)
        self._first_track = self._last_track = 0
        self._first_image: int | None = None
        self.image: Image | None = None
        """The latest as it was looked at (:meth:`steadied`)."""
        self.left_out = 0
        """Crossings of lines by people on foot, where those are not asked for."""
        self._begin(image_size)

    def _begin(self, size: tuple[int, int]) -> None:
        self.size = size
        sx, sy = size[0] / self._given_size[0], size[1] / self._given_size[1]
        self.lines = [CountLine(line.x1 * sx, line.y1 * sy, line.x2 * sx, line.y2 * sy, line.name) for line in self._given_lines]
        self.lanes: LaneMap | None = None
        self._to_site = (1.0, 1.0)
        if self.site is not None:
            sx, sy = size[0] / self.site.image.width, size[1] / self.site.image.height
            self._to_site = 1 / sx, 1 / sy
            self.lanes = LaneMap(self.site, self._ground, size)
            for line in self.site.lines:
                (x1, y1), (x2, y2) = line.points
                self.lines.append(CountLine(x1 * sx, y1 * sy, x2 * sx, y2 * sy, line.name))
        self._doubles = [Doubles(line, self._now) for line in self.lines]
        self._ignored = self.lanes.ignored if self.lanes is not None else None
        self._tracker = Tracker(self.fps, size, whole=self.detector.classifies)
        self._followed: dict[int, _Followed] = {}
        self._stray = 0.0
        self._agreement, self._others_drive, self.doubt = Agreement(), False, ""
        """Whether boxes drive where nobody is followed; why what is measured of lanes may be wrong though the view is good."""
        usual = UsualSizes(self.site, self._ground, size) if self.site is not None and self._ground is not None else None
        self._sizes = SizeWatch(usual, by_looks=self.detector.classifies)
        self._each = LanesFollowed(self.site, self._ground, self.lanes, self.detector, self.fps)
        self._walkers = self._people_sought()
        self._images = 0
        self._first_track = self._last_track

    @property
    def background(self) -> BackgroundDetector | None:
        """Who tells what moves from still road, be it to find vehicles or to measure them; None where nobody needs to."""
        return self._each.background

    @property
    def boxes_at(self) -> tuple[CountLine, ...]:
        """The lines at which nobody is counted who has no box: all but the stop lines of lanes along which vehicles are
        followed."""
        stops = [lane.stop for lane in self.lanes.lanes] if self.lanes is not None and self._ground is None else []
        return (*self.lines, *stops)

    def see(self, frame: VideoFrame, *, quality: Quality = Quality.GOOD, reason: str = "",
            found: Detections | None = None) -> FrameResult:
        """All that is known of this image. ``quality`` and ``reason`` are what is thought of the view, and go with the lanes.
        ``found`` is what the detector has found in it, where somebody has asked it already: in the :meth:`steadied` one."""
        events: list[CountEvent] = []
        size = frame.image.shape[1], frame.image.shape[0]
        if size != self.size:
            for track in list(self._followed):
                self._end(track, events)
            if found is None:
                self.detector.forget()
            self._begin(size)
        if self._first_image is None:
            self._first_image = frame.number
        steps = round((frame.time_s - self._moments[-1][1]) * self.fps) if self._moments else 1
        self._moments.append((frame.number, frame.time_s))
        if found is None:
            frame = self.steadied(frame)
            found = self.detector.detect(frame.image)
        self.image = frame.image
        if self._ignored is not None and len(found):
            found = self._watched(found)
        passages = self._each.see(frame, found, self._place)
        self._sizes.image(frame.image)
        known = self._tracker.update(found, min(max(1, steps), LONGEST_STEPS))
        # What a model is not sure of is nobody's next sighting either, and no rain.
        strays = 0 if self.detector.classifies else len(found) - len(known)
        self._stray += (strays - self._stray) / max(1.0, STRAY_OVER_S * self.fps)
        tracks = [self._follow(frame, seen, events) for seen in known]
        for passage in passages:
            if self._each.known(passage.lane):
                self._agreement.followed(frame.time_s)
            if not self._by_boxes(passage.lane):
                events.append(self._passage(frame, passage, tracks))
        disagreement = self._agreement.doubt(frame.time_s, one_by_one=self._each.approaches is not None)
        self._others_drive = disagreement == NOT_FOLLOWED
        # Everybody's size may be why.
        self.doubt = self._sizes.doubt(frame.time_s) or disagreement
        quality, reason = self.worth(quality, reason)
        self._images += 1
        if self._images % FORGET_EVERY == 0:
            alive = self._tracker.alive()
            for track in [t for t in self._followed if t not in alive]:
                self._end(track, events)
        if self.lanes is None:
            return FrameResult(frame.number, frame.time_s, tuple(tracks), tuple(events))
        return FrameResult(frame.number, frame.time_s, tuple(tracks), tuple(events),
                           self._measure.lanes(self.lanes, frame.time_s, tracks, quality, reason, self._each.approaches),
                           self._measure.exits(self.lanes, frame.time_s, tracks),
                           self._measure.crossings(self.lanes, frame.time_s, tracks), self._each.by_lane(self.size),
                           self._walking(frame))

    def steadied(self, frame: VideoFrame) -> VideoFrame:
        """The same as if the camera hung still, where that matters: to what moves before still road, and to metres."""
        return self._each.steadied(frame)

    def finish(self) -> tuple[CountEvent, ...]:
        """No more images: what is certain now of those who are still on their way. Who is over a line with his middle has crossed
        it, as he had not at the beginning: of a recording that is cut in two he is counted in one of the parts."""
        events: list[CountEvent] = []
        for track, followed in list(self._followed.items()):
            there = self._images - followed.last <= JUST_SEEN_S * self.fps + 1.0
            self._end(track, events)
            if there:
                self._crossings(self._first_track + track, followed, None, events)
        return tuple(events)

    def worth(self, quality: Quality, reason: str) -> tuple[Quality, str]:
        """``quality`` and ``reason`` of a view, no better than what speaks against its lanes by now."""
        return (Quality.DEGRADED, self.doubt) if self.doubt and quality is Quality.GOOD else (quality, reason)

    def _by_boxes(self, lane: str) -> bool:
        """Whether boxes are counted at the stop line: nobody is followed along the lane, or not those who drive there."""
        return self._others_drive or not self._each.known(lane)

    @property
    def one_by_one(self) -> bool:
        """Whether the detector's foreground is measured with, and what is measured tells it what to learn: it must not look at
        the next image before."""
        return self._each.with_detector

    def _people_sought(self) -> Walkers | None:
        """None where a model knows people by their looks, where nobody knows how large they would be, or too seldom looks."""
        if self.site is None or self._ground is None or self.detector.classifies or self.fps < LEAST_FPS:
            return None
        lens = lens_of(self._ground, (self.site.image.width, self.site.image.height))
        if lens is None:
            return None
        upright = Upright(self._ground, lens, (1 / self._to_site[0], 1 / self._to_site[1]))
        window = carriageway_of(self.site, upright, self.size)
        return Walkers(upright, window, self.size, self.fps) if window is not None else None

    def _walking(self, frame: VideoFrame) -> tuple[SeenTrack, ...] | None:
        if self._walkers is None:
            return None
        return self._walkers.see(frame.time_s, frame.image, self._each.larger)

    def _passage(self, frame: VideoFrame, passage: Passage, tracks: Sequence[SeenTrack]) -> CountEvent:
        """Of the track whose box is nearest to the stop line; of none, and then numbered below zero, where that is not seen."""
        assert self.lanes is not None
        lane = next(lane for lane in self.lanes.lanes if lane.id == passage.lane)
        self._measure.passed(lane.id, passage.kind)
        here = [t for t in tracks if self._followed[t.track - self._first_track].lane == lane.id]
        near = min(here, key=lambda t: abs(lane.stop.side_px(*t.foot)), default=None)
        track = near.track if near is not None else -passage.number
        return CountEvent(frame.number, frame.time_s, lane.id, lane.id, lane.counted, passage.kind, track)

    def _watched(self, found: Detections) -> Detections:
        assert self._ignored is not None
        x = np.clip(((found.boxes[:, 0] + found.boxes[:, 2]) / 2).astype(int), 0, self.size[0] - 1)
        y = np.clip(found.boxes[:, 3].astype(int), 0, self.size[1] - 1)
        return found[~self._ignored[y, x]]

    def _follow(self, frame: VideoFrame, seen: Tracked, events: list[CountEvent]) -> SeenTrack:
        followed = self._followed.get(seen.track)
        if followed is None:
            whole = self.detector.classifies
            lanes = self.lanes.lanes if self.lanes is not None else ()
            stops = [(lane, LineWatch(lane.stop, whole, on_road=True)) for lane in lanes]
            followed = self._followed[seen.track] = _Followed(
                Path(*self.size, self.fps), [LineWatch(line, whole) for line in self.lines], stops,
                Motion(frame.time_s, seen.middle), None if whole else Gait(*self.size), seen.kind, self._images)
        followed.seen += 1
        followed.last = self._images
        number = self._first_track + seen.track
        self._last_track = max(self._last_track, number)
        kind = followed.kind = self._kind(frame.time_s, seen, followed)
        left, top, right, bottom = seen.box
        place = self._place(seen.foot)
        motion = followed.motion
        motion.add(frame.time_s, seen.middle, math.sqrt(max(1.0, (right - left) * (bottom - top))), place)
        lane = self.lanes.lane_at(*seen.foot) if self.lanes is not None and kind.drives else None
        followed.lane = lane.id if lane is not None else followed.lane
        if lane is not None:
            self._sizes.see(seen.track, lane.id, kind, seen.box)
        length = length_m(kind, self._width_m(seen.box) if lane is not None and kind is RoadUser.VEHICLE else None)
        for point in followed.path.add(frame.number, seen.box):
            self._crossings(number, followed, point, events)
        return SeenTrack(number, kind, seen.score, seen.box, seen.foot, place, motion.speed_mps(),
                         lane.id if lane is not None else None, lane.distance_m(place, length) if lane is not None else None,
                         motion.standing_s, length)

    def _kind(self, time_s: float, seen: Tracked, followed: _Followed) -> RoadUser:
        if followed.gait is None or seen.kind is not RoadUser.VEHICLE:
            return seen.kind
        followed.gait.see(time_s, seen.box, followed.motion.speed_mps())
        return RoadUser.PEDESTRIAN if followed.gait.on_foot else seen.kind

    def _place(self, foot: tuple[float, float]) -> tuple[float, float] | None:
        if self._ground is None:
            return None
        return self._ground.place_m(foot[0] * self._to_site[0], foot[1] * self._to_site[1])

    def _width_m(self, box: tuple[float, float, float, float]) -> float | None:
        left, _, right, bottom = box
        a, b = self._place((left, bottom)), self._place((right, bottom))
        return math.dist(a, b) if a is not None and b is not None else None

    def _end(self, track: int, events: list[CountEvent]) -> None:
        followed = self._followed.pop(track)
        self._sizes.gone(self._moments[-1][1], track)
        for point in followed.path.end():
            self._crossings(self._first_track + track, followed, point, events)

    def _crossings(self, track: int, followed: _Followed, point: Point | None, events: list[CountEvent]) -> None:
        """With one more point, or, with None, with no more to come."""
        kind = followed.kind
        followed.unsaid += [(index, crossing) for index, watch in enumerate(followed.watches)
                            if (crossing := self._seen_crossing(watch, point)) is not None]
        followed.stopped += [(lane, crossing) for lane, watch in followed.stops
                             if (crossing := self._seen_crossing(watch, point)) is not None]
        least, share = (LEAST_STRAYING, STRAYING_SHARE) if self._stray > STRAY else (LEAST_SEEN, SEEN_SHARE)
        if followed.seen < least:
            return
        said, crossed = tuple(followed.unsaid), tuple(followed.stopped)
        followed.unsaid.clear()
        followed.stopped.clear()
        if followed.seen < share * (followed.last - followed.born):
            return
        if not (kind.drives or self._people):
            self.left_out += len(said)
            return
        for index, crossing in said:
            event = self._event(crossing, self.lines[index].name, followed.lane, kind, track)
            if not kind.drives or not self._doubles[index].is_part(crossing, event.time_s, track):
                events.append(event)
        if not kind.drives:
            return
        over = [(lane, crossing) for lane, crossing in crossed if crossing.direction is lane.counted]
        if any(lane.role is LaneRole.APPROACH and crossing.direction is not lane.counted for lane, crossing in crossed):
            self._agreement.box(self._moments[-1][1], back=True)
        # Stop lines of neighbouring lanes meet: whoever drives over the joint is in one of the two.
        for lane, crossing in sorted(over, key=lambda row: abs(row[1].along_px / row[0].stop.length_px - 0.5)):
            if lane.role in followed.counted:
                continue
            followed.counted.add(lane.role)
            approach = lane.role is LaneRole.APPROACH
            if approach:
                self._agreement.box(self._moments[-1][1], too_fast=followed.motion.too_fast, long=self._each.known(lane.id))
            if not approach or self._by_boxes(lane.id):
                events.append(self._event(crossing, lane.id, lane.id, kind, track))
                self._measure.passed(lane.id, kind)

    def _seen_crossing(self, watch: LineWatch, point: Point | None) -> Crossing | None:
        """None, too, of who is over the line with his middle in the very first image: he crossed before anybody looked."""
        crossing = watch.see(point) if point is not None else watch.end()
        return crossing if crossing is None or self._first_image is None or crossing.frame > self._first_image else None

    def _now(self, track: int) -> Point | None:
        followed = self._followed.get(track - self._first_track)
        return followed.path.last if followed is not None else None

    def _event(self, crossing: Crossing, line: str, lane: str | None, kind: RoadUser, track: int) -> CountEvent:
        number, time_s = min(self._moments, key=lambda m: abs(m[0] - crossing.frame))
        # Beyond the last image, or before the first, by the rate.
        time_s += (crossing.frame - number) / self.fps if number in (self._moments[0][0], self._moments[-1][0]) else 0.0
        return CountEvent(max(0, round(crossing.frame)), time_s, line, lane, crossing.direction, kind, track)
