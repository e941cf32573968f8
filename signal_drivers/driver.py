"""What a cabinet must offer, whatever wire is between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus


class CabinetDriver(Protocol):
    """One cabinet. ``send`` hands over a request the guard has passed and says whether the cabinet took it; ``demand`` tells it
    which groups have standing demand and since when."""

    @property
    def junction(self) -> Junction: ...

    def read(self) -> CabinetStatus: ...

    def send(self, request: StageRequest) -> bool: ...

    def demand(self, call_since_s: Mapping[GroupId, float]) -> None: ...
