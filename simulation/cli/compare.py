"""``mourour compare``: several strategies, the same seeds, one report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli.choices import (
    ClearanceChoice,
    ClearanceOption,
    DetectorsOption,
    DurationOption,
    JsonOption,
    PlansOption,
    ScenarioArgument,
    SpecialDayOption,
    View,
    ViewOption,
    WeekdayOption,
    read_seeds,
    read_strategies,
    read_weekday,
)
from simulation.cli.console import console, progress_bar, put_json, say

if TYPE_CHECKING:
    from simulation.record import RunRecord
    from simulation.run import RunSettings

EXAMPLES = """Run several strategies on the same scenario and seeds, in parallel; one table, one report.

The first strategy is the baseline that the others are compared with, seed by seed.

*Comparer des stratégies, graine par graine.*

Examples:

    mourour compare mohammed-vi --strategies fixed,self-organising --seeds 1-3 --out out/cmp
    mourour compare net.sumocfg --strategies sumo:actuated,max-pressure --seeds 1-10 --clearance benchmark --json
    mourour compare far --strategies fixed,actuated --detectors "missing=0.1,miscount=0.15"
"""


def compare(
    scenario: ScenarioArgument,
    strategies: Annotated[str, typer.Option(metavar="A,B,C", help="Comma-separated; the first is the baseline.")]
        = "fixed,actuated,max-pressure,self-organising",
    seeds: Annotated[str, typer.Option(metavar="1-10", help="Seeds: a range, a list, or both.")] = "1-3",
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Parallel processes; one per core if not given.")] = None,
    duration: DurationOption = None,
    view: ViewOption = View.camera,
    clearance: ClearanceOption = ClearanceChoice.geometry,
    detectors: DetectorsOption = "perfect",
    plans: PlansOption = None,
    weekday: WeekdayOption = "wed",
    special_day: SpecialDayOption = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs and report.html are kept.")] = Path("out/compare"),
    json: JsonOption = False,
) -> None:
    from dataclasses import replace

    from signal_drivers.limits import Clearance
    from simulation.report import summary
    from simulation.run import RunSettings
    from simulation.settings import check_plans_wanted, takes_plans

    names, day = read_strategies(strategies), read_weekday(weekday)
    check_plans_wanted(names, plans)

    def settings(strategy: str, seed: int) -> RunSettings:
        own = RunSettings(scenario, strategy, seed, duration, view.value, Clearance(clearance.value), out=out / "runs",
                          detectors=detectors)
        return replace(own, plans=plans, weekday=day, special_day=special_day) if takes_plans(strategy) else own

    chosen = [settings(s, seed) for seed in read_seeds(seeds) for s in names]
    records = run_and_report(chosen, out, jobs)
    if json:
        put_json({"runs": [r.result for r in records], "summary": summary(records)})


compare.__doc__ = EXAMPLES


def run_and_report(jobs: Sequence[RunSettings], out: Path, workers: int | None) -> list[RunRecord]:
    """Run all, show progress, print the table and write ``out``/report.html, also for what is finished when interrupted."""
    from simulation.batch import default_workers, run_all
    from simulation.run import make_directory, prepare

    # What is wrong with the input is said before any process starts or any directory is made.
    prepare(next((j for j in jobs if j.plans is not None), jobs[0]))
    make_directory(out / "runs")
    records: list[RunRecord] = []
    try:
        with progress_bar() as bar:
            total = bar.add_task(f"{len(jobs)} runs", total=len(jobs))
            shares: dict[int, float] = {}

            def told(number: int, share: float) -> None:
                shares[number] = share
                bar.update(total, completed=sum(shares.values()))

            run_all(jobs, workers=workers or default_workers(), keep=out / "runs", told=told, finished=records.append)
    except BaseException:
        if records:
            report(_ordered(records, jobs), out)
        raise
    records = _ordered(records, jobs)
    report(records, out)
    return records


def _ordered(records: Sequence[RunRecord], jobs: Sequence[RunSettings]) -> list[RunRecord]:
    order: dict[Any, int] = {(j.strategy, j.seed): i for i, j in enumerate(jobs)}
    return sorted(records, key=lambda r: order[r.strategy, r.seed])


def report(records: Sequence[RunRecord], out: Path) -> None:
    from simulation.report import table_for, write_report

    console().print(table_for(records, console().width))
    for note in dict.fromkeys(n for r in records for n in r.notes):
        say(f"[dim]· {note}[/dim]")
    say(f"report: {write_report(records, out / 'report.html')}")
