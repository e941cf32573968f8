"""``mourour benchmark control``: every strategy on every scenario, one table and one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli.choices import DurationOption, JsonOption, read_seeds, read_strategies
from simulation.cli.console import console, progress_bar, put_json, say

if TYPE_CHECKING:
    from simulation.benchmark_control.results import Results
    from simulation.benchmark_control.store import Job, RunStore
    from simulation.record import RunRecord

EXAMPLES = """Every strategy on every scenario with every seed: one table, one picture, the targets reached and missed.

By default all shipped Casablanca scenarios at the evening peak with street clearance, and the published benchmark nets, where
there are any, with theirs. Each run is kept as soon as it is finished: after Ctrl-C or a crash the same command goes on where
it was, and after a change of code or scenario it runs again only what the change can touch.

*Chaque stratégie sur chaque scénario : un tableau, une image, les objectifs atteints et manqués. Reprend où il s'est arrêté.*

Examples:

    mourour benchmark control
    mourour benchmark control --scenarios far,cologne1 --strategies fixed,actuated --seeds 1-2
    mourour benchmark control --nets nets/ --seeds 1-3 --jobs 4 --out out/bench --json
"""


def control(
    scenarios: Annotated[str | None, typer.Option(metavar="A,B", help="Scenarios as `simulate` takes them, and nets by name; all "
                                                  "shipped ones and all nets if not given.")] = None,
    strategies: Annotated[str | None, typer.Option(metavar="A,B", help="Comma-separated; all of `mourour strategies` if not "
                                                   "given.")] = None,
    seeds: Annotated[str, typer.Option(metavar="1-5", help="Seeds: a range, a list, or both.")] = "1-5",
    duration: DurationOption = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Parallel processes; one per core if not given.")] = None,
    nets: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of published nets: every .sumocfg below it; else "
                                              "MOUROUR_SHARED/benchmarks/resco or ../shared/benchmarks/resco.")] = None,
    candidate: Annotated[str, typer.Option(metavar="NAME", help="The strategy that is held against the targets.")] = "predictive",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs, tables and picture are kept.")] = Path("out/control"),
    json: JsonOption = False,
) -> None:
    from simulation.benchmark_control.cases import all_cases, chosen_cases, nets_folder
    from simulation.benchmark_control.measure import take_kept, wanted_jobs
    from simulation.benchmark_control.results import Results
    from simulation.benchmark_control.store import RunStore
    from simulation.run import make_directory
    from simulation.settings import check_duration, check_seed, strategy_summaries

    names = list(strategy_summaries()) if strategies is None else read_strategies(strategies)
    chosen_seeds = read_seeds(seeds)
    for seed in chosen_seeds:
        check_seed(seed)
    if duration is not None:
        check_duration(duration)
    folder, absent = nets_folder(nets)
    if scenarios is None:
        cases = all_cases(folder)
        if absent:
            console().print(absent, markup=False, soft_wrap=True)
    else:
        cases = chosen_cases([name.strip() for name in scenarios.split(",") if name.strip()], folder)
    with console().status("building scenarios, and looking for runs that are kept ..."):
        wanted, broken = wanted_jobs(cases, names, chosen_seeds, duration)
        store = RunStore(out / "runs")
        results = Results(cases, names, chosen_seeds, duration)
        left = take_kept(wanted, broken, store, results)
    make_directory(out / "runs")
    for label, reason in broken.items():
        console().print(f"{label}: cannot be run: {reason}", markup=False, soft_wrap=True)
    if results.records:
        say(f"{len(results.records)} of {results.wanted} runs are kept from before, made with this code")
    words = _words(scenarios, strategies, seeds, duration, nets, candidate, out)
    try:
        if left:
            _run(left, store, results, jobs)
    except BaseException:
        if results.records:
            _report(results, words, candidate, out)
        raise
    files = _report(results, words, candidate, out)
    if json:
        from simulation.benchmark_control.origin import origin_of
        from simulation.benchmark_control.outputs import as_dict

        put_json(as_dict(results, origin_of(results, words), candidate, files))
    if results.failures:
        raise typer.Exit(1)


control.__doc__ = EXAMPLES


def _words(scenarios: str | None, strategies: str | None, seeds: str, duration: float | None, nets: Path | None, candidate: str,
           out: Path) -> list[str]:
    """The command again, without what has its default."""
    given = {"--scenarios": scenarios, "--strategies": strategies, "--seeds": seeds if seeds != "1-5" else None,
             "--duration": None if duration is None else f"{duration:g}", "--nets": nets,
             "--candidate": None if candidate == "predictive" else candidate,
             "--out": None if out == Path("out/control") else out}
    return ["benchmark", "control", *(str(w) for option, value in given.items() if value is not None for w in (option, value))]


def _run(left: list[Job], store: RunStore, results: Results, workers: int | None) -> None:
    from simulation.batch import default_workers
    from simulation.benchmark_control.measure import run_left

    with progress_bar() as bar:
        total = bar.add_task(f"{len(left)} runs", total=len(left))
        shares: dict[int, float] = {}

        def told(number: int, share: float) -> None:
            shares[number] = share
            bar.update(total, completed=sum(shares.values()))

        def tell(line: str) -> None:
            bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

        run_left(left, store, results, workers=workers or default_workers(), told=told,
                 finished=lambda job, record: tell(_line(job, record)),
                 failed=lambda job, reason: tell(f"{_place(job)}  failed: {reason}"))


def _place(job: Job) -> str:
    return f"{job.case.label:<14} {job.strategy:<16} seed {job.seed}"


def _line(job: Job, record: RunRecord) -> str:
    from simulation.report.flatten import flat_figures

    flat = flat_figures(record)

    def value(name: str, decimals: int = 0) -> str:
        return f"{flat[name]:,.{decimals}f}" if name in flat else "–"

    return (f"{_place(job)}  delay {value('delay_mean_s', 1)} s  RESCO {value('delay_resco_s', 1)}  P95 {value('delay_p95_s')}  "
            f"never in {value('vehicles_never_departed')}  teleports {value('teleports')}  vetoes {value('guard_vetoes')}  "
            f"violations {value('guard_violations')}  wall {value('wall_s', 1)} s")


def _report(results: Results, words: list[str], candidate: str, out: Path) -> list[Path]:
    from simulation.benchmark_control.grids import grids
    from simulation.benchmark_control.origin import origin_of
    from simulation.benchmark_control.outputs import write_outputs
    from simulation.benchmark_control.show import rich_parts

    tables = grids(results, candidate)
    for grid in tables:
        for part in rich_parts(grid):
            console().print(part)
    if candidate not in results.strategies:
        say(f"targets: {candidate} was not run, so none are checked")
    if results.missing:
        say(f"[yellow]![/yellow] incomplete: {results.missing} of {results.wanted} runs were not made")
    files = write_outputs(results, tables, origin_of(results, words), out)
    for (label, strategy, seed), reason in results.failures.items():
        console().print(f"failed: {label}, {strategy}, seed {seed}: {reason}", markup=False, soft_wrap=True)
    console().print("tables and picture: " + ", ".join(map(str, files)), markup=False, soft_wrap=True)
    return files
