"""Hurry-call stages are nobody's but an emergency's, or an operator's: strategies neither see them nor ask for them.

While one runs its junction looks to a strategy as if it were on its way to the next stage. Whoever holds it drops the decision
that leads out of it; where nobody does, the junction goes back to what the strategy knows.
"""

from __future__ import annotations

from dataclasses import replace

from controller.fairness import overdue_stage
from controller.network import Network
from controller.strategy import Decision, Tick, may_leave
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus

BACK_REASON = "back from a hurry call"


class HurryStages:
    """``network`` is what strategies see: the same, without hurry-call stages."""

    def __init__(self, network: Network) -> None:
        self.network = network.without_hurry
        self._junctions = network.junctions
        self._stages: dict[JunctionId, frozenset[StageId]] = {
            j: frozenset(s.id for s in junction.stages if s.hurry) for j, junction in network.junctions.items()
            if any(s.hurry for s in junction.stages)}

    def seen(self, tick: Tick) -> tuple[Tick, list[Decision]]:
        """The tick for a strategy, and the decisions that lead out of the hurry-call stages it does not know."""
        hidden = {j: status for j, stages in self._stages.items()
                  if (status := tick.statuses.get(j)) is not None and status.stage in stages}
        if not hidden:
            return tick, []
        back = {j: way_back(self._junctions[j], status, tick) for j, status in hidden.items()}
        known = {j: status for j, status in tick.statuses.items() if j not in hidden}
        changing = {j: replace(status, stage=None, target=back[j]) for j, status in hidden.items()}
        return tick._replace(statuses=known, changing={**tick.changing, **changing}), [
            Decision(j, back[j], BACK_REASON) for j, status in hidden.items()
            if may_leave(self._junctions[j], status, tick.now_s, back[j])]


def way_back(junction: Junction, status: CabinetStatus, tick: Tick) -> StageId:
    """The stage to leave a hurry call for: what serves who is past the maximum red, else the stage that serves most of those
    who call, for the longest time."""
    late = overdue_stage(junction, status, tick)
    if late is not None:
        return late[0]
    since_s = status.call_since_s

    def worth(stage: Stage) -> tuple[int, float, int]:
        called = stage.green & since_s.keys()
        return -len(called), min((since_s[g] for g in called), default=0.0), len(stage.green)

    return min(junction.without_overlaps.stages, key=worth).id
