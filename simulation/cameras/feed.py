"""What rendered cameras make of a running simulation, as one more detector feed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Protocol

from detectors.counting.results import FrameResult
from detectors.observation import (
    ConflictAreaObservation,
    CrossingObservation,
    DetectorFeed,
    ExitObservation,
    Frame,
    LaneObservation,
)
from simulation.cameras.scene import Placed
from simulation.cameras.traffic import Traffic


class Camera(Protocol):
    """What a feed asks of each camera."""

    @property
    def last(self) -> FrameResult | None: ...

    def take(self, placed: Sequence[Placed], number: int, time_s: float) -> None: ...


class CameraFeed:
    """``rest`` (SUMO's own, perfect) for all that no camera looks at, ``cameras`` for the approach lanes before them.

    ``blind`` are lanes of a junction with cameras of which none sees enough: their observations raise KeyError, as on a street.
    Exits, crossings and the area between the stop lines are in no camera's task here and come from ``rest``.

    Images are taken between the simulation's steps, ``fps`` a simulated second, of everybody's place in between; how often
    the simulation steps and control decides stays as it is without cameras. ``look`` is called after every step; ``pool`` has
    the cameras work side by side, which changes nothing of what each of them sees, and ``taken`` is told after each image.
    """

    def __init__(self, rest: DetectorFeed, cameras: Sequence[Camera], traffic: Traffic, *, fps: float, start_s: float,
                 blind: Iterable[str] = (), pool: Executor | None = None, taken: Callable[[float], None] | None = None) -> None:
        self._rest, self._cameras, self._traffic = rest, cameras, traffic
        self._fps, self._start_s = fps, start_s
        self.blind = frozenset(blind)
        self._before = traffic.now(start_s)
        self._map = pool.map if pool is not None else map
        self._told = taken
        self._number = 0
        self._seen: dict[str, LaneObservation] = {}

    @property
    def taken(self) -> int:
        """Images that each camera has taken."""
        return self._number

    def look(self, now_s: float) -> None:
        """Take the images due since the last call."""
        after = self._traffic.now(now_s)
        due = math.floor((now_s - self._start_s) * self._fps + 1e-6)
        while self._number < due:
            self._number += 1
            time_s = self._start_s + self._number / self._fps
            take = partial(_take, placed=self._traffic.between(self._before, after, time_s), number=self._number, time_s=time_s)
            # Drawn to the end, so that an error in any of them is raised here.
            list(self._map(take, self._cameras))
            if self._told is not None:
                self._told(time_s)
        self._before = after
        self._seen = {lane: seen for camera in self._cameras if camera.last is not None
                      for lane, seen in camera.last.lanes.items()}

    def observe(self, now_s: float) -> CameraFrame:
        return CameraFrame(self._rest.observe(now_s), self._seen, self.blind)


def _take(camera: Camera, placed: Sequence[Placed], number: int, time_s: float) -> None:
    camera.take(placed, number, time_s)


class CameraFrame:
    """One moment: lanes as the cameras last saw them, the rest as it is."""

    __slots__ = ("_blind", "_rest", "_seen")

    def __init__(self, rest: Frame, seen: dict[str, LaneObservation], blind: frozenset[str]) -> None:
        self._rest, self._seen, self._blind = rest, seen, blind

    @property
    def time_s(self) -> float:
        return self._rest.time_s

    def lane(self, lane: str) -> LaneObservation:
        seen = self._seen.get(lane)
        if seen is not None:
            return seen
        if lane in self._blind:
            raise KeyError(lane)
        return self._rest.lane(lane)

    def exit(self, lane: str) -> ExitObservation:
        return self._rest.exit(lane)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        return self._rest.crossing(junction, group)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        return self._rest.conflict_area(junction)
