"""Max pressure: the stage that moves most vehicles from full lanes to empty ones.

P. Varaiya, Max pressure control of a network of signalized intersections, Transportation Research C 36 (2013)
177-195: the pressure of a movement is its queue less the queues it feeds, a stage's the sum over its
movements. Full exits release nothing, after J. Gregoire et al., Capacity-aware backpressure traffic signal
control, IEEE Transactions on Control of Network Systems 2 (2015) 164-173. A switch must gain more than what
the clearance loses (hysteresis).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from controller.estimate import (
    HEADWAY_S,
    UNKNOWN_VEH,
    Release,
    arriving_veh,
    exits_full,
    head_stuck,
    look,
    look_out,
    people_waiting,
)
from controller.strategies.adaptive import AdaptiveStrategy, Site
from controller.strategy import Decision, Tick, may_leave
from signal_drivers.ids import LaneId, StageId
from signal_drivers.status import CabinetStatus

STUCK_AFTER_S = 8.0


class MaxPressureSettings(BaseModel):
    """``interval_s`` between decisions after the minimum green; ``view_s`` how far back, in free travel time,
    approaching vehicles count; ``exit_weight`` vehicles of pressure taken off by a full exit lane;
    ``person_veh`` worth of a pedestrian."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    interval_s: float = Field(5.0, ge=1, le=30)
    view_s: float = Field(8.0, ge=0, le=60)
    exit_weight: float = Field(4.0, ge=0)
    person_veh: float = Field(0.5, ge=0)
    hysteresis: float = Field(0.1, ge=0)


class MaxPressure(AdaptiveStrategy):
    """Every ``interval_s`` after the minimum green: the stage with the highest pressure, any order."""

    name = "max-pressure"
    summary = "the stage of highest pressure (Varaiya 2013), any order"

    def __init__(self, **settings: float) -> None:
        self.settings = MaxPressureSettings(**settings)
        self.recheck_s = self.settings.interval_s

    def choose(self, site: Site, status: CabinetStatus, tick: Tick) -> Decision | None:
        assert status.stage is not None
        vehicles: dict[LaneId, float] = {}
        now_pressure = self.pressure(site, status, status.stage, tick, vehicles)
        best, best_pressure = None, now_pressure * (1 + self.settings.hysteresis)
        for stage in site.order:
            if stage == status.stage:
                continue
            pressure = self.pressure(site, status, stage, tick, vehicles)
            # Clearance costs the present stage's discharge for its length, and only as far as it has vehicles
            # to discharge.
            cost = min(max(now_pressure, 0.0), site.transition_s[status.stage, stage] / HEADWAY_S)
            if pressure > 0 and pressure - cost > best_pressure and may_leave(site.junction, status, tick.now_s, stage):
                best, best_pressure = stage, pressure - cost
        if best is None:
            return None
        return Decision(site.junction.id, best, f"pressure {best_pressure:.1f} over {now_pressure:.1f}")

    def pressure(self, site: Site, status: CabinetStatus, stage: StageId, tick: Tick,
                 vehicles: dict[LaneId, float] | None = None) -> float:
        """Pressure of ``stage`` in vehicles; ``vehicles`` keeps what was seen of lanes for the next stage's
        turn."""
        vehicles = {} if vehicles is None else vehicles
        view = site.views[stage]
        total = sum(self._release(site, status, release, tick, vehicles) for release in view.releases)
        for group in view.people:
            total += self.settings.person_veh * people_waiting(tick.frame, site.junction.id, group)
        return total

    def _release(self, site: Site, status: CabinetStatus, release: Release, tick: Tick,
                 vehicles: dict[LaneId, float]) -> float:
        if release.lane not in vehicles:
            seen = look(tick.frame, release.lane)
            vehicles[release.lane] = (UNKNOWN_VEH if seen is None else
                                      arriving_veh(seen, release.speed_mps, self.settings.view_s))
        count = vehicles[release.lane]
        if count <= 0 or exits_full(tick.frame, release.exits):
            return 0.0
        if not release.whole and tick.now_s - status.stage_since_s > STUCK_AFTER_S and status.stage is not None:
            mine = all(g in site.views[status.stage].stage.green for g in release.groups)
            seen = look(tick.frame, release.lane)
            if mine and seen is not None and head_stuck(seen):
                return 0.0
        return release.share * count - self.settings.exit_weight * self._fullness(release, tick)

    def _fullness(self, release: Release, tick: Tick) -> float:
        """Mean share, 0..1, of the exit lanes' seen length that a standing queue takes."""
        shares = []
        for lane in release.exits:
            seen = look_out(tick.frame, lane)
            if seen is not None and seen.queue_veh > 0 and seen.range_m > 0:
                shares.append(min(1.0, max(0.0, 1.0 - seen.free_m / seen.range_m)))
        return sum(shares) / len(release.exits) if shares else 0.0
