"""Cycle, splits and offsets of a network, computed from its flows; and what they promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from controller.network import Network
from controller.offsets import corridor_offsets
from controller.plans.bands import Band, band_offsets, bands, value, ways_of
from controller.plans.hcm import streams_of
from controller.plans.splits import common_cycle_s, in_step
from controller.strategies.fixed import coordinated, flows_by_junction
from signal_drivers.ids import JunctionId
from signal_drivers.plan import Plan


@dataclass(frozen=True)
class JunctionPrediction:
    """What a plan promises at one junction: largest degree of saturation of its streams, and mean HCM control delay, s/veh,
    with the vehicles an hour that it is the mean of."""

    saturation: float
    delay_s: float
    flow_vph: float


@dataclass(frozen=True)
class Prediction:
    """``delay_s``: mean HCM control delay at a junction, s/veh, over all junctions. ``bands`` by corridor and direction."""

    junctions: Mapping[JunctionId, JunctionPrediction]
    bands: tuple[Band, ...]

    @property
    def saturation(self) -> float:
        return max((j.saturation for j in self.junctions.values()), default=0.0)

    @property
    def delay_s(self) -> float:
        flow = sum(j.flow_vph for j in self.junctions.values())
        return sum(j.delay_s * j.flow_vph for j in self.junctions.values()) / flow if flow else 0.0


@dataclass(frozen=True)
class Optimised:
    """``offsets_by``: ``milp``, or ``search`` where the green-band search found wider bands than the solver had when it
    stopped."""

    plans: Mapping[JunctionId, Plan]
    predicted: Prediction
    offsets_by: str


def optimise(network: Network, name: str = "") -> Optimised:
    """Plans of least HCM delay for the network's flows (which should be given), with offsets of widest bands.

    Junctions of corridors that meet share a cycle (or have half of it); others have their own and offset 0.
    """
    flows = flows_by_junction(network)
    sets = coordinated(network)
    alone = [[j] for j in network.junctions if not any(j in members for members in sets)]
    plans: dict[JunctionId, Plan] = {}
    for members in [*sets, *alone]:
        cycle_s = common_cycle_s([network.junctions[j] for j in members], flows)
        for j in members:
            timing, _ = in_step(network.junctions[j], flows[j], cycle_s)
            plans[j] = timing.plan(network.junctions[j], name=name)
    plans = {j: plans[j] for j in network.junctions}
    plans, offsets_by = _with_offsets(network, plans)
    return Optimised(plans, predict(network, plans), offsets_by)


def _with_offsets(network: Network, plans: Mapping[JunctionId, Plan]) -> tuple[dict[JunctionId, Plan], str]:
    searched: dict[JunctionId, float] = {}
    for corridor in network.corridors:
        searched |= corridor_offsets(corridor, network.junctions, plans, searched)
    solved = band_offsets(ways_of(network, plans))
    choices = [(_shifted(plans, searched), "search")]
    if solved is not None:
        choices.insert(0, (_shifted(plans, solved), "milp"))
    return max(choices, key=lambda c: value(ways_of(network, c[0]), c[0]))


def _shifted(plans: Mapping[JunctionId, Plan], offsets: Mapping[JunctionId, float]) -> dict[JunctionId, Plan]:
    return {j: replace(p, offset_s=offsets.get(j, 0.0) % p.cycle_s) for j, p in plans.items()}


def predict(network: Network, plans: Mapping[JunctionId, Plan]) -> Prediction:
    """What ``plans`` promise under the network's flows; delay and saturation are 0 where it has none."""
    flows = flows_by_junction(network)
    rows = {}
    for j, plan in plans.items():
        junction = network.junctions[j]
        streams = streams_of(junction, [junction.stage[s.stage] for s in plan.splits], flows[j])
        durations = np.asarray(plan.durations_s())
        flow = float(streams.flow_vph.sum())
        rows[j] = JunctionPrediction(float(streams.saturation(durations).max()), streams.total_delay(durations) / flow, flow) \
            if flow > 0 else JunctionPrediction(0.0, 0.0, 0.0)
    return Prediction(rows, tuple(bands(ways_of(network, plans), plans)))
