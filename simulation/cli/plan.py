"""``mourour plan ...``: plans computed, shown and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli.choices import ClearanceChoice, ClearanceOption, DurationOption, JsonOption, ScenarioArgument
from simulation.cli.console import console, progress_bar, put_json, say

if TYPE_CHECKING:
    from controller.network import Network
    from controller.plans.book import PlanBook
    from simulation.record import RunRecord

app = typer.Typer(no_args_is_help=True,
                  help="Compute, show and check signal plans. *Calculer, montrer, vérifier des plans de feux.*")
PlanFile = Annotated[Path, typer.Argument(metavar="FILE", help="A plan file (YAML).")]


@app.command("optimise")
def optimise(
    scenario: ScenarioArgument,
    periods: Annotated[str | None, typer.Option(metavar="A,B", help="Of the scenario's times of day, only these; all four if "
                                                                    "neither this nor @PERIOD is given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the search and of its simulations.")] = 1,
    budget: Annotated[int, typer.Option(metavar="N", min=0, help="Simulated runs for each time of day, to refine the computed "
                                                                 "plan; 0 simulates nothing.")] = 24,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Parallel processes; one per core if not given.")] = None,
    duration: DurationOption = None,
    clearance: ClearanceOption = ClearanceChoice.geometry,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where plans.yaml and plans.html go.")] = Path("out/plans"),
    json: JsonOption = False,
) -> None:
    """Compute cycle, splits and offsets for each time of day: a plan file to edit, a time-space diagram, one table.

    Cycle and splits of least HCM delay, offsets of widest green bands (mixed-integer), then a seeded search in simulation whose
    result is kept only if it is better on seeds that it was not searched on.

    *Calculer cycles, phases et décalages par tranche horaire.*

    Examples:

        mourour plan optimise far --out out/far
        mourour plan optimise mohammed-vi@evening --budget 60 --out out/mvi
        mourour plan optimise net.sumocfg --budget 0 --json
    """
    from controller.plans.write import plans_text
    from signal_drivers.limits import Clearance
    from simulation.batch import default_workers
    from simulation.planning.compute import book_of, compute, remarks_of, verdict
    from simulation.planning.periods import chosen_periods, prepare_period
    from simulation.planning.refine import check_budget
    from simulation.planning.table import plan_table
    from simulation.run import RunSettings, make_directory
    from simulation.whole_file import write_whole

    check_budget(budget)
    settings = RunSettings(scenario, "fixed", seed, duration, clearance=Clearance(clearance.value))
    settings.check()
    wanted = [p.strip() for p in periods.split(",") if p.strip()] if periods else None
    chosen = chosen_periods(scenario, wanted)
    ready = [prepare_period(name, spec, settings.clearance, duration, alone=len(chosen) == 1) for name, spec in chosen]
    make_directory(out)
    file, rows = out / "plans.yaml", []
    with progress_bar() as bar:
        for period in ready:
            task = bar.add_task(f"{period.spec} · plan", total=max(1, budget))
            rows.append(compute(period, settings, budget, workers=jobs or default_workers(),
                                told=lambda runs, task=task: bar.update(task, completed=runs)))  # type: ignore[misc]
            bar.update(task, completed=max(1, budget))
            book, remarks = book_of(rows, scenario), remarks_of(rows)
            # After each time of day, so that whoever interrupts the next one keeps this one.
            write_whole(file, plans_text(book, remarks).encode(), "the plan file")
    page = _draw(book, [(row.period.network, row.period.name, row.period.ready.begin_s) for row in rows], out / "plans.html",
                 [f"{name}: {line}" for name, lines in remarks.items() for line in lines])
    if json:
        put_json({"file": str(file), "page": str(page), "plans": [row.as_dict() for row in rows]})
        return
    console().print(plan_table(rows))
    for row in rows:
        if row.refined is not None:
            say(f"[dim]· {row.period.name}: {verdict(row.refined)}[/dim]")
    for note in dict.fromkeys(row.period.ready.scenario.demand_note for row in rows if row.period.ready.scenario.demand_note):
        say(f"[dim]· {note}[/dim]")
    _told(file, page)
    console().print(f"run it: mourour simulate {scenario} --strategy fixed --plans {file}", soft_wrap=True, markup=False)


@app.command("show")
def show(
    file: PlanFile,
    scenario: Annotated[str | None, typer.Argument(metavar="[SCENARIO]", help="Draw it on this scenario; on the one that the "
                                                                              "file names if not given.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The page; beside the plan file, .html, if not given.")] = None,
    json: JsonOption = False,
) -> None:
    """Print a plan file and draw it: time-space diagrams with predicted green bands, and signal timing.

    *Afficher et dessiner un plan de feux.*

    Examples:

        mourour plan show out/far/plans.yaml
    """
    from controller.plans.read import read_plans
    from signal_drivers.errors import PlanError
    from simulation.planning.table import book_tables

    book = read_plans(file)
    spec = scenario or book.scenario
    if not spec:
        raise PlanError("it names no scenario to draw it on", where=str(file), mend="name one: mourour plan show FILE SCENARIO")
    networks = _checked(book, file, spec)
    page = _draw(book, networks, out or file.with_suffix(".html"))
    if json:
        put_json({"file": str(file), "page": str(page), "scenario": spec, "plans": list(book.plans)})
        return
    for table in book_tables(book):
        console().print(table)
    _told(file, page)


@app.command("check")
def check(file: PlanFile, scenario: ScenarioArgument, json: JsonOption = False) -> None:
    """Say whether a plan file fits a scenario's junctions: one line and exit code 2 for the first thing that does not.

    *Vérifier un plan de feux.*

    Examples:

        mourour plan check out/far/plans.yaml far
    """
    from controller.plans.read import read_plans

    book = read_plans(file)
    networks = _checked(book, file, scenario)
    warnings = book.warnings(networks[0][0].junctions)
    if json:
        put_json({"file": str(file), "scenario": scenario, "plans": list(book.plans), "warnings": warnings})
        return
    for warning in warnings:
        say(f"[yellow]![/yellow] {warning}")
    say(f"{len(book.plans)} plans for {len(networks[0][0].junctions)} junctions fit {scenario}")


def _checked(book: PlanBook, file: Path, spec: str) -> list[tuple[Network, str, float]]:
    """(network, plan, second of the day to draw it at) of each plan, checked against ``spec``."""
    from simulation.planning.periods import network_of
    from simulation.prepare import prepare
    from simulation.run import RunSettings

    ready = prepare(RunSettings(spec, "fixed", clearance=book.clearance))
    book.check_against({j: s.junction for j, s in ready.signals.junctions.items()}, file.name)
    network = network_of(ready)
    return [(network, name, book.begins(name)) for name in book.plans]


def _draw(book: PlanBook, networks: list[tuple[Network, str, float]], path: Path, remarks: list[str] | None = None) -> Path:
    from simulation.planning.predicted import predicted_record
    from simulation.report.plan_page import write_plan_page

    records: list[RunRecord] = [
        predicted_record(network, {p.junction: p for p in book.plans[name]}, name, book.title or name, begin_s)
        for network, name, begin_s in networks]
    return write_plan_page(book, records, path, remarks or [])


def _told(file: Path, page: Path) -> None:
    console().print(f"plans: {file}\ndrawing: {page}", soft_wrap=True, markup=False)
