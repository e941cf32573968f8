"""The stage through images: painted as the camera would show it, then found, tracked and measured as on the street."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from detectors.camera.site import CameraSite
from detectors.counter import CameraCounter
from detectors.counting.results import FrameResult
from detectors.quality.watch import QualityWatch, ViewQuality
from detectors.video.frames import VideoFrame
from detectors.vision.pick import detector_for
from simulation.camera_incidents.camera import Pinhole
from simulation.camera_incidents.condition import Rendering
from simulation.camera_incidents.crossroads import JUNCTION
from simulation.camera_incidents.seen import Body
from simulation.camera_incidents.spoilt import Spoiler
from simulation.cameras.approach import CameraView
from simulation.cameras.bodies import Body as Look
from simulation.cameras.bodies import body
from simulation.cameras.scene import Placed
from simulation.cameras.studio import Studio
from simulation.cameras.weather import Weather

STOP_M = (-14.0, -3.3)
"""About the middle of the western approach's stop line."""


class RenderedEyes:
    """One camera. ``quality`` is how well its last image was seen. Raises :class:`~detectors.errors.WeightsError`."""

    def __init__(self, camera: Pinhole, net: Any, site: CameraSite, rendering: Rendering, seed: int, fps: float,
                 spoilers: Sequence[Spoiler] = ()) -> None:
        self._seed, self._spoilers = seed, spoilers
        view = CameraView(site.camera, JUNCTION, "west_in", camera.pose, site, {}, STOP_M)
        self._studio = Studio(net, view, Weather(rendering.weather), seed)
        detector = detector_for(rendering.detector, rendering.weights, fps=fps, size_px=rendering.size_px)
        self._counter = CameraCounter(site, (), detector, fps, camera.pose.size)
        self.classifies = detector.classifies
        self._view = QualityWatch(fps)
        self.quality: ViewQuality | None = None
        self._looks: dict[str, Look] = {}

    def see(self, number: int, time_s: float, everybody: Iterable[Body]) -> FrameResult:
        placed = [Placed(self._look(b), b.x, b.y, b.angle) for b in everybody]
        image = self._studio.image(placed, number, time_s)
        for spoiler in self._spoilers:
            image = spoiler.spoil(image, time_s, number)
        self.quality = self._view.see(image, time_s)
        return self._counter.see(VideoFrame(number, time_s, image), quality=self.quality.quality, reason=self.quality.reason)

    def _look(self, one: Body) -> Look:
        look = self._looks.get(one.name)
        if look is None or look.kind is not one.kind:
            look = self._looks[one.name] = body(one.kind, *one.size_m, one.name, self._seed)
        return look
