"""Vehicle-actuated control on camera observations: cyclic stages, extension, gap-out and max-out, skips
(NEMA-like).

The concepts are those of a NEMA TS 2 actuated controller (FHWA Traffic Signal Timing Manual, chapter 5):
passage time, gap-out, max-out counted from the first conflicting call, phase skip, rest in green, and
pedestrian calls.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from controller.estimate import Release, StageView, exits_full, head_stuck, look, people_waiting
from controller.strategies.adaptive import AdaptiveStrategy, Site
from controller.strategy import Decision, Tick, may_leave
from detectors.observation import LaneObservation
from signal_drivers.ids import LaneId, StageId
from signal_drivers.status import CabinetStatus

STARTING_S = 6.0
"""A queue's head has left by this time after its green began, unless something holds it."""
REST_S = 2.0
"""A junction at rest is looked at again after this long."""
LONG_QUEUE_VEH = 4
"""A queue this long keeps its green for at least the next two seconds."""
CREEP_MPS = 3.0
"""A queued vehicle that has begun to move covers at least this on its way to the stop line."""


class ActuatedSettings(BaseModel):
    """Times in s. ``passage_s``: a gap longer than this ends the green; ``call_s``: a vehicle this near calls
    its stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    passage_s: float = Field(3.0, gt=0, le=20)
    max_green_s: float = Field(50.0, gt=0, le=300)
    unseen_green_s: float = Field(20.0, ge=0, le=300)
    call_s: float = Field(8.0, gt=0, le=60)


class Actuated(AdaptiveStrategy):
    """Green stays while somebody it serves arrives within the passage time; then, or at the maximum green,
    the next stage in order that has demand. Nobody elsewhere: it rests."""

    name = "actuated"
    summary = "gap-out / max-out on camera observations, cyclic with skips"

    def __init__(self, **settings: float) -> None:
        self.settings = ActuatedSettings(**settings)

    def choose(self, site: Site, status: CabinetStatus, tick: Tick) -> Decision | None:
        assert status.stage is not None
        age_s = tick.now_s - status.stage_since_s
        # The maximum runs from the first conflicting call: resting in green must not use it up.
        running_s = tick.now_s - max(status.stage_since_s, site.notes.get("rested", status.stage_since_s))
        out = running_s >= self.settings.max_green_s
        if not out and self._extends(site, site.views[status.stage], tick, age_s):
            return None
        target = self._next(site, status, tick, age_s)
        if target is None:
            site.notes["rested"] = tick.now_s
            # Nobody wants anything else: no need to ask again at once.
            site.wake_s = tick.now_s + REST_S - 1e-6
            return None
        return Decision(site.junction.id, target, "max-out" if out else "gap-out")

    def _extends(self, site: Site, view: StageView, tick: Tick, age_s: float) -> bool:
        for release in view.releases:
            seen = look(tick.frame, release.lane)
            if seen is None:
                if age_s < self.settings.unseen_green_s:
                    return True
            elif seen.vehicles and self._arrives(seen, release, age_s) and not exits_full(tick.frame, release.exits):
                if seen.queue_veh >= LONG_QUEUE_VEH and not head_stuck(seen):
                    site.wake_s = tick.now_s + 2.0 - 1e-6
                return True
        return False

    def _arrives(self, seen: LaneObservation, release: Release, age_s: float) -> bool:
        if head_stuck(seen):
            # Still starting; later it is held by something this green cannot mend, unless it waits for a gap
            # to turn.
            return age_s < STARTING_S or (release.whole and not release.freely and age_s < 2 * STARTING_S)
        if seen.queue_veh:
            return True
        return any(v.distance_m <= max(v.speed_mps, CREEP_MPS) * self.settings.passage_s for v in seen.vehicles)

    def _next(self, site: Site, status: CabinetStatus, tick: Tick, age_s: float) -> StageId | None:
        assert status.stage is not None
        at = site.order.index(status.stage)
        known: dict[LaneId, bool] = {}
        served = {r.lane: r for r in site.views[status.stage].releases}
        for stage in site.order[at + 1:] + site.order[:at]:
            if self._called(site, site.views[stage], site.views[status.stage], served, tick, known) \
                    and may_leave(site.junction, status, tick.now_s, stage):
                return stage
        return None

    def _called(self, site: Site, view: StageView, now: StageView, served: dict[LaneId, Release], tick: Tick,
                known: dict[LaneId, bool]) -> bool:
        for release in view.releases:
            mine = served.get(release.lane)
            if mine is not None and not _gives_more(release, mine, now, view):
                continue
            if release.lane not in known:
                known[release.lane] = self._demand(release, mine, tick)
            if known[release.lane]:
                return True
        return any(group not in now.stage.green and people_waiting(tick.frame, site.junction.id, group)
                   for group in view.people)

    def _demand(self, release: Release, mine: Release | None, tick: Tick) -> bool:
        seen = look(tick.frame, release.lane)
        if seen is None:
            return mine is None
        if mine is not None:
            # The lane is released in part: only what this green has not moved calls for another.
            return head_stuck(seen)
        reach_m = max(seen.queue_m, release.speed_mps * self.settings.call_s)
        return any(v.distance_m <= reach_m for v in seen.vehicles)


def _gives_more(other: Release, mine: Release, now: StageView, view: StageView) -> bool:
    """Whether ``other`` releases of the lane what the present stage keeps red, or protects what yields in
    it."""
    red = any(g not in now.stage.green for g in other.groups)
    return red or any(g in now.stage.yielding and g not in view.stage.yielding for g in mine.groups)
