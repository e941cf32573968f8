"""All cameras of one run: set up before it, looked through at every step, compared with the truth, and accounted for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import cv2

from simulation.cameras.camera import RenderedCamera
from simulation.cameras.feed import CameraFeed
from simulation.cameras.recording import Recording
from simulation.cameras.settings import CameraSettings
from simulation.cameras.traffic import Traffic
from simulation.cameras.truth import CameraErrors
from simulation.cameras.views import junctions_of, views_of
from simulation.prepare import Prepared
from simulation.sumo.feed import SumoFeed


class Eyes:
    """``feed`` is what control sees. Use as a context manager: films are finished at the end.

    Raises :class:`BadInput` where no camera would see any lane.
    """

    def __init__(self, settings: CameraSettings, ready: Prepared, api: Any, rest: SumoFeed, seed: int) -> None:
        self._settings, self._rest, self._ready = settings, rest, ready
        self.junctions = junctions_of(settings, ready)
        self.views = views_of(settings, ready)
        net = ready.signals.net
        # Cameras share the processors among them; none of OpenCV's steps is worth sharing out any further.
        cv2.setNumThreads(1)
        self._pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "camera")
        self.cameras = list(self._pool.map(lambda view: RenderedCamera(net, view, settings, seed), self.views))
        lanes = dict.fromkeys(lane for c in self.cameras for lane in c.studio.outlook.lanes)
        walks = dict.fromkeys(walk for c in self.cameras for walk in c.studio.outlook.walks)
        watched = {lane.id: view.site.range_m for view in self.views for lane in view.site.lanes}
        own = [str(lane.id) for j in self.junctions for lane in ready.signals.junctions[j].junction.lanes]
        self.feed = CameraFeed(rest, self.cameras, Traffic(api, lanes, walks, seed), fps=settings.fps, start_s=ready.begin_s,
                               blind=[lane for lane in own if lane not in watched], pool=self._pool, taken=self._filmed)
        self.errors = CameraErrors(watched)
        self._films = [Recording(settings.video, camera, settings.fps, rest) for camera in self.cameras] if settings.video else []
        self._took_s = 0.0
        self.signals: Callable[[float], Mapping[str, bool]] = lambda now_s: {}
        """Which lanes have green, for incidents: set as soon as there are cabinets to ask."""

    def _filmed(self, time_s: float) -> None:
        for film in self._films:
            film.add(time_s)

    def look(self, now_s: float) -> None:
        """After every step of the simulation."""
        begun = time.perf_counter()
        greens = self.signals(now_s)
        for camera in self.cameras:
            camera.greens = greens
        self.feed.look(now_s)
        self._took_s += time.perf_counter() - begun

    def compare(self, now_s: float) -> None:
        """Once a second: what the cameras say against what is there."""
        self.errors.note(self.feed.observe(now_s), self._rest.observe(now_s))

    def figures(self) -> dict[str, Any]:
        """Plain values for JSON: what was watched by which cameras, how wrong they were, and what it took."""
        images = self.feed.taken * len(self.cameras)
        for camera in self.cameras:
            camera.finish()
        lanes = sum(len(s.junction.lanes) for s in self._ready.signals.junctions.values())
        return {"weather": self._settings.weather, "detector": self._settings.detector, "fps": self._settings.fps,
                "cameras": [view.name for view in self.views], "junctions": list(map(str, self.junctions)),
                "junction_names": [self._ready.signals.junctions[j].junction.name or str(j) for j in self.junctions],
                "lanes_watched": len(self.errors.lanes), "lanes_blind": len(self.feed.blind), "lanes_in_net": lanes,
                "images": images, "ms_per_image": round(self._took_s / images * 1000, 2) if images else None,
                "incidents": [{"camera": camera.view.name} | one.as_dict() for camera in self.cameras
                              for one in camera.incidents.values()]} | self.errors.figures()

    def __enter__(self) -> Eyes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown()
        for film in self._films:
            film.close()
