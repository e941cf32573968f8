"""A flag of the camera that has to hold for some seconds before it is an incident, and to be gone for some before it ends."""

from __future__ import annotations

from detectors.incidents.incident import IncidentKind, Place
from detectors.incidents.ledger import Ledger
from detectors.incidents.limits import IncidentLimits


class CameraState:
    """``kind`` while ``flag`` holds. ``certain`` is true from the first moment that the flag is up: nothing on the road is to be
    judged then, whether or not it becomes an incident."""

    def __init__(self, kind: IncidentKind, cause: str) -> None:
        self._kind, self._cause = kind, cause
        self._up_s: float | None = None
        self._down_s: float | None = None
        self._incident: int | None = None

    @property
    def open(self) -> bool:
        return self._incident is not None

    def see(self, flag: bool, reason: str, time_s: float, ledger: Ledger, limits: IncidentLimits) -> None:
        if flag:
            self._down_s = None
            self._up_s = time_s if self._up_s is None else self._up_s
            if self._incident is None and time_s - self._up_s >= limits.camera_s:
                self._incident = ledger.begin(self._kind, self._up_s, time_s, Place(), 0.9,
                                              f"{self._cause}: {reason}" if reason else self._cause)
            return
        if self._incident is None:
            self._up_s = None
            return
        self._down_s = time_s if self._down_s is None else self._down_s
        if time_s - self._down_s >= limits.camera_clear_s:
            ledger.end(self._incident, self._down_s, "the view is as it was")
            self._incident, self._up_s, self._down_s = None, None, None
