"""SUMO as one more cabinet driver: a virtual cabinet whose lamps are the net's signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.derive import SumoJunction


class SumoDriver:
    """One virtual cabinet. ``advance`` lets its clock run and shows its heads in SUMO; ``changes`` counts head changes."""

    def __init__(self, api: Any, sumo: SumoJunction, now_s: float, first: StageId | None = None) -> None:
        self._set = api.trafficlight.setRedYellowGreenState
        self._sumo = sumo
        self.clockwork = Clockwork(sumo.junction, now_s, first)
        self._now_s = now_s
        self.state = ""
        self.show()

    @property
    def junction(self) -> Junction:
        return self._sumo.junction

    def read(self) -> CabinetStatus:
        return self.clockwork.status(self._now_s)

    def send(self, request: StageRequest) -> bool:
        taken = self.clockwork.request(request, self._now_s)
        self.show()
        return taken

    def demand(self, call_since_s: Mapping[GroupId, float]) -> None:
        self.clockwork.calls = call_since_s

    def advance(self, now_s: float) -> bool:
        """Let time pass to ``now_s``; True when heads changed."""
        self._now_s = now_s
        changed = self.clockwork.tick(now_s)
        if changed:
            self.show()
        return changed

    def show(self) -> None:
        state = self._sumo.state(self.clockwork.heads)
        if state != self.state:
            self._set(self._sumo.tls, state)
            self.state = state
