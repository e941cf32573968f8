"""What the adaptive strategies share: when to look at a junction again, and only then."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from controller.estimate import StageView, stage_views
from controller.network import Network
from controller.strategy import Decision, Strategy, Tick, may_leave
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus
from signal_drivers.transitions import transition_s


@dataclass(slots=True)
class Site:
    """One junction's unchanging facts and a strategy's few notes on it.

    ``transition_s`` by (from, to) stage; ``endings`` the heads that end between two stages, with their
    minimum greens.
    """

    junction: Junction
    views: dict[StageId, StageView]
    order: tuple[StageId, ...]
    transition_s: dict[tuple[StageId, StageId], float]
    endings: dict[tuple[StageId, StageId], tuple[tuple[int, float], ...]]
    wake_s: float = float("-inf")
    first_s: float = float("inf")
    seen_stage: StageId | None = None
    seen_since_s: tuple[float, ...] = ()
    notes: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, junction: Junction) -> Site:
        pairs = [(a, b) for a in junction.stages for b in junction.stages if a is not b]
        return cls(
            junction, dict(stage_views(junction)), tuple(s.id for s in junction.stages),
            {(a.id, b.id): transition_s(junction, a, b) for a, b in pairs},
            {(a.id, b.id): tuple((i, g.min_green_s) for i, g in enumerate(junction.groups)
                                 if g.id in a.green and g.id not in b.green) for a, b in pairs})

    def leave_at_s(self, status: CabinetStatus, target: StageId) -> float:
        """Earliest moment at which the present stage may give way to ``target``."""
        assert status.stage is not None
        return max((status.head_since_s[i] + least for i, least in self.endings[status.stage, target]
                    if status.heads[i].is_green), default=status.reported_s)


class AdaptiveStrategy(Strategy):
    """Looks at each junction only when a change is possible: after the minimum greens, then every
    ``recheck_s``.

    A stage that has just begun is looked at again when its first group may end. The wake-up time is dropped
    as soon as the cabinet is seen in another stage, whoever asked for it.
    """

    recheck_s: float = 1.0

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        self.sites: dict[JunctionId, Site] = {j: Site.of(junction)
                                               for j, junction in network.junctions.items()}

    def decide(self, tick: Tick) -> Sequence[Decision]:
        decisions = []
        now_s, sites = tick.now_s, self.sites
        for junction_id, status in tick.statuses.items():
            site = sites[junction_id]
            if now_s < site.wake_s and status.stage == site.seen_stage:
                continue
            if status.stage not in site.views or len(status.heads) != len(site.junction.groups):
                continue
            if status.stage != site.seen_stage:
                site.seen_stage = status.stage
                site.notes.clear()
            if status.head_since_s is not site.seen_since_s:
                # Greens only age while the heads stay as they are, so the earliest moment of change stays too.
                site.seen_since_s = status.head_since_s
                site.first_s = min((site.leave_at_s(status, s) for s in site.order if s != status.stage), default=float("inf"))
            if now_s < site.first_s - 1e-6:
                site.wake_s = site.first_s - 1e-6
                continue
            site.wake_s = now_s + self.recheck_s - 1e-6
            decision = self.choose(site, status, tick)
            if (decision is not None and decision.stage != status.stage
                    and may_leave(site.junction, status, now_s, decision.stage)):
                site.wake_s = now_s
                decisions.append(decision)
        return decisions

    @abstractmethod
    def choose(self, site: Site, status: CabinetStatus, tick: Tick) -> Decision | None:
        """The stage wanted next, or None to hold. Asked only while some stage change is possible."""
