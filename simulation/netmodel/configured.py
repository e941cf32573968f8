"""Junctions as a post's network file has them, put on the signals of a net: cabinets have intergreens, minimum greens and stages
of their own, and it is these that are to be proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from controller.network import Network
from signal_drivers.errors import NetError
from signal_drivers.junction import Junction
from signal_drivers.limits import Clearance
from simulation.netmodel.derive import SignalNet


def with_configured(signals: SignalNet, network: Network, file: Path) -> SignalNet:
    """``signals`` with the junctions of ``network`` in place of the derived ones of the same id; others stay as they are.

    Raises :class:`NetError` for a junction that cannot be shown on this net's signals: other groups, lanes or movements.
    """
    found = dict(signals.junctions)
    for j in found.keys() & network.junctions.keys():
        told, derived = network.junctions[j], found[j].junction
        for what in _differences(told, derived):
            raise NetError(f"junction {told.label} has other {what} than the scenario", where=str(file),
                           mend="validate on a scenario made from the same junction, or start from the network.json that "
                                "mourour cabinet --scenario writes")
        if told.clearance is Clearance.BENCHMARK:
            raise NetError(f"junction {told.label} has the clearance of published benchmarks, which no street may use",
                           where=str(file), mend="give it the cabinet's own intergreens")
        found[j] = replace(found[j], junction=told)
    return replace(signals, junctions=found)


def _differences(told: Junction, derived: Junction) -> Iterator[str]:
    rows = {"signal groups": lambda j: [(g.id, g.kind) for g in j.groups],
            "lanes": lambda j: [(lane.id, lane.groups) for lane in j.lanes],
            "movements": lambda j: [(m.group, m.from_lane, m.to_lane) for m in j.movements]}
    return (what for what, rows_of in rows.items() if rows_of(told) != rows_of(derived))
