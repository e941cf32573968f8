"""One rendered camera at work: it takes images, the detector and tracker of the street see them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from detectors.counter import CameraCounter
from detectors.counting.results import FrameResult
from detectors.video.frames import VideoFrame
from detectors.vision.detections import Detector, Image
from simulation.cameras.approach import CameraView
from simulation.cameras.scene import Placed
from simulation.cameras.settings import CameraSettings
from simulation.cameras.studio import Studio
from simulation.cameras.weather import Weather

Watcher = Callable[[Image, FrameResult], None]


def detector_of(settings: CameraSettings) -> Detector:
    """Raises :class:`~detectors.errors.WeightsError` where its model cannot be had."""
    if settings.detector == "yolo":
        from detectors.vision.yolo import DEFAULT_WEIGHTS, YoloDetector

        return YoloDetector(settings.weights or DEFAULT_WEIGHTS)
    from detectors.vision.background import BackgroundDetector

    return BackgroundDetector(settings.fps)


class RenderedCamera:
    """``view`` as its images show it. ``last`` is what was made of the latest one."""

    def __init__(self, net: Any, view: CameraView, settings: CameraSettings, seed: int) -> None:
        self.view = view
        self.studio = Studio(net, view, Weather(settings.weather), seed)
        self._counter = CameraCounter(view.site, (), detector_of(settings), settings.fps, view.pose.size)
        self.last: FrameResult | None = None
        self.watchers: list[Watcher] = []

    def take(self, placed: Sequence[Placed], number: int, time_s: float) -> None:
        """Image ``number`` of those who are there at ``time_s``."""
        image = self.studio.image(placed, number, time_s)
        self.last = self._counter.see(VideoFrame(number, time_s, image))
        for watcher in self.watchers:
            watcher(image, self.last)
