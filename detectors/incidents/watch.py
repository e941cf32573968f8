"""Incidents of one camera, from what was seen in each image."""

from __future__ import annotations

import math
from collections.abc import Mapping

from detectors.camera.site import CameraSite
from detectors.counting.results import FrameResult
from detectors.incidents.camera_blinded import camera_blinded
from detectors.incidents.camera_moved import camera_moved
from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.ledger import Ledger
from detectors.incidents.limits import DEFAULT_INCIDENT_LIMITS, IncidentLimits
from detectors.incidents.moment import Moment, Watcher
from detectors.incidents.one_by_one import one_by_one, shared
from detectors.incidents.pedestrian import PedestrianOnCarriageway
from detectors.incidents.scene import Scene
from detectors.incidents.slow_zone import SlowZone
from detectors.incidents.spill_back import SpillBack
from detectors.incidents.stopped import StoppedVehicles
from detectors.incidents.trails import Trails
from detectors.incidents.wrong_way import WrongWay
from detectors.quality.watch import ViewQuality

BACK_S = 1.0
"""A recording that begins again, or a clock that was set: earlier moments mean nothing."""
SETTLES_S = 20.0
"""So long after a camera looks where it should again, a detector that learns its background remembers what it saw elsewhere: that
stands on the road, and slides along it."""
OF_CAMERA = frozenset({IncidentKind.CAMERA_MOVED, IncidentKind.CAMERA_BLINDED})


class IncidentWatch:
    """``site`` None where nothing is known of the camera: then stopped vehicles and wrong way are judged by what traffic
    usually does, cautiously. ``fps`` is the rate at which results come, ``image_size`` width and height of the images that
    their boxes are in. ``classifies`` as the detector does (:class:`~detectors.vision.detections.Detector`): one that does not
    takes what is upright for people, who are then believed once they have walked across a lane.

    Where the lanes' vehicles are followed one by one, who stands and who is slow is judged by these and not by boxes, which
    a queue may share; and where people are looked for besides, on foot is who was found so.

    Results are looked at every ``limits.look_every_s`` at most, since incidents last for seconds.
    """

    def __init__(self, site: CameraSite | None, fps: float, image_size: tuple[int, int], *,
                 limits: IncidentLimits = DEFAULT_INCIDENT_LIMITS, classifies: bool = True) -> None:
        self._site, self._limits, self._classifies = site, limits, classifies
        # Half an image early is early enough: else 0.2 s at 30 images a second would become 0.233 s.
        self._look_every_s = limits.look_every_s - 0.5 / max(fps, 1.0)
        self._ledger = Ledger()
        self._moved, self._blinded = camera_moved(), camera_blinded()
        self._last_s = -math.inf
        self._step_from_s: float | None = None
        self._elsewhere = False
        self._settled_s = -math.inf
        self._look_at(image_size)

    def _look_at(self, image_size: tuple[int, int]) -> None:
        self.image_size, self._scene = image_size, Scene(self._site, image_size)
        # Who drives against a lane is followed along none, and people are not either: they are watched by their boxes.
        self._boxes, self._each = Trails(self._scene, self._limits), Trails(self._scene, self._limits)
        self._walkers = Trails(self._scene, self._limits)
        self._walkers_sought = False
        self._of_boxes: tuple[Watcher, ...] = (WrongWay(*image_size),)
        self._of_people: tuple[Watcher, ...] = (PedestrianOnCarriageway(),)
        self._of_each: tuple[Watcher, ...] = (StoppedVehicles(), SpillBack(), SlowZone())

    @property
    def open(self) -> tuple[Incident, ...]:
        """Those that last."""
        return self._ledger.open

    def see(self, result: FrameResult, green: Mapping[str, bool] | None = None,
            quality: ViewQuality | None = None) -> tuple[Incident, ...]:
        """The incidents that opened or closed. ``green`` by lane: whether it has green now, None (or a lane left out) where that
        is not known. ``quality`` of the view, None where nobody looks at it."""
        now_s = result.time_s
        if now_s < self._last_s - BACK_S:
            self._begin_anew("time went back")
        elif now_s - self._last_s > self._limits.lost_s and math.isfinite(self._last_s):
            # Whoever stands there after a gap may be somebody else.
            self._forget_trails()
            self._show(self._last_s, 0.0, None)
            self._step_from_s = None
        if not now_s - self._last_s >= self._look_every_s:
            return self._ledger.told()
        self._last_s = now_s
        view = quality or ViewQuality()
        self._moved.see(view.moved, view.reason, now_s, self._ledger, self._limits)
        self._blinded.see(view.blinded, view.reason, now_s, self._ledger, self._limits)
        if view.shifted or view.blinded:
            if self._moved.open and not self._elsewhere:
                self._forget(now_s, "the camera moved")
            self._elsewhere = self._moved.open
            self._step_from_s = None
            return self._ledger.told()
        if self._elsewhere:
            self._elsewhere, self._settled_s = False, now_s + (0.0 if self._classifies else SETTLES_S)
        if now_s < self._settled_s:
            return self._ledger.told()
        step_s = 0.0 if self._step_from_s is None else min(1.0, now_s - self._step_from_s)
        self._step_from_s = now_s
        self._boxes.see(now_s, result.tracks)
        self._each.see(now_s, one_by_one(result))
        self._each.come_with(self._boxes)
        self._walkers_sought = result.walkers is not None
        self._walkers.see(now_s, result.walkers or ())
        self._show(now_s, step_s, green, shared(result))
        return self._ledger.told()

    def resize(self, image_size: tuple[int, int]) -> None:
        """Images are of another size from now on: boxes of before are in other pixels, so nobody on the road is known again."""
        if image_size == self.image_size:
            return
        if math.isfinite(self._last_s):
            self._ledger.end_all(self._last_s, "the image changed its size", but=OF_CAMERA)
        self._step_from_s = None
        self._look_at(image_size)

    def finish(self) -> tuple[Incident, ...]:
        """The video is over: what is still open ends with it."""
        if math.isfinite(self._last_s):
            self._ledger.end_all(self._last_s, "the video ended")
        return self._ledger.told()

    def _show(self, now_s: float, step_s: float, green: Mapping[str, bool] | None,
              in_one_box: frozenset[int] = frozenset()) -> None:
        people = self._walkers if self._walkers_sought else self._boxes
        for trails, watchers in ((self._boxes, self._of_boxes), (people, self._of_people), (self._each, self._of_each)):
            moment = Moment(now_s, step_s, self._scene, trails, self._ledger, self._limits, green, self._classifies, in_one_box,
                            self._each)
            for watcher in watchers:
                watcher.see(moment)

    def _begin_anew(self, why: str) -> None:
        self._forget(self._last_s, why)
        self._ledger.end_all(self._last_s, why)
        self._moved, self._blinded = camera_moved(), camera_blinded()
        self._last_s, self._step_from_s, self._settled_s = -math.inf, None, -math.inf

    def _forget(self, now_s: float, why: str) -> None:
        self._ledger.end_all(now_s, why, but=OF_CAMERA)
        self._forget_trails()
        for watcher in (*self._of_boxes, *self._of_people, *self._of_each):
            watcher.forget()

    def _forget_trails(self) -> None:
        self._boxes.forget()
        self._each.forget()
        self._walkers.forget()
