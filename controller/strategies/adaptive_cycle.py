"""Adaptive control that keeps a cycle: plans that follow the traffic by small steps, after SCOOT.

Source: P. B. Hunt, D. I. Robertson, R. D. Bretherton, R. I. Winton, SCOOT - a traffic responsive method of coordinating
signals, TRRL Laboratory Report 1014, 1981: a split optimiser before every stage change, an offset optimiser once a cycle, a
cycle optimiser every few minutes, each of which may only nudge. Here the detectors are cameras at the stop lines, so that
degrees of saturation come from passages and the queue left at the end of green, and arrivals from vehicles coming into view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from controller.cycle.cycle_choice import chosen_cycle_s
from controller.cycle.runner import Runner
from controller.cycle.sites import Site, green_seconds, make_sites
from controller.fairness import overdue_stage
from controller.network import Network
from controller.strategies.fixed import fixed_plans
from controller.strategy import Decision, Strategy, Tick, may_leave
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import DAY_S, Plan, PlanLibrary
from signal_drivers.status import CabinetStatus
from signal_drivers.transitions import green_starts

WORTH = 0.95
"""A step must promise at most this share of the delay: measurements are noisy, and every step disturbs."""
LEARNED_CYCLES = 4
"""Cycles before a profile of arrivals is believed."""


class CycleSettings(BaseModel):
    """Steps and times in s. ``split_step_s`` moves one stage change, ``keep_step_s`` of it stays for good; ``look_ahead_s``
    before the change it is thought over; ``cycle_every_s`` between thoughts on the cycle."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    split_step_s: float = Field(4.0, ge=0, le=20)
    keep_step_s: float = Field(1.0, ge=0, le=5)
    look_ahead_s: float = Field(5.0, ge=1, le=20)
    offset_step_s: int = Field(4, ge=0, le=20)
    cycle_step_s: float = Field(16.0, ge=0, le=32)
    cycle_every_s: float = Field(150.0, ge=60, le=3600)


class AdaptiveCycle(Strategy):
    """Begins with plans (of a file: those in force when it starts; else Webster's on the network's flows, taken for equal where
    it has none) and nudges them. The cycle never breaks: stages keep their order and each comes once in it."""

    name = "adaptive-cycle"
    summary = "a cycle that follows the traffic: split, offset and cycle nudged as in SCOOT"
    keeps_max_red = True
    needs_counts = True
    takes_plans = True

    def __init__(self, plans: Mapping[JunctionId, Plan] | None = None, library: PlanLibrary | None = None, *,
                 weekday: int = 2, special_day: str | None = None, **settings: float) -> None:
        self.settings = CycleSettings(**settings)  # type: ignore[arg-type]
        self._given, self._library, self._weekday, self._special_day = plans, library, weekday, special_day

    def start(self, network: Network, seed: int = 0) -> None:
        """Raises :class:`InvalidValue` for a given plan that does not fit its junction."""
        super().start(network, seed)
        self.sites: dict[JunctionId, Site] = {}
        self.groups: list[list[JunctionId]] = []
        self._next_cycle_s = float("nan")

    def decide(self, tick: Tick) -> Sequence[Decision]:
        now_s = tick.now_s
        if not self.sites:
            self._begin(now_s)
        if now_s >= self._next_cycle_s:
            self._next_cycle_s = now_s + self.settings.cycle_every_s
            self._think_of_cycles()
        decisions = []
        for j, site in self.sites.items():
            self._pass_time(site, tick)
            status = tick.statuses.get(j)
            if status is None or status.stage is None or len(status.heads) != len(site.runner.junction.groups):
                continue
            self._think_of_split(site, status, tick)
            decision = _wish(site.runner, status, tick)
            if decision is not None:
                decisions.append(decision)
        return decisions

    def _begin(self, now_s: float) -> None:
        plans = self._plans(now_s)
        for plan in plans.values():
            plan.check_against(self.network.junctions[plan.junction])
        self.groups, self.sites = make_sites(self.network, plans)
        self._next_cycle_s = now_s + self.settings.cycle_every_s

    def _plans(self, now_s: float) -> Mapping[JunctionId, Plan]:
        chosen: tuple[Plan, ...] = ()
        if self._library is not None:
            days, second = divmod(now_s, DAY_S)
            chosen = self._library.select(second, int(self._weekday + days) % 7, self._special_day)
        if chosen:
            return {p.junction: p for p in chosen}
        return dict(self._given) if self._given is not None else fixed_plans(self.network)

    def _pass_time(self, site: Site, tick: Tick) -> None:
        runner, cycles = site.runner, site.runner.cycles
        ended = runner.advance(tick.now_s)
        if ended is not None:
            site.meter.stage_ends(ended, tick.frame)
            site.meter.stage_begins(runner.index, tick.frame)
        if runner.cycles != cycles:
            for profile in site.profiles:
                profile.cycle_ends(runner.cycle_s)
            if self.settings.offset_step_s:
                self._think_of_offset(site)
        second = (tick.now_s - runner.clock.start_s) % runner.cycle_s
        for profile in site.profiles:
            profile.note(tick.frame, second)

    def _think_of_split(self, site: Site, status: CabinetStatus, tick: Tick) -> None:
        """Once for each stage, shortly before it ends: sooner, as planned, or later, whichever costs least delay by the degrees
        of saturation on either side of the change."""
        runner, step_s = site.runner, self.settings.split_step_s
        now, count = (runner.cycles, runner.index), len(runner.stages)
        left_s = runner.ends_s[runner.index] - tick.now_s if count > 1 else float("inf")
        if site.thought_of == now or not step_s or left_s > self.settings.look_ahead_s + step_s:
            return
        site.thought_of = now
        i, after = runner.index, (runner.index + 1) % count
        ending, beginning = site.bounds[i]
        demand = {k: d for k in (*ending, *beginning)
                  if (d := site.meter.demand_now_veh(k, tick.frame, max(0.0, left_s))) is not None}
        costs = {}
        for by_s in (0.0, -step_s, step_s):
            row = list(runner.base)
            row[i] += by_s
            row[after] -= by_s
            if by_s and (row[i] < runner.least[i] or row[after] < runner.least[after]
                         or not _red_allows(runner, status, tick.now_s, by_s)):
                continue
            costs[by_s] = sum(site.meter.delay_veh_s(k, row, d, tick.frame) for k, d in demand.items())
        best = min(costs, key=lambda by_s: costs[by_s])
        if costs[best] >= WORTH * costs[0.0]:
            return
        runner.ends_s[i] += best
        keep_s = self.settings.keep_step_s if best > 0 else -self.settings.keep_step_s
        base = list(runner.base)
        base[i] += keep_s
        base[after] -= keep_s
        if base[i] >= runner.least[i] and base[after] >= runner.least[after]:
            runner.base = tuple(base)
            if after == 0:
                # The change between the last stage and the first is where the cycle begins.
                runner.offset_s = (runner.offset_s + keep_s) % runner.cycle_s

    def _think_of_offset(self, site: Site) -> None:
        """Once a cycle: the offset that leaves least delay on the way to this junction and from it to the next ones."""
        step = self.settings.offset_step_s
        parts = [(site, 1), *((self.sites[d], -1) for d in site.downstream)]
        delay = dict.fromkeys((0, -step, step), 0.0)
        for other, sign in parts:
            shares = {r.lane: r for r in other.meter.runs}
            for profile in other.profiles:
                if profile.cycles < LEARNED_CYCLES:
                    continue
                green = green_seconds(other.runner, shares[profile.lane].stages, shares[profile.lane].late_s)
                for by in delay:
                    delay[by] += profile.delay_veh_s(green, sign * by, shares[profile.lane].share)
        best = min(delay, key=lambda by: (delay[by], abs(by)))
        if delay[best] < WORTH * delay[0]:
            site.runner.offset_s = (site.runner.offset_s + best) % site.runner.cycle_s

    def _think_of_cycles(self) -> None:
        if not self.settings.cycle_step_s:
            return
        for members in self.groups:
            sites = [self.sites[j] for j in members]
            clock = sites[0].runner.clock
            cycle_s = chosen_cycle_s([(s.runner, s.meter) for s in sites], self.settings.cycle_step_s)
            if cycle_s == clock.cycle_s:
                continue
            first = sites[0].runner
            clock.cycle_s = cycle_s
            for site in sites:
                site.runner.rescale(site.runner.cycle_s)
                site.runner.offset_s %= site.runner.cycle_s
            # The first junction goes on as it was; the others fall into step with it.
            clock.start_s = first.nominal_end_s - first.offset_s


def _red_allows(runner: Runner, status: CabinetStatus, now_s: float, by_s: float) -> bool:
    """Whether those who gain green next stay within the maximum red if they gain it ``by_s`` later."""
    junction, i = runner.junction, runner.index
    stage, after = runner.stages[i], runner.stages[(i + 1) % len(runner.stages)]
    wait_s = runner.ends_s[i] + by_s - now_s
    starts = green_starts(junction, stage, after)
    return all(now_s - status.head_since_s[junction.index[g]] + wait_s + starts.get(g, 0.0) < junction.max_red_s - 1.0
               for g in after.green - stage.green)


def _wish(runner: Runner, status: CabinetStatus, tick: Tick) -> Decision | None:
    wanted: StageId = runner.wanted
    junction: Junction = runner.junction
    if wanted == status.stage:
        return None
    reason = "cycle"
    # After a start-up or a pre-emption somebody may have waited out his time; the guard lets nothing else pass.
    late = overdue_stage(junction, status, tick)
    if late is not None and late[1].isdisjoint(junction.stage[wanted].green):
        wanted, reason = late[0], "maximum red"
    if wanted != status.stage and may_leave(junction, status, tick.now_s, wanted):
        return Decision(junction.id, wanted, reason)
    return None
