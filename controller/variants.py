"""Between strategies, which think in full stages, and cabinets, which run the variant that demand calls for.

A tram signal turns green when a tram comes and red when it has passed; a long crossing gets its green when somebody waits.
Without this every cycle would pay the clearance of a tram 65 m long and of people on a wide road, whether or not there are
any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from controller.fairness import overdue_stage
from controller.network import Network
from controller.strategy import Decision, Tick, may_leave
from detectors.observation import Frame, Quality
from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus, Head

LATE_ENTRY_S = 10.0
"""People who arrive this long after a stage began may still get their green in it."""
PATIENCE_S = 20.0
"""People who have waited this long get their green in a running stage that can show it, however old it is."""
LOOK_EVERY_TICKS = 2
ON_DEMAND_REASON = "on demand:"
"""How the reason begins of a decision that lets people or a tram into or out of a running stage."""


@dataclass(slots=True)
class _Place:
    junction: Junction
    optional: Mapping[StageId, frozenset[GroupId]]
    base: Mapping[StageId, StageId]
    phase_ticks: int


class DemandVariants:
    """Translates both ways. Junctions without variants pass through untouched."""

    def __init__(self, network: Network) -> None:
        self._places = {j: _place(junction, i) for i, (j, junction) in enumerate(network.junctions.items())
                        if len(junction.full_stages) < len(junction.stages)}
        plain = {j: replace(junction, stages=junction.full_stages) if j in self._places else junction
                 for j, junction in network.junctions.items()}
        self.network = replace(network, junctions=plain) if self._places else network
        """The network as strategies see it: full stages only."""
        self._ticks = 0

    def seen(self, statuses: Mapping[JunctionId, CabinetStatus]) -> Mapping[JunctionId, CabinetStatus]:
        """Statuses with variants reported as the full stages they stand for."""
        if not self._places:
            return statuses
        return {j: self._plain(j, status) for j, status in statuses.items()}

    def _plain(self, j: JunctionId, status: CabinetStatus) -> CabinetStatus:
        place = self._places.get(j)
        if place is None or status.stage is None or place.base.get(status.stage, status.stage) == status.stage:
            return status
        return replace(status, stage=place.base[status.stage], target=place.base.get(status.target, status.target))

    def apply(self, tick: Tick, decisions: Sequence[Decision]) -> list[Decision]:
        """``decisions`` with each stage replaced by the variant that demand calls for, and trams and people let into or out
        of running stages. ``tick`` has the cabinets' own statuses. At most one decision a junction."""
        if not self._places:
            return list(decisions)
        self._ticks += 1
        wanted = {d.junction: d for d in decisions}
        for j, place in self._places.items():
            status = tick.statuses.get(j)
            if status is None or status.stage is None:
                continue
            decision = wanted.get(j)
            if decision is not None and decision.stage in place.base and place.base[decision.stage] != place.base[status.stage]:
                wanted[j] = self._entering(place, status, decision, tick)
            else:
                wanted.pop(j, None)
                if (self._ticks + place.phase_ticks) % LOOK_EVERY_TICKS:
                    continue
                joined = self._running(place, status, tick)
                if joined is not None:
                    wanted[j] = joined
        return list(wanted.values())

    @staticmethod
    def _entering(place: _Place, status: CabinetStatus, decision: Decision, tick: Tick) -> Decision:
        full = place.junction.stage[place.base[decision.stage]]
        # A call that stands counts even where nobody is seen this moment: the guard lets no stage pass that leaves a group out
        # whose call is overdue.
        called = {g for g in place.optional[full.id] if g in status.call_since_s or _called(place.junction, g, tick.frame)}
        # What is green in both stages goes on: ending it here could cut its minimum short, and costs a clearance for nothing.
        green = {g for g in place.optional[full.id] if status.heads[place.junction.index[g]].is_green}
        return decision._replace(stage=_variant(place, full, frozenset(called | green)).id)

    @staticmethod
    def _running(place: _Place, status: CabinetStatus, tick: Tick) -> Decision | None:
        assert status.stage is not None
        full = place.junction.stage[place.base[status.stage]]
        # An overlap stage, which a strategy of another kind may have left running, has no variants.
        optional = place.optional.get(full.id)
        if not optional:
            return None
        now_green = place.junction.stage[status.stage].green
        keep = set()
        for g in optional:
            called = _called(place.junction, g, tick.frame)
            if place.junction.group[g].kind is GroupKind.TRAM:
                if called or (g in now_green and not _may_end(place.junction, status, g, tick.now_s)):
                    keep.add(g)
            elif g in now_green or (called and _may_enter(place.junction, status, g, tick)):
                keep.add(g)
        stage = _variant(place, full, frozenset(keep))
        if stage.id == status.stage or not may_leave(place.junction, status, tick.now_s, stage.id):
            return None
        late = overdue_stage(place.junction, status, tick)
        if late is not None and late[1].isdisjoint(stage.green):
            # The stage has to end, not to change: the guard would say so.
            return None
        return Decision(place.junction.id, stage.id, f"{ON_DEMAND_REASON} {stage.label if stage.id != full.id else full.label}")


def _place(junction: Junction, number: int) -> _Place:
    optional = {}
    for full, variants in junction.variants.items():
        least = frozenset.intersection(*(v.green for v in variants))
        optional[full] = junction.stage[full].green - least
    return _Place(junction, optional, {s.id: s.base for s in junction.stages}, number % LOOK_EVERY_TICKS)


def _variant(place: _Place, full: Stage, wanted: frozenset[GroupId]) -> Stage:
    """The smallest variant of ``full`` that has all of ``wanted``."""
    return min((v for v in place.junction.variants[full.id] if wanted <= v.green), key=lambda v: (len(v.green), v.id))


def _called(junction: Junction, group: GroupId, frame: Frame) -> bool:
    """Whether somebody wants the group now; where nobody can see, it is called."""
    try:
        if junction.group[group].for_pedestrians:
            return frame.crossing(junction.id, group).waiting > 0
        lanes = [frame.lane(lane.id) for lane in junction.lanes_of[group]]
        return not lanes or any(lane.vehicles or lane.quality is Quality.BAD for lane in lanes)
    except KeyError:
        return True


def _may_end(junction: Junction, status: CabinetStatus, group: GroupId, now_s: float) -> bool:
    i = junction.index[group]
    return not status.heads[i].is_green or now_s - status.head_since_s[i] >= junction.group[group].min_green_s - 1e-6


def _may_enter(junction: Junction, status: CabinetStatus, group: GroupId, tick: Tick) -> bool:
    """People may enter a young stage, or one that already runs when they have waited long."""
    if tick.now_s - status.stage_since_s <= LATE_ENTRY_S:
        return True
    i = junction.index[group]
    since = status.call_since_s.get(group)
    return (since is not None and status.heads[i] is Head.RED
            and tick.now_s - max(since, status.head_since_s[i]) >= PATIENCE_S)
