"""``plan optimise`` as a function: plans for each time of day, as a book that can be written, with what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from controller.plans.book import PlanBook
from controller.plans.optimise import Prediction, optimise, predict
from signal_drivers.ids import GroupId, JunctionId, StageId
from simulation.outcome import PERIOD_TITLES
from simulation.planning.moves import Plans
from simulation.planning.periods import WHOLE_DAY, Period
from simulation.planning.refine import Refined, refine
from simulation.settings import RunSettings

FRENCH = {"morning": "pointe du matin", "evening": "pointe du soir", "offpeak": "heures creuses", "night": "nuit",
          WHOLE_DAY: "toute la journée"}


@dataclass(frozen=True)
class PeriodPlan:
    """The plans of one time of day, what they promise, and what simulation said."""

    period: Period
    plans: Plans
    predicted: Prediction
    offsets_by: str
    refined: Refined | None

    @property
    def cycle_s(self) -> float:
        """The longest, which those of the corridors have."""
        return max(p.cycle_s for p in self.plans.values())

    def as_dict(self) -> dict[str, Any]:
        """What ``--json`` prints of it."""
        r = self.refined
        return {
            "plan": self.period.name, "scenario": self.period.spec, "cycle_s": self.cycle_s,
            "degree_of_saturation": self.predicted.saturation, "predicted_delay_s": self.predicted.delay_s,
            "offsets_by": self.offsets_by,
            "bands": [{"corridor": b.corridor, "direction": "forward" if b.forward else "back", "whole_s": b.whole_s,
                       "links_s": list(b.links_s)} for b in self.predicted.bands],
            "junctions": [{"junction": j, "cycle_s": p.cycle_s, "offset_s": p.offset_s,
                           "stages": [{"stage": s.stage, "seconds": d} for s, d in zip(p.splits, p.durations_s(), strict=True)],
                           "degree_of_saturation": self.predicted.junctions[j].saturation,
                           "predicted_delay_s": self.predicted.junctions[j].delay_s} for j, p in self.plans.items()],
            "simulated": None if r is None else {
                "runs": r.runs, "search_seed": r.seed, "search_delay_s": list(r.searched_s),
                "check_before_s": {str(s): d for s, d in r.before_s.items()},
                "check_after_s": {str(s): d for s, d in r.after_s.items()},
                "delay_before_s": r.delay_before_s, "delay_after_s": r.delay_after_s, "kept": r.kept}}


def compute(period: Period, settings: RunSettings, budget: int, *, workers: int = 1,
            told: Callable[[int], None] = lambda runs: None) -> PeriodPlan:
    """Optimise and, with a budget, refine one period's plans."""
    found = optimise(period.network, period.name)
    refined = refine(period, found.plans, settings, budget, workers=workers, told=told) if budget else None
    plans = refined.plans if refined is not None else found.plans
    return PeriodPlan(period, plans, predict(period.network, plans), found.offsets_by, refined)


def book_of(rows: Sequence[PeriodPlan], scenario: str) -> PlanBook:
    """The plan file's content."""
    first = rows[0].period.ready
    junctions = rows[0].period.network.junctions
    used = {(j, s.stage): None for row in rows for j, p in row.plans.items() for s in p.splits}
    shows: dict[tuple[JunctionId, StageId], str] = {}
    green: dict[tuple[JunctionId, StageId], frozenset[GroupId]] = {}
    for j, s in used:
        stage = junctions[j].stage[s]
        green[j, s] = stage.green
        shows[j, s] = stage.name.removeprefix(f"{s} ")
    return PlanBook(
        {row.period.name: tuple(row.plans.values()) for row in rows}, tuple(row.period.window for row in rows),
        first.scenario.title, scenario, next(iter(junctions.values())).clearance,
        {row.period.name: title_of_plan(row.period.name) for row in rows},
        {j: junction.name for j, junction in junctions.items() if junction.name}, shows, green)


def title_of_plan(name: str) -> str:
    english = PERIOD_TITLES.get(name, "all day" if name == WHOLE_DAY else name)
    return f"{english} ({FRENCH[name]})" if name in FRENCH else english


def remarks_of(rows: Sequence[PeriodPlan]) -> Mapping[str, list[str]]:
    """Comments of the file: what was computed and how sure it is."""
    found = {}
    for row in rows:
        demand = row.period.ready.scenario.demand_note
        said = [f"computed for {row.period.spec}; {demand}" if demand else f"computed for {row.period.spec}",
                f"cycle {row.cycle_s:g} s, degree of saturation (taux de saturation) {row.predicted.saturation:.2f} at most, "
                f"predicted delay (retard prévu) {row.predicted.delay_s:.1f} s per vehicle and junction"]
        if row.refined is not None:
            said.append(verdict(row.refined))
        found[row.period.name] = said
    return found


def verdict(r: Refined) -> str:
    """One sentence on the refinement."""
    search = f"{r.runs} runs; on the search's seed {r.seed} {r.searched_s[0]:.1f} s -> {r.searched_s[1]:.1f} s"
    if not r.before_s:
        return f"simulated: {search}; nothing better was found, the computed plan stays"
    others = ", ".join(map(str, r.before_s))
    before, after = (sum(d.values()) / len(d) for d in (r.before_s, r.after_s))
    fate = "refined plan kept" if r.kept else "refined plan dropped: it was not better there"
    return f"simulated: {search}; on seeds {others}, not searched on, {before:.1f} s -> {after:.1f} s: {fate}"
