"""A signalised junction that has checked itself: what it holds can be driven."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from signal_drivers.errors import JunctionRefused
from signal_drivers.groups import SignalGroup
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.lanes import Detector, Lane, Movement
from signal_drivers.limits import DEFAULT_LIMITS, Clearance, Limits, check_seconds
from signal_drivers.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Junction:
    """Everything the strategy, the guard and the cabinet must agree on about one junction.

    Raises :class:`JunctionRefused`, naming the junction and the mend, for: two conflicting protected groups in one stage, a
    stage of one all-green phase, a group no stage serves, a conflicting pair without an intergreen, an intergreen shorter
    than the yellow, a pedestrian minimum green shorter than the crossing at 1.0 m/s, and references to what is not there.
    """

    id: JunctionId
    groups: tuple[SignalGroup, ...]
    stages: tuple[Stage, ...]
    intergreens: Intergreens
    yellow_s: float
    max_red_s: float = DEFAULT_LIMITS.max_red_s
    lanes: tuple[Lane, ...] = ()
    movements: tuple[Movement, ...] = ()
    detectors: tuple[Detector, ...] = ()
    clearance: Clearance = Clearance.GEOMETRY
    name: str = ""
    notes: tuple[str, ...] = ()
    limits: Limits = field(default=DEFAULT_LIMITS, repr=False)

    def __getstate__(self) -> dict[str, object]:
        # Views cached on first use are read-only mappings, which do not pickle; a copy makes its own.
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __post_init__(self) -> None:
        check_seconds("yellow_s", self.yellow_s, f"junction {self.label}")
        check_seconds("max_red_s", self.max_red_s, f"junction {self.label}", minimum=1.0)
        self._check_names()
        self._check_stages()
        self._check_times()

    @property
    def label(self) -> str:
        return f"{self.name} ({self.id})" if self.name and self.name != self.id else str(self.id)

    @cached_property
    def group(self) -> Mapping[GroupId, SignalGroup]:
        return MappingProxyType({g.id: g for g in self.groups})

    @cached_property
    def stage(self) -> Mapping[StageId, Stage]:
        return MappingProxyType({s.id: s for s in self.stages})

    @cached_property
    def full_stages(self) -> tuple[Stage, ...]:
        """The stages that are nobody's variant, no overlap and no hurry call, in order."""
        return tuple(s for s in self.stages if s.variant_of is None and not s.overlap and not s.hurry)

    @cached_property
    def without_overlaps(self) -> Junction:
        """The same junction with its full stages and their variants only."""
        return self._with(s for s in self.stages if not s.overlap and not s.hurry)

    @cached_property
    def without_hurry(self) -> Junction:
        """The same junction as strategies know it: without its hurry-call stages."""
        return self._with(s for s in self.stages if not s.hurry)

    def _with(self, stages: Iterable[Stage]) -> Junction:
        kept = tuple(stages)
        return self if len(kept) == len(self.stages) else replace(self, stages=kept)

    @cached_property
    def variants(self) -> Mapping[StageId, tuple[Stage, ...]]:
        """Every full stage with its variants, itself first."""
        return MappingProxyType({s.id: (s, *(v for v in self.stages if v.variant_of == s.id)) for s in self.full_stages})

    @cached_property
    def index(self) -> Mapping[GroupId, int]:
        """Position of each group in ``groups``, which is the order of the heads in a cabinet's status."""
        return MappingProxyType({g.id: i for i, g in enumerate(self.groups)})

    @cached_property
    def lanes_of(self) -> Mapping[GroupId, tuple[Lane, ...]]:
        rows: dict[GroupId, list[Lane]] = {g.id: [] for g in self.groups}
        for lane in self.lanes:
            for group in lane.groups:
                rows[group].append(lane)
        return MappingProxyType({g: tuple(lanes) for g, lanes in rows.items()})

    @cached_property
    def exits_of(self) -> Mapping[tuple[LaneId, GroupId], tuple[LaneId, ...]]:
        """Exit lanes reached from a lane under a group."""
        rows: dict[tuple[LaneId, GroupId], list[LaneId]] = {}
        for m in self.movements:
            rows.setdefault((m.from_lane, m.group), []).append(m.to_lane)
        return MappingProxyType({k: tuple(v) for k, v in rows.items()})

    @cached_property
    def compatible_pairs(self) -> frozenset[tuple[GroupId, GroupId]]:
        """Ordered (yielding, other) conflicting pairs that some stage lets run together."""
        return frozenset((y, g) for s in self.stages for y in s.yielding for g in s.green
                         if y != g and self.intergreens.conflict(y, g))

    def stages_serving(self, group: GroupId) -> tuple[Stage, ...]:
        return tuple(s for s in self.stages if group in s.green)

    def require_street(self) -> None:
        """Raise :class:`JunctionRefused` unless the clearance is that of a street; whatever leads to one asks this first."""
        if self.clearance is not Clearance.GEOMETRY:
            raise self._refuse(f"its clearance is that of published {self.clearance.value}s (yellow 3 s, no all-red) and can "
                               "never pass validation for a street", "derive it again with --clearance geometry")

    def _refuse(self, what: str, mend: str) -> JunctionRefused:
        return JunctionRefused(what, where=f"junction {self.label}", mend=mend)

    def _check_names(self) -> None:
        for kind, names in (("signal group", [g.id for g in self.groups]), ("stage", [s.id for s in self.stages]),
                            ("lane", [lane.id for lane in self.lanes])):
            twice = [n for n, k in Counter(names).items() if k > 1]
            if twice:
                raise self._refuse(f"{kind} {twice[0]} is defined twice", "give each its own id")
        if not self.id:
            raise self._refuse("it has no id", "give it the id its cabinet reports")
        if not self.groups or not self.stages:
            raise self._refuse("it has no signal groups or no stages", "define at least one of each")
        known = {g.id for g in self.groups}
        self._check_known(known, (g for s in self.stages for g in s.green), "a stage")
        self._check_known(known, (g for pair, _ in self.intergreens.items() for g in pair), "an intergreen")
        self._check_known(known, (g for lane in self.lanes for g in lane.groups), "a lane")
        self._check_known(known, (m.group for m in self.movements), "a movement")
        lanes = {lane.id for lane in self.lanes}
        for detector in self.detectors:
            if detector.lane not in lanes:
                raise self._refuse(f"detector {detector.id} looks at unknown lane {detector.lane}", "name one of its lanes")

    def _check_known(self, known: set[GroupId], used: Iterable[GroupId], by: str) -> None:
        for group in used:
            if group not in known:
                raise self._refuse(f"{by} names signal group {group}, which it does not have", "define the group or drop it")

    def _check_stages(self) -> None:
        for s in self.stages:
            full = self.stage.get(s.variant_of) if s.variant_of is not None else s
            if full is None or full.variant_of is not None or not (s.green <= full.green and s.yielding <= full.yielding):
                raise self._refuse(f"stage {s.label} is a variant of {s.variant_of}, which has not all its groups",
                                   "a variant leaves groups out of a full stage and adds none")
        # Nobody but an emergency gets a hurry call: who has green in none but those would wait for ever.
        served = set().union(*(s.green for s in self.stages if not s.hurry))
        for g in self.groups:
            if g.id not in served:
                raise self._refuse(f"no stage serves signal group {g.label}", "add it to a stage that is no hurry call")
        for s in self.stages:
            for a, b in combinations(sorted(s.green), 2):
                if not self.intergreens.conflict(a, b):
                    continue
                if len(self.full_stages) == 1:
                    # Yielding is no excuse here: one stage for ever is no signal control at all.
                    raise self._refuse(f"stage {s.label} is its only stage and shows every group green at once, "
                                       f"{a} with {b} among them",
                                       "split it into stages, or rebuild them from the conflicts")
                if a not in s.yielding and b not in s.yielding:
                    raise self._refuse(f"stage {s.label} gives protected green to conflicting groups {a} and {b}",
                                       "split it into stages, or let one of them yield")

    def _check_times(self) -> None:
        kinds = self.group
        for (a, b), seconds in self.intergreens.items():
            if not kinds[a].for_pedestrians and seconds < self.yellow_s:
                raise self._refuse(f"intergreen {a} -> {b} of {seconds:g} s is shorter than the yellow of {self.yellow_s:g} s",
                                   "lengthen it to the yellow at least")
        if self.clearance is Clearance.BENCHMARK:
            return
        for g in self.groups:
            need = (g.crossing_length_m or 0.0) / self.limits.pedestrian_mps
            if g.for_pedestrians and g.min_green_s < need - 1e-9:
                raise self._refuse(
                    f"pedestrian group {g.label} has a minimum green of {g.min_green_s:g} s for {g.crossing_length_m:g} m",
                    f"give it at least {math.ceil(need)} s, or an island half-way")
