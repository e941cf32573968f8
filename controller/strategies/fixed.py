"""Fixed time: Webster's cycle and splits, one cycle a corridor, offsets from the green-band search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from controller.fairness import overdue_stage
from controller.network import Network
from controller.offsets import corridor_offsets
from controller.strategy import Decision, Strategy, Tick, may_leave
from controller.webster import Flows, Timing, timing
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.plan import Plan

HALF_CYCLE_LOAD = 0.6
"""A junction loaded less than this may run twice in the corridor's cycle."""


def fixed_plans(network: Network) -> dict[JunctionId, Plan]:
    """A plan for every junction of ``network``, checked against it.

    Corridors that share a junction share a cycle, the longest of their junctions' own, rounded up to an even
    second. A lightly loaded junction takes half of it. Junctions outside any corridor keep their own cycle,
    at offset 0.
    """
    flows = _flows_by_junction(network)
    own = {j: timing(junction, flows[j]) for j, junction in network.junctions.items()}
    plans: dict[JunctionId, Plan] = {}
    for members in _coordinated(network):
        cycle_s = 2 * -(-max(own[j].cycle_s for j in members) // 2)
        for j in members:
            in_step = _in_step(network, j, own[j], flows[j], cycle_s)
            plans[j] = in_step.plan(network.junctions[j], name="webster")
    for j, junction in network.junctions.items():
        if j not in plans:
            plans[j] = own[j].plan(junction, name="webster")
    offsets: dict[JunctionId, float] = {}
    for corridor in network.corridors:
        offsets |= corridor_offsets(corridor, network.junctions, plans, offsets)
    return {j: _shifted(plan, offsets.get(j, 0.0)) for j, plan in plans.items()}


def _shifted(plan: Plan, offset_s: float) -> Plan:
    return Plan(plan.junction, plan.cycle_s, plan.splits, offset_s % plan.cycle_s, plan.name)


def _flows_by_junction(network: Network) -> dict[JunctionId, Flows]:
    rows: dict[JunctionId, dict[tuple[LaneId, GroupId], float]] = {j: {} for j in network.junctions}
    for (junction, lane, group), flow in network.flows_vph.items():
        if junction in rows:
            rows[junction][lane, group] = flow
    return dict(rows)


def _coordinated(network: Network) -> list[list[JunctionId]]:
    """Junctions that must share a cycle: those of each corridor, corridors with a common junction merged."""
    sets: list[dict[JunctionId, None]] = []
    for corridor in network.corridors:
        mine = dict.fromkeys(j for j in corridor.junctions if j in network.junctions)
        for other in [s for s in sets if s.keys() & mine.keys()]:
            sets.remove(other)
            mine = other | mine
        if mine:
            sets.append(mine)
    return [list(s) for s in sets]


def _in_step(network: Network, j: JunctionId, own: Timing, flows: Flows, cycle_s: float) -> Timing:
    junction = network.junctions[j]
    if flows and own.load < HALF_CYCLE_LOAD:
        half = timing(junction, flows, cycle_s=cycle_s / 2)
        if half.cycle_s <= cycle_s / 2 + 1e-9 and own.cycle_s <= cycle_s / 2 + 1e-9:
            return half
    return timing(junction, flows, cycle_s=cycle_s)


class FixedTime(Strategy):
    """Runs ``plans`` on the network's clock. The plans are computed from the network's flows unless given."""

    name = "fixed"
    summary = "fixed time: Webster cycle and splits, offsets by green band"
    keeps_max_red = True

    def __init__(self, plans: Mapping[JunctionId, Plan] | None = None) -> None:
        self._given = plans
        self.plans: dict[JunctionId, Plan] = {}
        self._until: dict[JunctionId, tuple[float, StageId]] = {}

    def start(self, network: Network, seed: int = 0) -> None:
        """Raises :class:`InvalidValue` for a given plan that does not fit its junction."""
        super().start(network, seed)
        self._until = {}
        self.plans = dict(self._given) if self._given is not None else fixed_plans(network)
        for j, plan in self.plans.items():
            plan.check_against(network.junctions[j])

    def decide(self, tick: Tick) -> Sequence[Decision]:
        decisions = []
        now_s, until = tick.now_s, self._until
        for j, status in tick.statuses.items():
            quiet = until.get(j)
            if quiet is not None and now_s < quiet[0] and status.stage == quiet[1]:
                continue
            plan = self.plans.get(j)
            junction = self.network.junctions[j]
            if plan is None or status.stage is None or len(status.heads) != len(junction.groups):
                continue
            wanted = plan.stage_at(now_s)
            if wanted == status.stage:
                until[j] = (now_s + _next_change_s(plan, now_s), wanted)
                continue
            reason = "plan"
            # After a start-up or a pre-emption somebody may have waited out his time; the guard lets nothing
            # else pass.
            late = overdue_stage(junction, status, tick)
            if late is not None and late[1].isdisjoint(junction.stage[wanted].green):
                wanted, reason = late[0], "maximum red"
            if wanted != status.stage and may_leave(junction, status, now_s, wanted):
                decisions.append(Decision(j, wanted, reason))
        return decisions


def _next_change_s(plan: Plan, now_s: float) -> float:
    """Seconds until the plan next changes its stage."""
    second = plan.second_of_cycle(now_s)
    starts = [s.start_s for s in plan.splits if s.start_s > second + 1e-9] or [plan.cycle_s]
    return starts[0] - second - 1e-6
