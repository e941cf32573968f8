"""The vehicles of a site's lanes, followed one by one in images moved to where the camera usually looks."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.typing import NDArray

from detectors.camera.doubts import SHORTEST_LANE_M
from detectors.camera.ground import Ground
from detectors.camera.site import CameraSite, LaneRole
from detectors.counting.lanes import LaneMap
from detectors.counting.results import SeenTrack
from detectors.counting.sighted import Place, sightings
from detectors.lane_traffic.watch import LaneTraffic, Passage, traffic_of
from detectors.video.frames import VideoFrame
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections, Detector
from detectors.vision.steady import Steady

LEAVING_EVERY_S = 0.2
SWAYS_PX, LOOKS_EVERY_S = 1.0, 0.25
"""Of 640 across. Who counts at lines alone does not mind a camera that sways by less, and looks now and then whether it does."""


class LanesFollowed:
    """The lanes of one camera, in images of one size. Nobody is followed without a ``site`` with approaches, or where ``ground``
    does not tell where the camera hangs. ``fps`` is the images' rate."""

    def __init__(self, site: CameraSite | None, ground: Ground | None, lanes: LaneMap | None, detector: Detector,
                 fps: float) -> None:
        self._site, self._ground, self._lanes, self._detector, self._fps = site, ground, lanes, detector, fps
        self.approaches: LaneTraffic | None = None
        self._exits: LaneTraffic | None = None
        """Which nobody measures: looked at as often as incidents need it."""
        self._left_s = -math.inf
        self._still = self._sought()
        self._steady = Steady() if self._still is not None else Steady(SWAYS_PX, LOOKS_EVERY_S)

    def _sought(self) -> BackgroundDetector | None:
        """Who tells traffic from still road: the detector itself, or one beside it; None where no lanes are measured."""
        if self._lanes is None or self._ground is None or not any(x.role is LaneRole.APPROACH for x in self._lanes.lanes):
            return None
        return self._detector if isinstance(self._detector, BackgroundDetector) else BackgroundDetector(self._fps)

    @property
    def background(self) -> BackgroundDetector | None:
        """Who tells what moves from still road, be it to find vehicles or to measure them; None where nobody needs to."""
        return self._detector if isinstance(self._detector, BackgroundDetector) else self._still

    @property
    def with_detector(self) -> bool:
        """Whether the detector's foreground is measured with, and what is measured tells it what to learn."""
        return self._still is self._detector

    def known(self, lane: str) -> bool:
        """Whether vehicles of ``lane`` are followed over a length that is worth it."""
        return self.approaches is not None and self.approaches.reach_m(lane) >= SHORTEST_LANE_M

    def steadied(self, frame: VideoFrame) -> VideoFrame:
        """The same as if the camera hung still, where that matters: to what moves before still road, and to metres."""
        if self.background is None:
            return frame
        return frame._replace(image=self._steady.see(frame.image, frame.time_s, self._in_any(LaneTraffic.taken)))

    def see(self, frame: VideoFrame, found: Detections, place: Callable[[Place], Place | None]) -> list[Passage]:
        """Who passed a stop line. Vehicles are followed by what is not background, and by what a detector that knows their looks
        has ``found``; ``place`` gives metres on the road for pixels."""
        if self._still is None:
            return []
        assert self._site is not None
        still = self._still
        if not self.with_detector:
            still.detect(frame.image)
        mask = still.foreground
        if mask is not None and (self.approaches is None or mask.shape != self.approaches.size):
            shape, numbers = (mask.shape[0], mask.shape[1]), count(1)
            self.approaches = traffic_of(self._site, self._ground, shape, numbers=numbers)
            self._exits = traffic_of(self._site, self._ground, shape, LaneRole.EXIT, numbers)
            if self.approaches is None:
                self._still = None
        if self.approaches is None:
            return []
        assert self._lanes is not None
        seen = () if self.with_detector else sightings(found, self._lanes, place, self._exits)
        passages = self.approaches.see(frame.time_s, frame.image, mask, seen)
        still.kept = self.approaches.standing()
        if self._exits is not None:
            # Half an image early is early enough; time that went back begins anew.
            if not 0.0 <= frame.time_s - self._left_s < LEAVING_EVERY_S - 0.5 / max(self._fps, 1.0):
                self._left_s = frame.time_s
                self._exits.see(frame.time_s, frame.image, mask, seen, self.approaches.covered)
            still.kept = still.kept | self._exits.standing()
        return passages

    def by_lane(self, image_size: tuple[int, int]) -> dict[str, tuple[SeenTrack, ...]]:
        """Whoever is followed, in pixels of images of ``image_size`` (width, height)."""
        return {lane: there for traffic in (self.approaches, self._exits) if traffic is not None
                for lane, there in traffic.followed(image_size).items()}

    def larger(self) -> NDArray[np.bool_] | None:
        """Where a vehicle is known to be that nobody on foot is taken for; None where none is followed."""
        return self._in_any(LaneTraffic.larger)

    def _in_any(self, where: Callable[[LaneTraffic], NDArray[np.bool_]]) -> NDArray[np.bool_] | None:
        """The pixels of approaches and exits together; None where none is followed."""
        known = [where(traffic) for traffic in (self.approaches, self._exits) if traffic is not None]
        return np.logical_or.reduce(known) if known else None
