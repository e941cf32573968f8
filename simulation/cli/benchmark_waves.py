"""``mourour benchmark waves``: what green waves gain and cost, over scenarios and seeds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from signal_drivers.errors import BadInput
from simulation.cli.choices import JsonOption, read_names, read_seeds
from simulation.cli.console import console, progress_bar, put_json

if TYPE_CHECKING:
    from simulation.benchmark_waves import Case

EXAMPLES = """Ambulances with and without green waves, under plain SUMO actuated control and on an empty road, side by side.

Each scenario is run with each seed three times; a whole hour of a corridor takes some minutes. Targets are over all of them.

*Ce que gagnent les ambulances, et ce que paient les autres.*

Examples:

    mourour benchmark waves
    mourour benchmark waves --scenarios centre --seeds 1 --duration 1200 --emergencies 6
    mourour benchmark waves --strategy actuated --notice 0 --json
    mourour benchmark waves --out waves.jsonl
"""


def waves(
    scenarios: Annotated[str, typer.Option(metavar="A,B", help="Scenarios, comma-separated.")] = "mohammed-vi,zerktouni,centre",
    seeds: Annotated[str, typer.Option(metavar="1-5", help="Seeds: a range, a list, or both.")] = "1-5",
    strategy: Annotated[str, typer.Option(help="What runs the signals otherwise.")] = "predictive",
    emergencies: Annotated[int, typer.Option(metavar="N", min=1, help="Ambulances in each run.")] = 20,
    duration: Annotated[float | None, typer.Option(metavar="S", help="Simulated seconds; to the scenario's own end if not "
                                                   "given.")] = None,
    notice: Annotated[float | None, typer.Option(metavar="S", help="Ambulances are announced so long before they set off; 30 s "
                                                 "if not given.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Each case is added to this file as it is complete, a "
                                             "JSON object a line; cases that are in it already are not run again.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs at a time; as many as there are cores if not given.")] = None,
    json: JsonOption = False,
) -> None:
    from simulation.batch import default_workers
    from simulation.benchmark_waves import cases, marks
    from simulation.cases_file import CasesFile
    from simulation.emergencies.settings import NOTICE_S, EmergencySettings
    from simulation.settings import SUMO_STRATEGIES

    names = read_names(scenarios, "scenario", "--scenarios", "centre,far")
    if strategy in SUMO_STRATEGIES:
        raise BadInput(f"{strategy} decides inside SUMO, where no emergency is heard of", where="--strategy",
                       mend="take one of mourour's; plain SUMO actuated runs beside it anyway")
    wave = EmergencySettings(emergencies, notice_s=NOTICE_S if notice is None else notice)
    wave.check()
    wanted = [(name, seed) for seed in read_seeds(seeds) for name in names]
    with CasesFile(out, {"strategy": strategy, "emergencies": emergencies, "duration_s": duration,
                         "notice_s": wave.notice_s}) as file, progress_bar() as bar:
        task = bar.add_task("runs", total=1.0)
        known = [case for case in file.known if (case.scenario, case.seed) in wanted]

        def done(case: Case) -> None:
            file.add(case)
            bar.console.print(_line(case), highlight=False)

        for case in known:
            bar.console.print(_line(case), highlight=False)
        have = {(case.scenario, case.seed) for case in known}
        found = known + cases([row for row in wanted if row not in have], strategy, wave, duration, jobs or default_workers(),
                              lambda share: bar.update(task, completed=share), done)
    targets = marks(found)
    if json:
        put_json({"strategy": strategy, "emergencies": emergencies, "duration_s": duration, "notice_s": wave.notice_s,
                  "cases": [asdict(case) for case in found],
                  "targets": [{**asdict(mark), "value": mark.value if mark.value == mark.value else None, "reached": mark.reached}
                              for mark in targets]})
        return
    table = Table("target / objectif", "figure", "limit", "")
    for mark in targets:
        table.add_row(mark.what, f"{mark.value:.3g}", f"{'≤' if mark.at_most else '≥'} {mark.limit:g}",
                      "reached / atteint" if mark.reached else "missed / manqué")
    console().print(table)


def _line(case: Case) -> str:
    e, o = case.emergencies, case.others
    return (f"{case.scenario}, seed {case.seed}: {e['completed']} of {e['trips']} trips, {e['travel_time_s']} s, "
            f"ratio {e['ratio']}, without {e['without_preemption_s']} s, SUMO actuated {e['sumo_actuated_s']} s; "
            f"{e['signals_passed_without_stop']} of {e['signals_passed']} signals without a stop; "
            f"others {o['delay_without_preemption_s']} → {o['delay_s']} s; "
            f"{e.get('holds')} holds of {e.get('held_s')} s, recovery {e.get('recovery_s')} s; "
            f"guard: {case.guard['vetoes']} vetoes, {case.guard['violations']} violations")


waves.__doc__ = EXAMPLES
