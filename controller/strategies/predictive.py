"""Predictive control: each second, the plan of least cost over the next minute, for every junction."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from controller.explain import Explanation
from controller.network import Network
from controller.predictive.account import account
from controller.predictive.planner import Planner
from controller.predictive.warm import warm
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.ids import JunctionId


class PredictiveSettings(BaseModel):
    """Costs are in vehicle seconds. ``horizon_s`` of a plan; ``margin`` a change must save over staying for good; ``stop_s`` one
    stop; ``person`` a second of one person's wait at a crossing; ``tram`` one tram; ``fairness`` a person's second at the
    maximum red; ``impatience`` what a change may cost more for each second it was put off; ``after_s`` a vehicle left at the
    horizon's end; ``gap_s`` critical gap; ``yellow_s`` of yellow driven through; ``lost_veh`` lost at a start and ``flow_vph``
    saturation flow before they are learnt; ``look_s`` and ``keep`` of the plan's tail; ``clear_s`` for how long
    others wait while ``clear_veh`` vehicles or more stand inside the junction; ``usual`` weight of arrivals nobody has seen yet,
    at their usual rate; ``shared`` weight of the neighbours' plans for this second, less of what they say of later ones;
    ``between`` weight of who comes from neighbours at the usual rate, where their plans are not trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    horizon_s: int = Field(60, ge=20, le=180)
    margin: float = Field(3.0, ge=0)
    stop_s: float = Field(3.0, ge=0)
    person: float = Field(1.0, ge=0)
    tram: float = Field(40.0, ge=0)
    fairness: float = Field(2.0, ge=0)
    impatience: float = Field(0.15, ge=0)
    after_s: float = Field(15.0, ge=0)
    gap_s: float = Field(4.0, gt=0)
    yellow_s: float = Field(1.0, ge=0, le=3)
    lost_veh: float = Field(0.5, ge=0)
    flow_vph: float = Field(1900.0, gt=0)
    look_s: float = Field(4.0, gt=0)
    keep: float = Field(1.1, gt=0)
    clear_veh: int = Field(2, ge=1)
    clear_s: float = Field(10.0, ge=0)
    usual: float = Field(0.6, ge=0, le=1)
    shared: float = Field(1.0, ge=0, le=1)
    between: float = Field(0.6, ge=0, le=1)


class Predictive(Strategy):
    """Rolling horizon: stays, or changes to the stage whose plan costs least."""

    name = "predictive"
    summary = "least cost over the next 60 s, replanned every second, neighbours' plans shared"
    needs_counts = True
    plans_variants = True

    def __init__(self, **settings: float) -> None:
        self.settings = PredictiveSettings(**settings)  # type: ignore[arg-type]

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        warm(network, self.settings)
        self.planner = Planner(network, self.settings)
        self._tick: Tick | None = None

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self._tick = tick
        return self.planner.decide(tick)

    def explain(self, junction: JunctionId) -> Explanation | None:
        return account(self.planner, self._tick, junction) if self._tick is not None else None
