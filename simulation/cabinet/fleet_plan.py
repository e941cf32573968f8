"""Which cabinets a fleet has: of a scenario's junctions, or of a made-up city's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from controller.network import Network
from controller.webster import timing
from signal_drivers.errors import BadInput
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.controller import UnitTimes
from simulation.cabinet.seat import CabinetSpec, WireProtocol

HIGHEST_PORT = 65535
GOLDEN = 0.618034
"""Multiples of it, less their whole part, are spread evenly however many there are."""


def network_for(count: int | None, scenario: str | None) -> Network:
    """The junctions of a scenario, or of a made-up city of ``count``. Raises the :class:`BadInput` that says what is wrong."""
    if scenario is None:
        from simulation.benchmark_planner.city import city

        return city(count or 1).network
    from simulation.netmodel.network import build_network
    from simulation.prepare import prepare
    from simulation.settings import RunSettings

    ready = prepare(RunSettings(scenario, "actuated"))
    network = build_network(ready.signals, ready.corridors, {})
    if count is not None and count > len(network.junctions):
        raise BadInput(f"{scenario} has {len(network.junctions)} junctions", where="--count", mend="ask for no more, or for none")
    return network.only(list(network.junctions)[:count])


def local_plan(junction: Junction, offset_share: float = 0.0) -> Plan:
    """What a unit runs by itself: Webster's plan for flows that nobody has counted, begun ``offset_share`` of a cycle late."""
    plan = timing(junction.without_overlaps, {}).plan(junction)
    return replace(plan, offset_s=float(int(offset_share * plan.cycle_s)))


def specs_for(network: Network, protocols: tuple[WireProtocol, ...], host: str, port: int, access: FleetAccess | None, *,
              tls: bool = False, memory: Path | None = None, times: UnitTimes | None = None,
              traffic_seed: int | None = None) -> list[CabinetSpec]:
    """One cabinet a junction, its port the next one; ``protocols`` take turns. Raises :class:`BadInput` for ports that run
    out."""
    if port + len(network.junctions) - 1 > HIGHEST_PORT:
        raise BadInput(f"ports from {port} run out before {len(network.junctions)} cabinets have one", where="--port",
                       mend="begin lower")
    specs = []
    for i, junction in enumerate(network.junctions.values()):
        protocol = protocols[i % len(protocols)]
        papers = access if protocol is WireProtocol.OPCUA or tls else None
        kept = memory / f"{i:03d}.json" if memory is not None else None
        # No two streets of a city begin their cycles in the same second, as cabinets without offsets all would.
        specs.append(CabinetSpec(junction, (local_plan(junction, i * GOLDEN % 1.0),), protocol, host, port + i,
                                 papers, kept, traffic_seed, times or UnitTimes()))
    return specs
