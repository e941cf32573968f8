"""``mourour benchmark detectors``: what bad cameras cost, strategy by strategy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import DurationOption, JsonOption, read_seeds, read_strategies
from simulation.cli.console import console, progress_bar, put_json

EXAMPLES = """What bad detectors cost: the same runs with perfect cameras, miscounts, and cameras that are missing.

Prints a table in Markdown on standard output: mean strict delay of each strategy under each condition with its change from
perfect detectors, and who was kept waiting longest. Without --scenarios: the published benchmark nets where there are any, else
`far` and `mohammed-vi`. A condition is what `simulate --detectors` takes.

*Ce que coûtent de mauvais détecteurs : comptages faux, caméras manquantes.*

Examples:

    mourour benchmark detectors
    mourour benchmark detectors --scenarios far,cologne1 --strategies predictive --seeds 1-2 --duration 600 --jobs 1
    mourour benchmark detectors --condition perfect --condition outage=0.1 --json
"""


def detectors(
    scenarios: Annotated[str | None, typer.Option(metavar="A,B", help="Scenarios as `simulate` takes them, and nets by "
                                                  "name.")] = None,
    strategies: Annotated[str, typer.Option(metavar="A,B", help="Comma-separated.")] = "predictive,actuated",
    seeds: Annotated[str, typer.Option(metavar="1-2", help="Seeds: a range, a list, or both.")] = "1-2",
    condition: Annotated[list[str] | None, typer.Option("--condition", metavar="FAULTS", help="What is wrong with the detectors, "
                         "as `simulate --detectors` takes it; the first one given is the reference. May be repeated.")] = None,
    duration: DurationOption = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Parallel processes; one per core if not given.")] = None,
    nets: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of published nets; else "
                                              "MOUROUR_SHARED/benchmarks/resco or ../shared/benchmarks/resco.")] = None,
    json: JsonOption = False,
) -> None:
    from simulation.batch import default_workers
    from simulation.benchmark_control.cases import chosen_cases, nets_folder, nets_in
    from simulation.benchmark_detectors import CONDITIONS, Plan, as_dict, markdown, measure
    from simulation.detector_faults import read_degradation
    from simulation.prepare import prepare
    from simulation.settings import check_duration, check_seed

    chosen_seeds, names = read_seeds(seeds), read_strategies(strategies)
    for seed in chosen_seeds:
        check_seed(seed)
    if duration is not None:
        check_duration(duration)
    conditions = list(dict.fromkeys(str(read_degradation(text)) for text in condition or CONDITIONS))
    folder, absent = nets_folder(nets)
    if scenarios is not None:
        cases = chosen_cases([name.strip() for name in scenarios.split(",") if name.strip()], folder)
    else:
        cases = (nets_in(folder) if folder else []) or chosen_cases(["far", "mohammed-vi"], None)
        if absent:
            console().print(absent, markup=False, soft_wrap=True)
    plan = Plan(cases, names, chosen_seeds, conditions, duration)
    for settings in {(s.scenario, s.detectors): s for _, s in plan.jobs}.values():
        # What is wrong with the input is said before any process starts.
        prepare(settings)
    with progress_bar() as bar:
        total = bar.add_task(f"{len(plan.jobs)} runs", total=len(plan.jobs))
        shares: dict[int, float] = {}

        def told(number: int, share: float) -> None:
            shares[number] = share
            bar.update(total, completed=sum(shares.values()))

        found = measure(plan, workers=jobs or default_workers(), told=told,
                        failed=lambda line: bar.console.print(line, markup=False, highlight=False, soft_wrap=True))
    if json:
        put_json(as_dict(found))
    else:
        typer.echo(markdown(found))
    if found.failures:
        raise typer.Exit(1)


detectors.__doc__ = EXAMPLES
