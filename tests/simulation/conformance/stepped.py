"""An emulated cabinet on a real socket, in time that passes only while the suite waits: as fast as the wire, and the same each
time, however busy the machine is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from signal_drivers.ids import DetectorId, LaneId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector
from signal_drivers.plan import Plan
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.controller import UnitTimes
from simulation.cabinet.links import link_to
from simulation.cabinet.seat import CabinetSpec, Seat, WireProtocol
from simulation.conformance.behaviour import Behaviour
from simulation.conformance.catalogue import CATALOGUE
from simulation.conformance.expect import Expect
from simulation.conformance.hands import Hands, SeatHands
from simulation.conformance.probe import Probe
from simulation.conformance.suite import Result, run_suite
from simulation.conformance.verdict import Verdict
from simulation.ports import free_ports
from tests.controller.junctions import crossroads
from tests.simulation.cabinet.test_controller import plan_of

STEP_S = 0.1
ANSWER_S = 1.5
"""Real seconds that an answer is waited for: a cabinet without power takes them, and a busy machine stops for a while."""
TIMES = UnitTimes(heartbeat_limit_s=4.0, flash_s=2.0, all_red_s=3.0)
EXPECT = Expect(every_s=0.2, heartbeat_limit_s=4.0, local_limit_s=60.0, tour_s=10.0)


class SteppedPace:
    """Time of the suite and the cabinet alike."""

    def __init__(self, tick: Callable[[float], Awaitable[None]]) -> None:
        self._now_s, self._tick = 0.0, tick

    def now_s(self) -> float:
        return self._now_s

    async def sleep(self, seconds: float) -> None:
        end_s = round(self._now_s + max(0.0, seconds), 3)
        while self._now_s < end_s:
            self._now_s = min(end_s, round(self._now_s + STEP_S, 3))
            await self._tick(self._now_s)


@dataclass
class Stand:
    """One cabinet and what is tried at it. ``spoil`` gets the seat before its server starts."""

    junction: Junction
    plan: Plan
    protocol: WireProtocol = WireProtocol.MODBUS
    access: FleetAccess | None = None
    memory: Path | None = None
    expect: Expect = EXPECT
    times: UnitTimes = TIMES
    hands: bool = True
    spoil: Callable[[Seat], None] = lambda seat: None
    seat: Seat = field(init=False)
    pace: SteppedPace = field(init=False)

    def run(self, only: Sequence[str] = (), *, other: Junction | None = None, behaviours: Sequence[Behaviour] = ()) -> Result:
        """Try ``behaviours``, or those of the catalogue that ``only`` names; all if neither does. The probe takes the cabinet for
        that of ``other`` where given."""
        return asyncio.run(self._run(behaviours or [b for b in CATALOGUE if not only or b.id in only], other or self.junction))

    async def _run(self, behaviours: Sequence[Behaviour], junction: Junction) -> Result:
        spec = CabinetSpec(self.junction, (self.plan,), self.protocol, "127.0.0.1", free_ports(1)[0], self.access,
                           memory=self.memory, times=self.times)
        self.seat = seat = Seat(spec, 0.0, 1_700_000_000.0)
        self.spoil(seat)

        async def tick(now_s: float) -> None:
            seat.station.tick(now_s)
            await seat.server.refresh()

        self.pace = pace = SteppedPace(tick)
        hands: Hands | None = SeatHands(lambda fault, on: seat.inject(fault, on, pace.now_s())) if self.hands else None
        probe = Probe(junction, link_to(spec, timeout_s=ANSWER_S), pace, self.expect, hands=hands)  # type: ignore[arg-type]
        await seat.server.start()
        try:
            return await run_suite(probe, behaviours)
        finally:
            await seat.server.stop()


def failed(result: Result) -> dict[str, str]:
    """What failed, and what was seen of it."""
    return {o.id: o.seen for o in result.outcomes if o.verdict is Verdict.FAILED}


def quick_junction(*, detectors: bool = False) -> Junction:
    """Two roads with short times, and a detector each where wanted."""
    made = crossroads(seconds=3.0)
    groups = tuple(replace(g, min_green_s=4.0) for g in made.groups)
    found = (Detector(DetectorId("d1"), LaneId("n_0")), Detector(DetectorId("d2"), LaneId("e_0"))) if detectors else ()
    return replace(made, groups=groups, yellow_s=2.0, detectors=found)


def quick_plan(junction: Junction) -> Plan:
    return plan_of(junction, spare_s=2.0)
