"""Lanes, movements and detectors of a junction, as a signal engineer lists them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import DetectorId, GroupId, LaneId


class Turn(StrEnum):
    LEFT = "left"
    THROUGH = "through"
    RIGHT = "right"
    U_TURN = "u-turn"
    CROSSING = "crossing"


@dataclass(frozen=True, slots=True)
class Lane:
    """One approach lane: ``length_m`` back to where the approach begins, ``groups`` that release it, ``approach`` the
    road it belongs to (lanes of one approach share it)."""

    id: LaneId
    approach: str
    length_m: float
    speed_mps: float
    groups: tuple[GroupId, ...]

    def __post_init__(self) -> None:
        for name, value in (("length_m", self.length_m), ("speed_mps", self.speed_mps)):
            if not math.isfinite(value) or value <= 0:
                raise InvalidValue(f"{name} is {value!r}, must be > 0", where=f"lane {self.id}")
        if not self.groups:
            raise InvalidValue("no signal group serves it", where=f"lane {self.id}")


@dataclass(frozen=True, slots=True)
class Movement:
    """One way through the junction. For a pedestrian crossing both lanes are footways."""

    group: GroupId
    from_lane: LaneId
    to_lane: LaneId
    turn: Turn


@dataclass(frozen=True, slots=True)
class Detector:
    """A camera zone on one lane, looking back ``range_m`` from the stop line."""

    id: DetectorId
    lane: LaneId
    range_m: float = 100.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.range_m) or self.range_m <= 0:
            raise InvalidValue(f"range_m is {self.range_m!r}, must be > 0", where=f"detector {self.id}")
