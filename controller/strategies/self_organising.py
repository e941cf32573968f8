"""Self-organising control: serve who can be cleared soonest, but nobody too late.

S. Lämmer and D. Helbing, Self-control of traffic lights and vehicle flows in urban road networks, J. Stat.
Mech. (2008) P04019. From its optimisation strategy: the priority index pi = n / (tau_pen + tau + g), where n
vehicles can leave in g seconds of green after tau seconds of clearance. From its stabilisation strategy: a
flow joins the list of those to serve first when its expected n reaches n_crit = Q T (T_max - z) / (T_max -
T), with Q its mean arrival rate and z its service interval (red so far, clearance and green), so that it is
served once in T on average and once in T_max at the latest. The paper's flows are single; here a stage's
flows count together, and g is the length of green with the highest index.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from controller.estimate import (
    HEADWAY_S,
    START_UP_LOSS_S,
    StageView,
    departures_s,
    exits_full,
    head_stuck,
    look,
    people_waiting,
)
from controller.network import Network
from controller.strategies.adaptive import AdaptiveStrategy, Site
from controller.strategy import Decision, Tick, may_leave
from detectors.observation import LaneObservation
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.status import CabinetStatus

STUCK_AFTER_S = 8.0
FIRST_RATE_VPS = 0.05
"""Arrival rate, veh/s and lane, believed until a lane has been served (180 veh/h)."""
CYCLE_OVER_LOST = 3.0
HIGHEST_SHARE = 0.85
"""T stays below this share of T_max, or the critical number would fall from everything to nothing at once."""
RATE_MEMORY = 0.3
"""Weight of the newest service interval in a lane's arrival rate."""


class SelfOrganisingSettings(BaseModel):
    """``service_interval_s`` is the least T; T_max is each junction's maximum red. ``longest_green_s`` bounds one
    service, ``gap_s`` ends a platoon, ``person_veh`` is the worth of a waiting pedestrian."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    service_interval_s: float = Field(60.0, gt=0, le=110)
    longest_green_s: float = Field(60.0, gt=0, le=300)
    gap_s: float = Field(2.5, gt=0, le=20)
    person_veh: float = Field(0.5, ge=0)
    recheck_s: float = Field(2.0, ge=1, le=10)


class Index(NamedTuple):
    """Priority of one stage: ``veh`` that can leave within ``green_s`` after ``start_s``, and the index they
    give."""

    value: float
    veh: float
    start_s: float
    green_s: float


def best_index(leaving: list[tuple[float, list[float]]], start_s: float, penalty_s: float, least_green_s: float,
               extra_veh: float = 0.0) -> Index:
    """Highest index over all lengths of green.

    ``leaving`` has (share, departure times in s from now) of each lane; green starts at ``start_s`` and lasts
    at least ``least_green_s``. ``extra_veh`` leave at once (pedestrians).
    """
    events = sorted([(max(least_green_s, t + HEADWAY_S - start_s), share) for share, times in leaving for t in times])
    veh, best_veh, best_green_s = extra_veh, extra_veh, least_green_s
    best_value = extra_veh / max(penalty_s + start_s + least_green_s, 1.0)
    for i, (green_s, share) in enumerate(events):
        veh += share
        # Vehicles that leave side by side count together.
        if i + 1 < len(events) and events[i + 1][0] - green_s < 1e-6:
            continue
        value = veh / max(penalty_s + start_s + green_s, 1.0)
        if value > best_value + 1e-12:
            best_value, best_veh, best_green_s = value, veh, green_s
    return Index(best_value, best_veh, start_s, best_green_s)


def critical_veh(rate_vps: float, interval_s: float, service_s: float, longest_s: float) -> float:
    """n_crit of a flow with ``rate_vps`` arrivals whose service interval has grown to ``interval_s`` (z), for T =
    ``service_s`` and T_max = ``longest_s``. At z = T it is a full interval's arrivals, at T_max nothing."""
    if longest_s <= service_s:
        return 0.0
    return rate_vps * service_s * (longest_s - interval_s) / (longest_s - service_s)


class SelfOrganising(AdaptiveStrategy):
    """Highest priority index first; flows that have waited past their service interval before all others."""

    name = "self-organising"
    summary = "priority index with stabilisation (Lämmer & Helbing 2008), any order"

    def __init__(self, **settings: float) -> None:
        self.settings = SelfOrganisingSettings(**settings)
        self.recheck_s = self.settings.recheck_s

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        self._rate_vps: dict[LaneId, float] = {}
        self._facts: dict[JunctionId, dict[str, float]] = {j: {} for j in network.junctions}
        self._first: dict[JunctionId, dict[GroupId, None]] = {j: {} for j in network.junctions}

    def choose(self, site: Site, status: CabinetStatus, tick: Tick) -> Decision | None:
        assert status.stage is not None
        seen: dict[LaneId, LaneObservation | None] = {}
        indices = {s: self.index(site, status, s, tick, seen) for s in site.order
                   if s == status.stage or may_leave(site.junction, status, tick.now_s, s)}
        first = self._stabilise(site, status, tick, indices, seen)
        pool = [s for s in indices if first in site.views[s].stage.green] if first is not None else list(indices)
        if not pool:
            return None
        best = max(pool, key=lambda s: (indices[s].value, s == status.stage))
        if best == status.stage or indices[best].value <= 0:
            return None
        self._learn(site, status, best, tick, seen)
        return Decision(site.junction.id, best, f"service of {first}" if first is not None else
                        f"index {indices[best].value:.2f} over {indices[status.stage].value:.2f}")

    def index(self, site: Site, status: CabinetStatus, stage: StageId, tick: Tick,
              seen: dict[LaneId, LaneObservation | None] | None = None) -> Index:
        """Priority index of ``stage``, veh/s."""
        seen = {} if seen is None else seen
        view, present = site.views[stage], stage == status.stage
        assert status.stage is not None
        start_s = 0.0 if present else site.transition_s[status.stage, stage] + START_UP_LOSS_S
        # Coming back to an unfinished green costs its clearance once more: serving first the one and then the
        # other, or the other way round, differs by just that (the exchange argument behind the paper's
        # penalty).
        penalty_s = 0.0 if present else site.transition_s[stage, status.stage]
        last_s = start_s + self.settings.longest_green_s
        stuck = present and tick.now_s - status.stage_since_s > STUCK_AFTER_S
        leaving = []
        for release in view.releases:
            if release.lane not in seen:
                seen[release.lane] = look(tick.frame, release.lane)
            lane = seen[release.lane]
            if lane is None:
                leaving.append((release.share, [start_s]))
            elif lane.vehicles and not (stuck and head_stuck(lane)) and not exits_full(tick.frame, release.exits):
                leaving.append((release.share, departures_s(lane, release.speed_mps, start_s,
                                                            gap_s=self.settings.gap_s, last_s=last_s)))
        people = self.settings.person_veh * sum(people_waiting(tick.frame, site.junction.id, g) for g in view.people)
        least_s = 0.0 if present else _least_green_s(site, view, status.stage)
        return best_index(leaving, start_s, penalty_s, least_s, 0.0 if present else people)

    def _stabilise(self, site: Site, status: CabinetStatus, tick: Tick, indices: dict[StageId, Index],
                   seen: dict[LaneId, LaneObservation | None]) -> GroupId | None:
        """Keep the list of flows to serve first, oldest first; the one whose turn it is, or None."""
        junction, waiting = site.junction, self._first[site.junction.id]
        for i, group in enumerate(junction.groups):
            red_s = 0.0 if status.heads[i].is_green else tick.now_s - status.head_since_s[i]
            count = self._expected(site, group.id, tick, seen)
            if status.heads[i].is_green:
                # Its service ends when nobody is left or it has had its longest green.
                green_s = tick.now_s - status.head_since_s[i]
                if group.id in waiting and (count <= 0 or green_s >= self._own_green_s(site, group.id)):
                    del waiting[group.id]
            elif group.id not in waiting and count > 0:
                serving = [indices[s] for s in indices if group.id in site.views[s].stage.green]
                soonest = min((x.start_s + x.green_s for x in serving), default=0.0)
                lanes = junction.lanes_of[group.id]
                rate = sum(self._rate_vps.get(lane.id, FIRST_RATE_VPS) for lane in lanes) or FIRST_RATE_VPS
                if count >= critical_veh(rate, red_s + soonest, self._interval_s(site), junction.max_red_s):
                    waiting[group.id] = None
        return next(iter(waiting), None)

    def _interval_s(self, site: Site) -> float:
        """T of this junction. Long clearances need a long interval: serving everybody more often than a cycle in which a third
        is lost would stabilise nothing."""
        if "interval_s" not in self._facts[site.junction.id]:
            lost_s = sum(site.transition_s.get((a, b), 0.0) + START_UP_LOSS_S
                         for a, b in zip(site.order, site.order[1:] + site.order[:1], strict=True))
            longest_s = HIGHEST_SHARE * site.junction.max_red_s
            self._facts[site.junction.id]["interval_s"] = min(
                max(self.settings.service_interval_s, CYCLE_OVER_LOST * lost_s), longest_s)
        return self._facts[site.junction.id]["interval_s"]

    def _own_green_s(self, site: Site, group: GroupId) -> float:
        """Green that a flow on the list may take: its arrivals of one service interval, at saturation."""
        rates = [self._rate_vps.get(lane.id, FIRST_RATE_VPS) for lane in site.junction.lanes_of[group]]
        need_s = max(rates, default=0.0) * self._interval_s(site) * HEADWAY_S
        return min(self.settings.longest_green_s, max(need_s + START_UP_LOSS_S, site.junction.group[group].min_green_s))

    def _expected(self, site: Site, group: GroupId, tick: Tick, seen: dict[LaneId, LaneObservation | None]) -> float:
        if site.junction.group[group].for_pedestrians:
            return float(people_waiting(tick.frame, site.junction.id, group))
        total = 0.0
        for lane in site.junction.lanes_of[group]:
            if lane.id not in seen:
                seen[lane.id] = look(tick.frame, lane.id)
            found = seen[lane.id]
            total += 1.0 if found is None else len(found.vehicles) / len(lane.groups)
        return total

    def _learn(self, site: Site, status: CabinetStatus, stage: StageId, tick: Tick,
               seen: dict[LaneId, LaneObservation | None]) -> None:
        """Arrival rates of the lanes about to be served: what stands and comes, over the red it came in."""
        index = site.junction.index
        for release in site.views[stage].releases:
            reds = [tick.now_s - status.head_since_s[index[g]] for g in release.groups
                    if not status.heads[index[g]].is_green]
            lane = seen.get(release.lane)
            if lane is None or not reds or min(reds) < 10.0:
                continue
            old = self._rate_vps.get(release.lane, FIRST_RATE_VPS)
            self._rate_vps[release.lane] = old + RATE_MEMORY * (len(lane.vehicles) / min(reds) - old)


def _least_green_s(site: Site, view: StageView, before: StageId) -> float:
    gained = view.stage.green - site.views[before].stage.green
    return max((site.junction.group[g].min_green_s for g in gained), default=0.0)
