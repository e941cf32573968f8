"""Which cameras a run has, and what must be said of what they do not see."""

from __future__ import annotations

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from simulation.cameras.approach import CameraView, view_of
from simulation.cameras.settings import CameraSettings, approaches_of, watched_junctions
from simulation.prepare import Prepared


def junctions_of(settings: CameraSettings, ready: Prepared) -> tuple[JunctionId, ...]:
    """Junctions that get a camera on each approach. Raises :class:`BadInput` for a name that fits none or several."""
    return watched_junctions(settings, ready.signals, ready.corridors[0].junctions if ready.corridors else ())


def views_of(settings: CameraSettings, ready: Prepared) -> list[CameraView]:
    """A camera for each approach of the chosen junctions that has a lane in view."""
    found = []
    junctions = junctions_of(settings, ready)
    for j in junctions:
        for approach in approaches_of(ready.signals, j):
            view = view_of(ready.signals.net, ready.signals.junctions[j], approach)
            if view is not None:
                found.append(view)
    if not found:
        raise BadInput(f"no camera at {', '.join(junctions)} would see a lane: its approaches are too short", where="--cameras",
                       mend="name others with --camera-junctions")
    return found


def note_of(settings: CameraSettings, ready: Prepared) -> str:
    """What the reader of any output must know of who saw what."""
    junctions = junctions_of(settings, ready)
    cameras = sum(len(approaches_of(ready.signals, j)) for j in junctions)
    others = len(ready.signals.junctions) - len(junctions)
    rest = f"; the other {others} junctions see by SUMO's own, perfect detectors" if others else ""
    return (f"Approach lanes of {', '.join(junctions)} were seen by {cameras} rendered cameras only ({settings.weather}, "
            f"{settings.detector}, {settings.fps:g} images/s). Their crossings, exits and conflict areas{rest}"
            f"{'' if others else ' are SUMO’s own, perfect'}.")


def say_which(settings: CameraSettings, ready: Prepared) -> str:
    """One line before the run: where the cameras are, and that there could be more."""
    junctions = junctions_of(settings, ready)
    cameras = sum(len(approaches_of(ready.signals, j)) for j in junctions)
    every = sum(len(approaches_of(ready.signals, j)) for j in ready.signals.junctions)
    names = ", ".join(ready.signals.junctions[j].junction.label for j in junctions)
    more = "" if settings.junctions or len(junctions) == len(ready.signals.junctions) else (
        f"; all {every} approaches could have one: --camera-junctions names others, each camera takes its time")
    return f"{cameras} cameras at {names}{more}"
