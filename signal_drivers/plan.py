"""Fixed-time plans: cycle, stage order, splits, offset; and which plan runs when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.limits import check_seconds
from signal_drivers.transitions import transition_s

DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Split:
    """``start_s`` into the cycle at which the stage is requested; the transition before it is part of its time."""

    stage: StageId
    start_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One junction's fixed-time plan.

    ``splits`` in running order, starting at 0 s of the junction's own cycle; ``offset_s`` shifts that cycle against the
    network's clock. Raises :class:`InvalidValue` for a plan that does not fit its cycle.
    """

    junction: JunctionId
    cycle_s: float
    splits: tuple[Split, ...]
    offset_s: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        where = f"plan of junction {self.junction}"
        check_seconds("cycle_s", self.cycle_s, where, minimum=1.0)
        check_seconds("offset_s", self.offset_s, where)
        if not self.splits:
            raise InvalidValue("it has no stages", where=where)
        starts = [s.start_s for s in self.splits]
        # Written so that a start that is not a number fails.
        if starts[0] != 0 or not all(a < b for a, b in pairwise(starts)) or not starts[-1] < self.cycle_s:
            raise InvalidValue(f"stage starts {starts} must rise from 0 and stay below the cycle of {self.cycle_s:g} s",
                               where=where)
        if self.offset_s >= self.cycle_s:
            raise InvalidValue(f"offset_s is {self.offset_s:g}, must be below the cycle of {self.cycle_s:g} s", where=where)

    def second_of_cycle(self, now_s: float) -> float:
        return (now_s - self.offset_s) % self.cycle_s

    def stage_at(self, now_s: float) -> StageId:
        second = self.second_of_cycle(now_s)
        stage = self.splits[0].stage
        for split in self.splits:
            if split.start_s <= second + 1e-9:
                stage = split.stage
        return stage

    def durations_s(self) -> tuple[float, ...]:
        """Seconds from each stage's request to the next one's, in running order."""
        starts = [s.start_s for s in self.splits] + [self.cycle_s]
        return tuple(b - a for a, b in pairwise(starts))

    def check_against(self, junction: Junction) -> None:
        """Raise :class:`InvalidValue` unless every stage exists, every group is served, and clearance plus minimum green fit."""
        where = f"plan of junction {junction.label}"
        for split in self.splits:
            if split.stage not in junction.stage:
                raise InvalidValue(f"stage {split.stage} is unknown", where=where)
        served = frozenset().union(*(junction.stage[s.stage].green for s in self.splits))
        missing = [g.label for g in junction.groups if g.id not in served]
        if missing:
            raise InvalidValue(f"signal group {missing[0]} is never green", where=where)
        for i, (split, duration) in enumerate(zip(self.splits, self.durations_s(), strict=True)):
            before = junction.stage[self.splits[i - 1].stage]
            stage = junction.stage[split.stage]
            need = transition_s(junction, before, stage) + max(
                (junction.group[g].min_green_s for g in stage.green - before.green), default=0.0)
            if duration < need - 1e-9 and len(self.splits) > 1:
                raise InvalidValue(f"stage {split.stage} has {duration:g} s, its clearance and minimum green need {need:g} s",
                                   where=where)


@dataclass(frozen=True, slots=True)
class PlanWindow:
    """``plans`` rule from ``from_s`` to ``until_s`` of the day (s after midnight) on ``weekdays`` (0 = Monday).

    Raises :class:`InvalidValue` for a window that is empty or leaves the day, unknown weekdays, and two plans for one junction.
    """

    from_s: float
    until_s: float
    plans: tuple[Plan, ...]
    weekdays: frozenset[int] = frozenset(range(7))
    special_day: str | None = None

    def __post_init__(self) -> None:
        where = "plan window"
        if not 0 <= self.from_s < self.until_s <= DAY_S:
            raise InvalidValue(f"it runs from {self.from_s!r} to {self.until_s!r} s", where=where,
                               mend=f"keep it within 0..{DAY_S} s; over midnight it takes two windows")
        stray = sorted(self.weekdays - frozenset(range(7)))
        if stray or not self.weekdays:
            raise InvalidValue(f"weekdays are {sorted(self.weekdays)}", where=where, mend="name some of 0 (Monday) to 6")
        twice = [j for j, n in Counter(p.junction for p in self.plans).items() if n > 1]
        if twice:
            raise InvalidValue(f"junction {twice[0]} has two plans", where=where, mend="give it one")


@dataclass(frozen=True, slots=True)
class PlanLibrary:
    """Plans by time of day, weekday and special day. A special day's windows come before ordinary ones."""

    windows: tuple[PlanWindow, ...]

    def select(self, second_of_day: float, weekday: int, special_day: str | None = None) -> tuple[Plan, ...]:
        """Plans in force; empty where no window covers the moment. Raises :class:`InvalidValue` for an impossible moment."""
        if not 0 <= second_of_day < DAY_S or weekday not in range(7):
            raise InvalidValue(f"no such moment: second {second_of_day!r} of weekday {weekday!r}", where="plan library")
        for wanted in ((special_day, None) if special_day else (None,)):
            for w in self.windows:
                if w.special_day == wanted and (wanted or weekday in w.weekdays) and w.from_s <= second_of_day < w.until_s:
                    return w.plans
        return ()
