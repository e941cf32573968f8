"""One rendered camera at work: it takes images, the detector and tracker of the street see them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectors.counter import CameraCounter
from detectors.counting.results import FrameResult
from detectors.incidents.incident import Incident
from detectors.incidents.watch import IncidentWatch
from detectors.video.frames import VideoFrame
from detectors.vision.detections import Image
from detectors.vision.pick import detector_for
from simulation.cameras.approach import CameraView
from simulation.cameras.scene import Placed
from simulation.cameras.settings import CameraSettings
from simulation.cameras.studio import Studio
from simulation.cameras.weather import Weather


class RenderedCamera:
    """``view`` as its images show it. ``image`` is the latest, ``last`` what was made of it, ``incidents`` all that were told,
    by number, each as it was told last; ``greens`` by lane is what it is told of the signals.

    Raises :class:`~detectors.errors.WeightsError` where the detector's model cannot be had.
    """

    def __init__(self, net: Any, view: CameraView, settings: CameraSettings, seed: int) -> None:
        self.view = view
        self.studio = Studio(net, view, Weather(settings.weather), seed)
        detector = detector_for(settings.detector, settings.weights, fps=settings.fps)
        self._counter = CameraCounter(view.site, (), detector, settings.fps, view.pose.size)
        self.image: Image | None = None
        self.last: FrameResult | None = None
        self._watch = IncidentWatch(view.site, settings.fps, view.pose.size, classifies=detector.classifies)
        self.greens: Mapping[str, bool] = {}
        self.incidents: dict[int, Incident] = {}

    def take(self, placed: Sequence[Placed], number: int, time_s: float) -> None:
        """Image ``number`` of those who are there at ``time_s``."""
        self.image = self.studio.image(placed, number, time_s)
        self.last = self._counter.see(VideoFrame(number, time_s, self.image))
        self.incidents.update({one.number: one for one in self._watch.see(self.last, self.greens)})

    def finish(self) -> None:
        """No more images."""
        self.incidents.update({one.number: one for one in self._watch.finish()})
