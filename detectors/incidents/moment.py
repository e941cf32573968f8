"""What watchers of incidents are shown, and what each of them must be able to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from detectors.incidents.incident import Place
from detectors.incidents.ledger import Ledger
from detectors.incidents.limits import IncidentLimits
from detectors.incidents.scene import LaneView, Scene
from detectors.incidents.trail import Trail
from detectors.incidents.trails import Trails


@dataclass(frozen=True, slots=True)
class Moment:
    """One look. ``green`` by lane, None where no signal is known; ``step_s`` since the last look; ``classifies``: whether the
    detector tells people from vehicles by more than their shape; ``shared`` are the tracks that are several vehicles in one
    box, ``each`` everybody by himself, where ``trails`` are of boxes."""

    time_s: float
    step_s: float
    scene: Scene
    trails: Trails
    ledger: Ledger
    limits: IncidentLimits
    green: Mapping[str, bool] | None = None
    classifies: bool = True
    shared: frozenset[int] = frozenset()
    each: Trails | None = None

    def green_of(self, lane: LaneView | None) -> bool | None:
        """Whether ``lane`` has green; None where nobody knows."""
        return None if lane is None or self.green is None else self.green.get(lane.id)

    @property
    def stretch(self) -> float:
        """By how much lengths are multiplied."""
        return 1.0 if self.scene.calibrated else self.limits.uncalibrated_times


class Watcher(Protocol):
    """One kind of incident."""

    def see(self, moment: Moment) -> None: ...

    def forget(self) -> None:
        """All its incidents were closed, and the view is another."""


def place_of(trail: Trail, zone: str | None = None) -> Place:
    return Place(trail.lane.id if trail.lane else None, zone, trail.box, trail.now.place_m)
