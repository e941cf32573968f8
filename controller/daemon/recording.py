"""What a post keeps of what happened."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from signal_drivers.ids import JunctionId
from signal_drivers.status import CabinetStatus


class Happening(StrEnum):
    """What the post itself does or sees, beside what the heads show."""

    VETO = "veto"
    VIOLATION = "violation"
    LATCHED = "latched"
    STEP_DOWN = "step down"
    STEP_UP = "step up"
    LOST = "cabinet lost"
    FOUND = "cabinet found"
    HAND_BACK = "hand back"
    INCIDENT_BEGAN = "incident began"
    INCIDENT_ENDED = "incident ended"
    AMBULANCE_SEEN = "ambulance seen"
    AMBULANCE_GONE = "ambulance gone"
    CAMERA = "camera quality"
    """parameter 0 good, 1 degraded, 2 bad"""
    VALIDATION = "validation"
    """parameter 0 not required, 1 certified, 2 overridden by an engineer, 3 plans refused"""


class Recorder(Protocol):
    """Hears every new status and everything that happens. It must return at once and never raise: control goes on without it."""

    def status(self, status: CabinetStatus) -> None: ...

    def happened(self, junction: JunctionId, what: Happening, now_s: float, parameter: int = 0, detail: str = "") -> None: ...


class Nothing:
    """Keeps nothing."""

    def status(self, status: CabinetStatus) -> None:
        pass

    def happened(self, junction: JunctionId, what: Happening, now_s: float, parameter: int = 0, detail: str = "") -> None:
        pass
