"""The two ends a cabinet must offer, whatever wire is between."""

from __future__ import annotations

from typing import Protocol

from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus


class CabinetDriver(Protocol):
    """One cabinet. ``send`` hands over a request the guard has passed and says whether the cabinet took it."""

    @property
    def junction(self) -> Junction: ...

    def read(self) -> CabinetStatus: ...

    def send(self, request: StageRequest) -> bool: ...
