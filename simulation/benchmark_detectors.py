"""What bad detectors cost: the same runs with perfect and with degraded cameras, and the table of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from signal_drivers.errors import MourourError
from simulation.batch import run_all
from simulation.benchmark_control.cases import Case
from simulation.detector_faults import read_degradation
from simulation.record import RunRecord
from simulation.report.flatten import flat_figures
from simulation.report.statistics import MAIN_FIGURE
from simulation.report.wording import MINUS, seeds_text, signed
from simulation.settings import RunSettings

CONDITIONS = ("perfect", "miscount=0.15", "missing=0.1", "missing=0.25", "missing=0.1,miscount=0.15")
Place = tuple[str, str, str]
"""Scenario's label, strategy, condition."""


@dataclass(frozen=True)
class Plan:
    """The runs that are wanted. The first condition is what the others are compared with."""

    cases: Sequence[Case]
    strategies: Sequence[str]
    seeds: Sequence[int]
    conditions: Sequence[str] = CONDITIONS
    duration_s: float | None = None

    @property
    def jobs(self) -> list[tuple[Place, RunSettings]]:
        """Seed by seed and scenario by scenario, so that whoever stops early has whole rows."""
        return [((case.label, strategy, condition),
                 RunSettings(case.scenario, strategy, seed, self.duration_s, clearance=case.clearance, detail=False,
                             detectors=condition))
                for seed in self.seeds for case in self.cases for strategy in self.strategies for condition in self.conditions]


@dataclass
class Found:
    """Records by place, in the order of the seeds, and what failed."""

    plan: Plan
    records: dict[Place, list[RunRecord]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def figures(self, place: Place, name: str = MAIN_FIGURE) -> dict[int, float]:
        """Values of one flat figure by seed; a seed without it is left out."""
        rows = {r.seed: flat_figures(r).get(name) for r in self.records.get(place, [])}
        return {seed: value for seed, value in rows.items() if value is not None}


def measure(plan: Plan, *, workers: int, told: Callable[[int, float], None], failed: Callable[[str], None]) -> Found:
    """Run everything, each run in a process of its own; one that fails is told and left out."""
    found, jobs = Found(plan), plan.jobs
    # Records do not carry their label, and two conditions of one scenario differ in the detectors alone.
    places = {(s.scenario, s.strategy, str(read_degradation(s.detectors))): place for place, s in jobs}

    def note(number: int, error: MourourError) -> None:
        place, settings = jobs[number]
        found.failures.append(f"{', '.join(place)}, seed {settings.seed}: {error}")
        failed(found.failures[-1])

    def finished(record: RunRecord) -> None:
        found.records.setdefault(places[record.scenario, record.strategy, record.detectors], []).append(record)

    run_all([settings for _, settings in jobs], workers=workers, told=told, finished=finished, failed=note)
    for rows in found.records.values():
        rows.sort(key=lambda r: r.seed)
    return found


def markdown(found: Found) -> str:
    """Two tables: mean strict delay with its change from the first condition, and who was kept waiting longest."""
    plan = found.plan
    head = ["scenario", "strategy", *plan.conditions]
    delay, red = [], []
    for case in plan.cases:
        for strategy in plan.strategies:
            base = found.figures((case.label, strategy, plan.conditions[0]))
            places = [(case.label, strategy, condition) for condition in plan.conditions]
            delay.append([case.label, f"`{strategy}`", *(_delay(found, place, base) for place in places)])
            red.append([case.label, f"`{strategy}`", *(_worst(found, place) for place in places)])
    span = "the scenario's own duration" if plan.duration_s is None else f"{plan.duration_s:g} s"
    seeds = seeds_text(list(plan.seeds))
    return "\n".join([
        f"Mean strict delay, s/veh, over seeds {seeds}, {span}; in brackets the change from {plan.conditions[0]}, paired by "
        "seed.",
        "", _table(head, delay), "",
        "Longest called red, s, of any seed; vehicles that never got in, mean; guard vetoes and violations, sum over the seeds.",
        "", _table(head, red)])


def _delay(found: Found, place: Place, base: dict[int, float]) -> str:
    own = found.figures(place)
    if not own:
        return "–"
    text = f"{fmean(own.values()):.1f}"
    common = [seed for seed in own if seed in base]
    before = fmean(base[seed] for seed in common) if common else 0.0
    if place[2] == found.plan.conditions[0] or before <= 0:
        return text
    change = signed(100.0 * (fmean(own[seed] for seed in common) - before) / before, 0)
    return f"{text} ({change} %)"


def _worst(found: Found, place: Place) -> str:
    rows = found.records.get(place, [])
    if not rows:
        return "–"
    reds = found.figures(place, "red_longest_called_s")
    shut_out = found.figures(place, "vehicles_never_departed")
    guard = [sum(r.result["guard"][name] for r in rows) for name in ("vetoes", "violations")]
    return (f"{max(reds.values()):.0f}" if reds else MINUS) + (
        f"; {fmean(shut_out.values()):.0f}" if shut_out else "; –") + f"; {guard[0]}, {guard[1]}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    # Wide enough for its column, so that it reads as well on a console as on a page.
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def as_dict(found: Found) -> dict[str, Any]:
    """What ``--json`` prints: every run's own object, and the means by scenario, strategy and condition."""
    means = [{"scenario": place[0], "strategy": place[1], "detectors": place[2], "seeds": [r.seed for r in rows],
              "delay_mean_s": fmean(delays.values()) if (delays := found.figures(place)) else None,
              "red_longest_called_s": max(reds.values()) if (reds := found.figures(place, "red_longest_called_s")) else None}
             for place, rows in found.records.items()]
    return {"conditions": list(found.plan.conditions), "means": means, "failures": found.failures,
            "runs": [r.result for rows in found.records.values() for r in rows]}
