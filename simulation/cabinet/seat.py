"""One emulated cabinet of a fleet: unit, station and server, with everything that can be done to it from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from signal_drivers.errors import BadInput
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor
from signal_drivers.plan import Plan
from signal_drivers.status import Head, Mode
from signal_drivers.wire.report import DetectorReport, DetectorState
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.controller import ControlUnit, UnitTimes
from simulation.cabinet.memory import FaultMemory
from simulation.cabinet.mischief import Mischief
from simulation.cabinet.phantom import PhantomTraffic
from simulation.cabinet.station import Station

DEFAULT_TIMES = UnitTimes()
DETECT_EVERY_S = 1.0


class WireProtocol(StrEnum):
    MODBUS = "modbus"
    OPCUA = "opcua"


PROTOCOLS = {"modbus": (WireProtocol.MODBUS,), "opcua": (WireProtocol.OPCUA,), "mixed": tuple(WireProtocol)}
"""What the cabinets of a fleet speak in turn, by what users call it."""


class Server(Protocol):
    mischief: Mischief

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def refresh(self) -> None:
        """Make known what is new, where nobody asks for it."""


@dataclass(frozen=True)
class CabinetSpec:
    """What one emulator is to be. ``memory`` is the file of its latched faults; without one they last as long as the process."""

    junction: Junction
    plans: tuple[Plan, ...]
    protocol: WireProtocol
    host: str
    port: int
    access: FleetAccess | None = None
    """Papers; without them Modbus goes in clear, and OPC UA lets anybody in."""
    memory: Path | None = None
    traffic_seed: int | None = None
    """Makes up traffic for its detectors; without one they see what they are told."""
    times: UnitTimes = DEFAULT_TIMES


class Seat:
    """``calendar_s`` tells the true time of day; the unit's clock starts from it."""

    def __init__(self, spec: CabinetSpec, now_s: float, calendar_s: float) -> None:
        self.spec = spec
        self._memory = FaultMemory(spec.memory)
        self._calendar_ahead_s = calendar_s - now_s
        self.station = Station(self._unit(now_s), began_s=now_s)
        self.server = _server(self.station, spec)
        self.violations: list[str] = []
        """What an onlooker has seen on the heads that must never be seen, but for conflicts that were injected."""
        self._onlooker = HeadMonitor(spec.junction)
        self._traffic = PhantomTraffic(spec.junction, spec.traffic_seed) if spec.traffic_seed is not None else None
        # Cabinets look at their detectors at moments of their own.
        self._detected_s = now_s - DETECT_EVERY_S * (spec.port % 10) / 10
        self._seen: tuple[Head, ...] = ()
        self._broken = False
        self.tick(now_s)

    def tick(self, now_s: float) -> bool:
        """Let time pass; True where the heads show something else since."""
        self.station.tick(now_s)
        # A request may have changed them since the last tick.
        changed = self.station.unit.heads is not self._seen
        if changed:
            self._seen = self.station.unit.heads
            status = self.station.unit.status(now_s)
            if self._broken != self.station.unit.conflict_shown:
                # A green that nobody ordered comes and goes as a broken switch has it; what was before it is no measure.
                self._broken = self.station.unit.conflict_shown
                self._onlooker.lost_sight()
            self.violations += [f"{now_s:.1f} s: {seen.violation} {seen.detail}" for seen in self._onlooker.watch(status)
                                if not self.station.unit.conflict_shown]
        if self._traffic is not None and now_s - self._detected_s >= DETECT_EVERY_S:
            self._detected_s = now_s
            self.station.detect(self._traffic.step(self.station.unit.heads, now_s))
        return changed

    def _unit(self, now_s: float) -> ControlUnit:
        return ControlUnit(self.spec.junction, self.spec.plans, now_s, memory=self._memory, times=self.spec.times,
                           calendar_ahead_s=self._calendar_ahead_s)

    def set_calendar(self, calendar_s: float) -> None:
        """Its clock is right when its uptime begins."""
        self._calendar_ahead_s = calendar_s
        self.station.unit.calendar_ahead_s = calendar_s

    def inject(self, fault: str, value: Any, now_s: float) -> None:
        """Switch a fault on (``value`` true, or its number) or off. Raises :class:`BadInput` for one there is not."""
        do = INJECTIONS.get(fault)
        if do is None:
            raise BadInput(f"no fault is called {fault!r}", where=f"cabinet {self.spec.junction.id}",
                           mend=f"known: {', '.join(INJECTIONS)}")
        do(self, value, now_s)

    def restart(self, now_s: float) -> None:
        """Off and on: what is not in its memory is forgotten."""
        self.station.restart(self._unit(now_s), now_s)

    def detect(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Values of its detectors in order, by the names of :class:`DetectorReport`."""
        self.station.detect([DetectorReport(int(r["count_veh"]), int(r["present_veh"]), r["occupancy"], r["speed_mps"],
                                            r["queue_m"], DetectorState(int(r["state"]))) for r in rows])


def _server(station: Station, spec: CabinetSpec) -> Server:
    if spec.protocol is WireProtocol.MODBUS:
        from simulation.cabinet.modbus_server import ModbusStation

        return ModbusStation(station, spec.host, spec.port, tls=spec.access.tls_server() if spec.access else None)
    from simulation.cabinet.opcua_server import OpcUaStation

    return OpcUaStation(station, spec.host, spec.port, security=spec.access.opcua_server() if spec.access else None)


def _panel(mode: Mode | None) -> Callable[[Seat, Any, float], None]:
    return lambda seat, on, now_s: seat.station.unit.panel(mode if on else None, now_s)


def _set(name: str) -> Callable[[Seat, Any, float], None]:
    return lambda seat, on, now_s: setattr(seat.server.mischief, name, bool(on))


def _delay(seat: Seat, seconds: Any, now_s: float) -> None:
    seat.server.mischief.delay_s = float(seconds)


def _wrong_echo(seat: Seat, on: Any, now_s: float) -> None:
    seat.station.wrong_echo = bool(on)


def _stuck(seat: Seat, on: Any, now_s: float) -> None:
    seat.station.unit.stuck = bool(on)


def _conflict(seat: Seat, on: Any, now_s: float) -> None:
    seat.station.unit.conflict_shown = bool(on)


def _clock(seat: Seat, seconds: Any, now_s: float) -> None:
    seat.station.unit.calendar_ahead_s += float(seconds)


INJECTIONS: dict[str, Callable[[Seat, Any, float], None]] = {
    "hang": _set("hang"),
    "refuse": _set("refuse"),
    "garble": _set("garble"),
    "delay": _delay,
    "wrong-echo": _wrong_echo,
    "stuck-stage": _stuck,
    "conflict-green": _conflict,
    "lamp": lambda seat, on, now_s: seat.station.unit.lamp(False, now_s) if on else seat.station.unit.reset(now_s),
    "red-lamp": lambda seat, on, now_s: seat.station.unit.lamp(True, now_s) if on else seat.station.unit.reset(now_s),
    "door": lambda seat, on, now_s: seat.station.unit.door(bool(on)),
    "mains": lambda seat, failed, now_s: seat.station.unit.mains(not failed, now_s),
    "manual": _panel(Mode.MANUAL),
    "flashing": _panel(Mode.FLASHING),
    "clock-jump": _clock,
    "reboot": lambda seat, on, now_s: seat.restart(now_s),
    "reset": lambda seat, on, now_s: seat.station.unit.reset(now_s),
}
"""What can be done to a cabinet, by name."""
NUMBERED = frozenset({"delay", "clock-jump"})
"""Those that take seconds instead of on and off."""
