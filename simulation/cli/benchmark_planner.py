"""``mourour benchmark planner``: how long a strategy thinks, without SUMO."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json

EXAMPLES = """How long a strategy thinks: a synthetic city without SUMO, the real control loop, guards and cabinets.

A grid of four-arm junctions with 12 approach lanes, left turns and crossings, under light seeded traffic. Observations are made
before the clock starts and are reported apart. `actuated` is measured beside it as the reference, each in a process of its own.
A long run (`--ticks 3600`) tells whether memory stays flat.

*Temps de décision d'une stratégie, sans SUMO : ville synthétique, boucle de commande et armoires réelles.*

Examples:

    mourour benchmark planner
    mourour benchmark planner --strategy self-organising --junctions 50 --ticks 3600
    mourour benchmark planner --growth --json
"""


def planner(
    strategy: Annotated[str | None, typer.Option(metavar="NAME", help="Strategy to measure; `predictive` where there is one, "
                                                 "else `actuated`.")] = None,
    junctions: Annotated[int, typer.Option(min=1, max=10_000, help="Junctions of the city.")] = 200,
    ticks: Annotated[int, typer.Option(min=10, max=1_000_000, help="Seconds of control that are timed.")] = 300,
    growth: Annotated[bool, typer.Option("--growth", help="Cities from 10 to 2,000 junctions in place of one, the large "
                                          "ones for fewer seconds.")] = False,
    seed: Annotated[int, typer.Option(help="Traffic follows from it.")] = 1,
    json: JsonOption = False,
) -> None:
    from controller.registry import strategy_class
    from simulation.benchmark_planner.measure import GROWTH, REFERENCE, cores, measured, preferred
    from simulation.benchmark_planner.table import growth as growth_table
    from simulation.benchmark_planner.table import noise, side_by_side
    from simulation.settings import check_seed

    name = strategy or preferred()
    strategy_class(name)
    check_seed(seed)
    with console().status("...") as status:
        found = measured(list(dict.fromkeys((name, REFERENCE))), GROWTH if growth else (junctions,), ticks, seed,
                         lambda who, count: status.update(f"{who}, {count:,} junctions, {ticks:,} seconds ..."))
    if json:
        put_json({"cores": cores(), "note": noise(cores()), "measured": [f.as_dict() for f in found]})
        return
    console().print(growth_table(found, cores()) if growth else side_by_side(found, cores()))


planner.__doc__ = EXAMPLES
