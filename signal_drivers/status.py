"""What a cabinet reports of itself: the only thing the guard believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType

from signal_drivers.ids import GroupId, JunctionId, StageId

NO_CALLS: Mapping[GroupId, float] = MappingProxyType({})


class Head(IntEnum):
    """State code of one signal group, as read from its heads."""

    DARK = 0
    RED = 1
    RED_AMBER = 2
    AMBER = 3
    GREEN = 4
    GREEN_YIELD = 5
    FLASHING_AMBER = 6

    @property
    def is_green(self) -> bool:
        return self is Head.GREEN or self is Head.GREEN_YIELD


class Mode(StrEnum):
    CENTRAL = "central"
    LOCAL = "local"
    MANUAL = "manual"
    FLASHING = "flashing"
    DARK = "dark"


class ModeSource(StrEnum):
    CENTRE = "centre"
    TIMETABLE = "timetable"
    PANEL = "panel"
    FAULT = "fault"
    START_UP = "start-up"


class Fault(StrEnum):
    LAMP = "lamp"
    DETECTOR = "detector"
    CONFLICT = "conflict"
    DOOR = "door"
    MAINS = "mains"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class CabinetStatus:
    """One report. ``heads`` and ``head_since_s`` follow the order of ``Junction.groups``. Times are on the clock of whoever reads
    it, ``clock_ahead_s`` in front of the cabinet's own: what is found out about that difference meanwhile moves the times of
    later reports, so durations between two reports are to be taken on the cabinet's own clock.

    ``stage`` is the stage whose groups are all green, or None during a transition to ``target``. ``call_since_s`` has the
    groups with standing demand, each with the moment its demand was first seen.
    """

    junction: JunctionId
    reported_s: float
    stage: StageId | None
    target: StageId
    stage_since_s: float
    heads: tuple[Head, ...]
    head_since_s: tuple[float, ...]
    echo_sequence: int = 0
    call_since_s: Mapping[GroupId, float] = field(default_factory=lambda: NO_CALLS)
    mode: Mode = Mode.CENTRAL
    mode_source: ModeSource = ModeSource.CENTRE
    faults: frozenset[Fault] = frozenset()
    clock_ahead_s: float = 0.0
