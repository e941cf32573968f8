"""``mourour benchmark train``: how fast the training environment is, and the policy."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, progress_bar, put_json
from simulation.cli.extras import need

EXAMPLES = """Decisions a second of the training environment beside sumo-rl's on the same net and cores, and an answer's time.

sumo-rl runs on libsumo too, every second as ours and every five as it does by itself; it is left out where it is not installed.

*Débit de l'environnement d'apprentissage, à côté de sumo-rl.*

Examples:

    mourour benchmark train
    mourour benchmark train --junctions 64 --seconds 900 --workers 2 --json
"""
TARGET_PER_S, TARGET_S = 5000.0, 0.005


def train(
    junctions: Annotated[int, typer.Option(metavar="N", help="About so many signalised junctions, in a grid.")] = 36,
    seconds: Annotated[float, typer.Option(min=60, metavar="S", help="Simulated seconds of each run.")] = 600.0,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Simulations at a time; as many as there are cores if not "
                                                "given.")] = None,
    seed: Annotated[int, typer.Option(help="Of net, demand and decisions.")] = 1,
    json: JsonOption = False,
) -> None:
    need("rl")
    from simulation.batch import default_workers
    from simulation.benchmark_train import as_plain, check, measure

    count = workers or default_workers()
    check(junctions, count)
    with progress_bar() as bar:
        task = bar.add_task("begins", total=None)
        rows, asked = measure(junctions, seconds, count, seed, lambda what: bar.update(task, description=what))
    if json:
        put_json(as_plain(rows, asked))
        return
    table = Table("environment", "a decision every", "workers", "junctions", "simulated s/s", "decisions/s", "target")
    for row in rows:
        table.add_row(row.what, f"{row.every_s:g} s", str(row.workers), str(row.junctions), f"{row.simulated_s / row.wall_s:.0f}",
                      f"{row.per_s:,.0f}", f"≥ {TARGET_PER_S:,.0f}" if row.what == "mourour" else "")
    console().print(table)
    for one in asked:
        console().print(f"one answer for {one.junctions} junctions of {one.groups} groups and {one.stages} stages, one core: "
                        f"{1000 * one.p50_s:.1f} ms, longest {1000 * one.worst_s:.1f} ms (target {1000 * TARGET_S:g} ms)",
                        highlight=False)


train.__doc__ = EXAMPLES
