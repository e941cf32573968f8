"""A plan file once it is read: named plans, the windows in which they run, and what is needed to write it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from controller.plans.cycles import longest_red_s
from controller.plans.model import DAYS, clock_text
from signal_drivers.errors import InvalidValue, PlanError
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.limits import Clearance
from signal_drivers.plan import DAY_S, Plan, PlanLibrary, PlanWindow


@dataclass(frozen=True, slots=True)
class Window:
    """``plan`` runs from ``from_s`` to ``until_s`` of the day, over midnight where ``until_s`` is not later."""

    plan: str
    from_s: float
    until_s: float
    weekdays: frozenset[int] = frozenset(range(7))
    special_day: str | None = None

    def library_windows(self, plans: tuple[Plan, ...]) -> list[PlanWindow]:
        """One window, or two where it runs over midnight: the part after midnight belongs to the day after."""
        if self.from_s < self.until_s:
            return [PlanWindow(self.from_s, self.until_s, plans, self.weekdays, self.special_day)]
        found = [PlanWindow(self.from_s, DAY_S, plans, self.weekdays, self.special_day)] if self.from_s < DAY_S else []
        if self.until_s > 0:
            after = frozenset((d + 1) % 7 for d in self.weekdays)
            found.append(PlanWindow(0.0, self.until_s, plans, after, self.special_day))
        return found


@dataclass(frozen=True)
class PlanBook:
    """``plans`` by name, one :class:`Plan` a junction. ``shows`` and ``green`` say of (junction, stage) what it shows, for
    people and for checking; ``places`` says of (plan name, junction) where the file has it, for messages."""

    plans: Mapping[str, tuple[Plan, ...]]
    windows: tuple[Window, ...]
    title: str = ""
    scenario: str = ""
    clearance: Clearance = Clearance.GEOMETRY
    titles: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[JunctionId, str] = field(default_factory=dict)
    shows: Mapping[tuple[JunctionId, StageId], str] = field(default_factory=dict)
    green: Mapping[tuple[JunctionId, StageId], frozenset[GroupId]] = field(default_factory=dict)
    places: Mapping[tuple[str, JunctionId], str] = field(default_factory=dict, compare=False)

    @property
    def library(self) -> PlanLibrary:
        return PlanLibrary(tuple(found for w in self.windows for found in w.library_windows(self.plans[w.plan])))

    @property
    def special_days(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(w.special_day for w in self.windows if w.special_day))

    def name_at(self, second_of_day: float, weekday: int, special_day: str | None = None) -> str | None:
        """Name of the plan in force; None where no window covers the moment."""
        plans = self.library.select(second_of_day, weekday, special_day)
        return next((name for name, row in self.plans.items() if row == plans), None) if plans else None

    def begins(self, name: str) -> float:
        """Second of the day at which the plan's first window begins; 0 where it has none."""
        return next((w.from_s for w in self.windows if w.plan == name), 0.0)

    def warnings(self, junctions: Mapping[JunctionId, Junction]) -> list[str]:
        """What may be meant but is worth a word: red longer than the maximum, plans that never run, hours without a plan."""
        found = [f"plan {name} has no window and never runs" for name in self.plans if name not in {w.plan for w in self.windows}]
        for name, plans in self.plans.items():
            for plan in plans:
                junction = junctions[plan.junction]
                red_s = longest_red_s(junction, [junction.stage[s.stage] for s in plan.splits], plan.durations_s())
                group = max(red_s, key=lambda g: red_s[g])
                if red_s[group] > junction.max_red_s:
                    found.append(f"plan {name}, junction {junction.label}: {junction.group[group].label} is red for "
                                 f"{red_s[group]:g} s, the maximum is {junction.max_red_s:g} s")
        hours = [d * 24 + h for d in range(7) for h in range(24) if not self.library.select(h * 3600.0, d)]
        if hours:
            found.append(f"no plan from {clock_text(hours[0] % 24 * 3600.0)} on {DAYS[hours[0] // 24]}, nor in "
                         f"{len(hours) - 1} more hours of the week: the last one goes on")
        return found

    def check_against(self, junctions: Mapping[JunctionId, Junction], where: str) -> None:
        """Raise :class:`PlanError` unless every plan fits its junction and every junction has one in every plan."""
        full = {j: replace(junction, stages=junction.full_stages) for j, junction in junctions.items()}
        for name, plans in self.plans.items():
            for plan in plans:
                place = self.places.get((name, plan.junction), f"{where}: plan {name}, junction {plan.junction}")
                if plan.junction not in full:
                    raise PlanError(f"the network has no junction {plan.junction}", where=place, mend=_near(plan, full))
                self._check_stages(plan, full[plan.junction], place)
            missing = [junctions[j].label for j in full if j not in {p.junction for p in plans} and len(full[j].stages) > 1]
            if missing:
                raise PlanError(f"junction {missing[0]} has no plan in {name!r}", where=where,
                                mend="give it one, or compute all with mourour plan optimise")

    def check_clearance(self, clearance: Clearance, where: str) -> None:
        """Raise :class:`PlanError` for plans computed with benchmark clearance that are to run with a street's: their stages
        leave no time for it. The other way round is harmless."""
        if self.clearance is Clearance.BENCHMARK and clearance is not Clearance.BENCHMARK:
            raise PlanError("its plans were made with --clearance benchmark, which no street may use", where=where,
                            mend="run it with --clearance benchmark too, or compute it again without")

    def check_moment(self, now_s: float, weekday: int, special_day: str | None, where: str) -> None:
        """Raise :class:`PlanError` where no window has the moment ``now_s`` (s since midnight of the first day), or none is for
        the special day."""
        if special_day is not None and special_day not in self.special_days:
            known = ", ".join(self.special_days) or "none"
            raise PlanError(f"no window is for special day {special_day!r}", where=where, mend=f"it has: {known}")
        days, second = divmod(now_s, DAY_S)
        if not self.library.select(second, int(weekday + days) % 7, special_day):
            raise PlanError(f"no window covers {clock_text(second)} on {DAYS[int(weekday + days) % 7]}", where=where,
                            mend="add a window, or choose another --weekday")

    def _check_stages(self, plan: Plan, junction: Junction, place: str) -> None:
        try:
            plan.check_against(junction)
        except InvalidValue as error:
            stages = ", ".join(s.id for s in junction.stages)
            raise PlanError(error.what, where=place, mend=error.mend or _mend(error.what, stages)) from None
        for split in plan.splits:
            said = self.green.get((plan.junction, split.stage))
            shown = junction.stage[split.stage].green
            if said is not None and said != shown:
                other = ", ".join(sorted(said ^ shown))
                raise PlanError(f"stage {split.stage} does not show what the file says: {other}", where=place,
                                mend="the network has changed since: compute the plan again, or mend green")


def _near(plan: Plan, junctions: Mapping[JunctionId, Junction]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(plan.junction, list(junctions), n=1)
    return f"did you mean {near[0]}?" if near else "is it the plan of another scenario?"


def _mend(what: str, stages: str) -> str:
    if "clearance" in what:
        return "give it more seconds"
    return f"its stages are {stages}" if "unknown" in what else "add a stage that serves it"
