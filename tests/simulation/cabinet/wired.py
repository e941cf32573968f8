"""A cabinet and a driver with a real socket between, in simulated time, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.wire.driver import WireDriver
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.links import link_to
from simulation.cabinet.seat import CabinetSpec, Seat, WireProtocol
from simulation.ports import free_ports
from tests.simulation.cabinet.test_controller import plan_of

HOST = "127.0.0.1"
_T = TypeVar("_T")


class Wired:
    """One seat and one driver on a loop of their own. Time is ``now_s``; nothing moves unless :meth:`step` moves it. The driver's
    clock is ``ahead_s`` in front of the cabinet's."""

    def __init__(self, junction: Junction, protocol: WireProtocol, access: FleetAccess | None = None, *, ahead_s: float = 0.0,
                 publish_s: float | None = None, timeout_s: float = 1.0, memory: Path | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self.now_s, self.ahead_s, self.sequence = 0.0, ahead_s, 0
        self.spec = CabinetSpec(junction, (plan_of(junction),), protocol, HOST, free_ports(1)[0], access, memory)
        self.publish_s, self.timeout_s = publish_s, timeout_s
        self.seat = Seat(self.spec, 0.0, ahead_s)
        self.driver = self.another()

    def another(self, **other: Any) -> WireDriver:
        link = link_to(self.spec, timeout_s=self.timeout_s, publish_s=self.publish_s)
        return WireDriver(other.pop("junction", self.spec.junction), link, lambda: self.now_s + self.ahead_s, **other)

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.loop.run_until_complete(work)

    def __enter__(self) -> Wired:
        self.run(self.seat.server.start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.run(self.driver.close())
        self.run(self.seat.server.stop())
        self.run(asyncio.sleep(0.05))
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.run(asyncio.sleep(0))
        self.loop.close()

    def tick(self, seconds: float = 1.0) -> None:
        """Let the cabinet's time pass, unheard."""
        self.now_s = round(self.now_s + seconds, 3)
        self.seat.station.tick(self.now_s)
        self.run(self.seat.server.refresh())
        if self.publish_s is not None:
            self.run(asyncio.sleep(2.5 * self.publish_s))

    def exchange(self) -> None:
        """Listen, then speak, as a post does every second."""
        self.run(self.driver.poll())
        self.run(self.driver.flush())

    def step(self, seconds: float = 1.0, times: int = 1) -> None:
        for _ in range(times):
            self.tick(seconds)
            self.exchange()

    def up(self) -> Wired:
        """Open the conversation and wait until the centre commands in a settled stage whose minimum greens have run."""
        self.run(self.driver.open())
        self.run(self.driver.flush())
        for _ in range(200):
            self.step()
            status = self.driver.read()
            if status.mode.value == "central" and status.stage is not None and status.reported_s - max(status.head_since_s) > 30:
                return self
        raise AssertionError(f"never came up: {self.driver.read()}")

    def ask(self, stage: str, **other: float) -> StageRequest:
        """A request for a stage, next in sequence, not yet handed over."""
        self.sequence = max(self.sequence, self.driver.read().echo_sequence) + 1
        issued_s = other.get("issued_s", self.now_s + self.ahead_s)
        return StageRequest(self.spec.junction.id, stage, int(other.get("sequence", self.sequence)), issued_s,  # type: ignore[arg-type]
                            issued_s + other.get("life_s", 5.0))
