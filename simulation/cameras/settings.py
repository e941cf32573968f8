"""What a user may choose about rendered cameras, and which junctions get some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from simulation.cameras.weather import Weather
from simulation.explain_names import explained

if TYPE_CHECKING:
    from simulation.netmodel.derive import SignalNet

DETECTORS = ("background", "yolo")
MOST_UNASKED = 4
"""Cameras that are set up where nobody named junctions: what two processor cores render and watch at a bearable pace."""
LEAST_FPS, MOST_FPS = 2.0, 30.0


@dataclass(frozen=True)
class CameraSettings:
    """``junctions`` as named by the user, ids or parts of names; none: the first of the corridor, whole junctions up to
    :data:`MOST_UNASKED` cameras. ``weights`` for a detector that needs some; ``video`` a folder that rendered films go to."""

    weather: str = "day"
    detector: str = "background"
    fps: float = 8.0
    junctions: tuple[str, ...] = ()
    weights: str | None = None
    video: Path | None = None

    def check(self) -> None:
        """Raise :class:`BadInput` for a weather, detector or rate that cannot be."""
        if self.weather not in list(Weather):
            raise BadInput(f"the weather is {self.weather!r}", where="--camera-weather", mend=f"one of {', '.join(Weather)}")
        if self.detector not in DETECTORS:
            raise BadInput(f"the detector is {self.detector!r}", where="--camera-detector", mend=f"one of {', '.join(DETECTORS)}")
        if not LEAST_FPS <= self.fps <= MOST_FPS:
            raise BadInput(f"{self.fps:g} images a second", where="--camera-fps",
                           mend=f"{LEAST_FPS:g} to {MOST_FPS:g}; fewer lose sight of who drives, more only cost time")


def approaches_of(signals: SignalNet, junction: JunctionId) -> tuple[str, ...]:
    """Roads that lead to a junction's stop lines."""
    return tuple(dict.fromkeys(str(lane.approach) for lane in signals.junctions[junction].junction.lanes))


def watched_junctions(settings: CameraSettings, signals: SignalNet, corridor: tuple[str, ...] = ()) -> tuple[JunctionId, ...]:
    """Junctions that get a camera on each approach. Raises :class:`BadInput` for a name that fits none or several."""
    if settings.junctions:
        return explained(settings.junctions, signals, where="--camera-junctions")
    order = [j for name in corridor if (j := JunctionId(name)) in signals.junctions] or list(signals.junctions)
    chosen: list[JunctionId] = []
    cameras = 0
    for j in order:
        cameras += len(approaches_of(signals, j))
        if chosen and cameras > MOST_UNASKED:
            break
        chosen.append(j)
    return tuple(chosen)
