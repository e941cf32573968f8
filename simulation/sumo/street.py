"""What the control loop commands in a simulated run: virtual cabinets beside SUMO, or emulated ones at the end of a wire."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from detectors.observation import DetectorFeed, Quality
from signal_drivers.driver import CabinetDriver
from signal_drivers.errors import RunFailed
from signal_drivers.ids import JunctionId
from signal_drivers.requests import StageRequest
from signal_drivers.status import Head, Mode
from signal_drivers.wire.driver import WireDriver
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import DetectorState
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.fleet import Fleet
from simulation.cabinet.fleet_plan import local_plan
from simulation.cabinet.links import link_to
from simulation.cabinet.seat import CabinetSpec, WireProtocol
from simulation.netmodel.derive import SignalNet
from simulation.ports import free_ports
from simulation.sumo.driver import SumoDriver

WARM_UP_S = 300
"""Longest time cabinets get before the run to come up and take up with the centre."""
HOST = "127.0.0.1"
STATES = {Quality.GOOD: DetectorState.GOOD, Quality.DEGRADED: DetectorState.DEGRADED, Quality.BAD: DetectorState.BAD}
UNWATCHED = {"state": int(DetectorState.BAD)} | dict.fromkeys(
    ("count_veh", "present_veh", "speed_mps", "occupancy", "queue_m"), 0.0)
"""What a cabinet has of a detector that nobody looks through."""
_T = TypeVar("_T")


class Street(Protocol):
    """Cabinets of a run. ``advance`` lets their time pass and shows their heads in SUMO; control runs between ``listen``, which
    brings in what they report, and ``speak``, which takes out what they are told."""

    drivers: Mapping[JunctionId, CabinetDriver]

    def advance(self, now_s: float) -> None: ...

    def listen(self) -> None: ...

    def speak(self) -> None: ...

    def __enter__(self) -> Street: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class DirectStreet:
    """Virtual cabinets in this process: nothing lies between."""

    def __init__(self, api: Any, signals: SignalNet, begin_s: float) -> None:
        self._drivers = {j: SumoDriver(api, s, begin_s) for j, s in signals.junctions.items()}
        self.drivers: Mapping[JunctionId, CabinetDriver] = self._drivers

    def advance(self, now_s: float) -> None:
        for driver in self._drivers.values():
            driver.advance(now_s)

    def listen(self) -> None:
        pass

    def speak(self) -> None:
        pass

    def __enter__(self) -> DirectStreet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass


class WiredStreet:
    """Emulated cabinets in another process, over real sockets, in step with SUMO's clock.

    They come up before the run begins, as units that have been on for a while, each in its junction's first stage: a run without
    a wire begins like that. Raises :class:`RunFailed` where one is lost on the way.
    """

    def __init__(self, api: Any, signals: SignalNet, begin_s: float, protocol: WireProtocol, feed: DetectorFeed) -> None:
        self._set = api.trafficlight.setRedYellowGreenState
        self._signals, self._begin_s, self._feed = signals, begin_s, feed
        self._now_s = begin_s - WARM_UP_S
        self._loop = asyncio.new_event_loop()
        self._stack = ExitStack()
        self._folder = tempfile.TemporaryDirectory(prefix="mourour-papers-")
        self._stack.callback(self._folder.cleanup)
        access = FleetAccess.made(Path(self._folder.name)) if protocol is WireProtocol.OPCUA else None
        ports = free_ports(len(signals.junctions))
        self._specs = [CabinetSpec(s.junction, (local_plan(s.junction),), protocol, HOST, port, access)
                       for s, port in zip(signals.junctions.values(), ports, strict=True)]
        self._wired = {s.junction.id: WireDriver(s.junction, link_to(s, detectors=False), self._clock) for s in self._specs}
        self.drivers: Mapping[JunctionId, CabinetDriver] = self._wired
        self._states: dict[JunctionId, str] = {}

    def _clock(self) -> float:
        return self._now_s

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        try:
            return self._loop.run_until_complete(work)
        except Garbled as error:
            raise RunFailed(f"a cabinet's answer makes no sense: {error}", where="cabinets") from error

    def __enter__(self) -> WiredStreet:
        self._stack.callback(self._loop.close)
        try:
            self._fleet = self._stack.enter_context(Fleet(self._specs, start_s=self._now_s))
            self._stack.callback(lambda: self._run(self._everyone(lambda driver: driver.close())))
            self._stack.callback(lambda: self._run(self._fleet.hang_up()))
            self._run(self._warm_up())
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    async def _everyone(self, do: Callable[[WireDriver], Coroutine[Any, Any, Any]]) -> None:
        await asyncio.gather(*(do(driver) for driver in self._wired.values()))

    async def _warm_up(self) -> None:
        await self._everyone(lambda driver: driver.open())
        while self._now_s < self._begin_s:
            await self._step(self._now_s + 1.0)
            await self._everyone(lambda driver: driver.poll())
            for driver in self._wired.values():
                status, first = driver.read(), driver.junction.stages[0].id
                if status.mode is Mode.CENTRAL and status.stage not in (None, first):
                    driver.send(StageRequest(driver.junction.id, first, status.echo_sequence + 1, self._now_s, self._now_s + 5))
            await self._everyone(lambda driver: driver.flush())
        late = [d.junction.label for d in self._wired.values() if d.read().mode is not Mode.CENTRAL]
        if late:
            raise RunFailed(f"{late[0]} did not take up with the centre within {WARM_UP_S} s", where="cabinets")

    async def _step(self, now_s: float, detectors: Mapping[str, Any] | None = None) -> None:
        self._now_s = now_s
        for answer in await self._fleet.everywhere(do="advance", now_s=now_s, detectors=detectors or {}):
            for name, heads in answer["heads"].items():
                self._show(JunctionId(name), heads)

    def _show(self, name: JunctionId, heads: list[int]) -> None:
        sumo = self._signals.junctions[name]
        state = sumo.state([Head(code) for code in heads])
        if self._states.get(name) != state:
            self._set(sumo.tls, state)
            self._states[name] = state

    def advance(self, now_s: float) -> None:
        self._run(self._step(now_s, self._seen(now_s)))

    def _seen(self, now_s: float) -> dict[str, list[dict[str, float]]]:
        """What each cabinet's detectors see, from the simulation."""
        frame = self._feed.observe(now_s)
        rows: dict[str, list[dict[str, float]]] = {}
        for j, sumo in self._signals.junctions.items():
            rows[j] = []
            for detector in sumo.junction.detectors:
                try:
                    seen = frame.lane(detector.lane)
                except KeyError:
                    rows[j].append(UNWATCHED)
                    continue
                mean_mps = sum(v.speed_mps for v in seen.vehicles) / len(seen.vehicles) if seen.vehicles else 0.0
                rows[j].append({"count_veh": sum(seen.passed.values()), "present_veh": len(seen.vehicles), "speed_mps": mean_mps,
                                "occupancy": seen.occupancy, "queue_m": seen.queue_m, "state": int(STATES[seen.quality])})
        return rows

    def listen(self) -> None:
        self._run(self._everyone(lambda driver: driver.poll()))

    def speak(self) -> None:
        self._run(self._everyone(lambda driver: driver.flush()))
        # What was commanded shows at once, not only when time goes on.
        self._run(self._step(self._now_s))
