"""Fixed time: Webster's cycle and splits, one cycle a corridor, offsets from the green-band search; or plans of a file, by time
of day, weekday and special day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from controller.fairness import MaxRedWarden, overdue_stage
from controller.network import Network
from controller.offsets import corridor_offsets
from controller.plans.changeover import Changeover, changeover
from controller.strategy import Decision, Strategy, Tick, may_leave
from controller.webster import Flows, Timing, timing
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import DAY_S, Plan, PlanLibrary
from signal_drivers.status import CabinetStatus
from signal_drivers.transitions import transition_s

HALF_CYCLE_LOAD = 0.6
"""A junction loaded less than this may run twice in the corridor's cycle."""


def fixed_plans(network: Network) -> dict[JunctionId, Plan]:
    """A plan for every junction of ``network``, checked against it.

    Corridors that share a junction share a cycle, the longest of their junctions' own, rounded up to an even
    second. A lightly loaded junction takes half of it. Junctions outside any corridor keep their own cycle,
    at offset 0.
    """
    flows = flows_by_junction(network)
    own = {j: timing(junction, flows[j]) for j, junction in network.junctions.items()}
    plans: dict[JunctionId, Plan] = {}
    for members in coordinated(network):
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


def flows_by_junction(network: Network) -> dict[JunctionId, Flows]:
    rows: dict[JunctionId, dict[tuple[LaneId, GroupId], float]] = {j: {} for j in network.junctions}
    for (junction, lane, group), flow in network.flows_vph.items():
        if junction in rows:
            rows[junction][lane, group] = flow
    return dict(rows)


def coordinated(network: Network) -> list[list[JunctionId]]:
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
    """Runs plans on the network's clock: ``plans`` all day, or those that ``library`` has for the time of day, the weekday (0 =
    Monday) on which the simulation begins, and the special day. Without either, plans are computed from the network's flows.

    The clock's second 0 is midnight before the first tick. All junctions change plan in the same second, each by its own
    :func:`changeover`; where no window covers a moment, the last plan goes on.
    """

    name = "fixed"
    summary = "fixed time: Webster cycle and splits, offsets by green band; or the plans of a file, by time of day"
    keeps_max_red = True
    needs_flows = True
    takes_plans = True

    def __init__(self, plans: Mapping[JunctionId, Plan] | None = None, library: PlanLibrary | None = None, *,
                 weekday: int = 2, special_day: str | None = None) -> None:
        self._given, self._library = plans, library
        self._weekday, self._special_day = weekday, special_day
        self.plans: dict[JunctionId, Plan] = {}
        self._until: dict[JunctionId, tuple[float, StageId]] = {}

    def start(self, network: Network, seed: int = 0) -> None:
        """Raises :class:`InvalidValue` for a given plan that does not fit its junction."""
        super().start(network, seed)
        self._until = {}
        self._pending: dict[JunctionId, Plan] = {}
        self._changing: dict[JunctionId, Changeover] = {}
        self._next_look_s = float("-inf")
        self._warden = MaxRedWarden(network)
        self.plans = {}
        if self._library is None:
            self.plans = dict(self._given) if self._given is not None else fixed_plans(network)
        for plans in [self.plans.values(), *(w.plans for w in (self._library.windows if self._library else ()))]:
            for plan in plans:
                plan.check_against(network.junctions[plan.junction])

    def decide(self, tick: Tick) -> Sequence[Decision]:
        if self._library is not None and tick.now_s >= self._next_look_s:
            self._select(tick.now_s)
        decisions = []
        now_s, until = tick.now_s, self._until
        for j, status in tick.statuses.items():
            quiet = until.get(j)
            if quiet is not None and now_s < quiet[0] and status.stage == quiet[1] and j not in self._pending:
                continue
            junction = self.network.junctions[j]
            if j not in self.plans or status.stage is None or len(status.heads) != len(junction.groups):
                continue
            if j in self._pending:
                self._begin(junction, status, now_s)
            plan, changing = self.plans[j], self._changing.get(j)
            if changing is not None and now_s >= changing.until_s + plan.cycle_s:
                del self._changing[j]
                changing = None
            wanted = changing.stage_at(now_s) if changing is not None else plan.stage_at(now_s)
            if wanted == status.stage:
                if changing is None:
                    until[j] = (now_s + _next_change_s(plan, now_s), wanted)
                continue
            reason = "plan" if changing is None else f"into plan {plan.name}"
            # After a start-up or a pre-emption somebody may have waited out his time; the guard lets nothing
            # else pass.
            late = overdue_stage(junction, status, tick)
            if late is not None and late[1].isdisjoint(junction.stage[wanted].green):
                wanted, reason = late[0], "maximum red"
            if wanted != status.stage and may_leave(junction, status, now_s, wanted):
                decisions.append(Decision(j, wanted, reason))
        if self._changing:
            # A changeover bounds red as a cycle does only once it has come round: until then somebody else looks on.
            watched = {j: s for j, s in tick.statuses.items() if j in self._changing}
            rest = [d for d in decisions if d.junction not in watched]
            mine = [d for d in decisions if d.junction in watched]
            decisions = rest + self._warden.apply(tick._replace(statuses=watched), mine)
        return decisions

    def replace_library(self, library: PlanLibrary) -> None:
        """Run other plans from the next second on, each junction going over by its own changeover; they must have been checked
        against the network."""
        self._library, self._next_look_s = library, float("-inf")

    def _select(self, now_s: float) -> None:
        """Note which junctions have another plan from now on."""
        assert self._library is not None
        self._next_look_s = now_s + 1.0 - 1e-6
        days, second = divmod(now_s, DAY_S)
        for plan in self._library.select(second, int(self._weekday + days) % 7, self._special_day):
            if plan.junction not in self.plans:
                self.plans[plan.junction] = plan
            elif self._pending.get(plan.junction, self.plans[plan.junction]) != plan:
                self._pending[plan.junction] = plan

    def _begin(self, junction: Junction, status: CabinetStatus, now_s: float) -> None:
        """Leave the old plan for the one that is due; within seconds of its window's beginning, once the stage is settled."""
        before, plan = self.plans[junction.id], self._pending.pop(junction.id)
        assert status.stage is not None
        stages = [junction.stage[s.stage] for s in before.splits]
        clearance_s = next((transition_s(junction, stages[i - 1], s) for i, s in enumerate(stages) if s.id == status.stage), 0.0)
        red_s = {g.id: now_s - since for g, head, since in
                 zip(junction.groups, status.heads, status.head_since_s, strict=True) if not head.is_green}
        self.plans[junction.id] = plan
        self._changing[junction.id] = changeover(junction, plan, status.stage, now_s - status.stage_since_s + clearance_s,
                                                 red_s, now_s)
        self._until.pop(junction.id, None)


def _next_change_s(plan: Plan, now_s: float) -> float:
    """Seconds until the plan next changes its stage."""
    second = plan.second_of_cycle(now_s)
    starts = [s.start_s for s in plan.splits if s.start_s > second + 1e-9] or [plan.cycle_s]
    return starts[0] - second - 1e-6
