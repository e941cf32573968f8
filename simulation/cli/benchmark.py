"""``mourour benchmark ...``: figures measured side by side, printed, never asserted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from simulation.cli import (
    benchmark_api,
    benchmark_cabinets,
    benchmark_control,
    benchmark_counts,
    benchmark_detectors,
    benchmark_incidents,
    benchmark_planner,
    benchmark_train,
    benchmark_video,
    benchmark_waves,
)
from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json


class Traffic(StrEnum):
    cars = "cars"
    mixed = "mixed"


app = typer.Typer(no_args_is_help=True, help="Measure speed and quality here and now. *Mesurer.*")


@app.callback()
def root() -> None:
    """Measure speed and quality here and now."""


@app.command("speed")
def speed(
    junctions: Annotated[int, typer.Option(min=4, help="Signalised junctions of the generated net.")] = 200,
    duration: Annotated[float, typer.Option(metavar="S", help="Simulated seconds of each run.")] = 900.0,
    strategy: Annotated[str, typer.Option(help="Strategy of the controlled run.")] = "actuated",
    traffic: Annotated[Traffic, typer.Option(help="Casablanca's `mixed` fleet with filtering motorcycles, or `cars`, which "
                                                  "SUMO steps fastest.")] = Traffic.mixed,
    seed: Annotated[int, typer.Option()] = 1,
    json: JsonOption = False,
) -> None:
    """Plain SUMO against the controlled run on a generated net, side by side in one go.

    Prints the wall time of both, what control itself took, and memory.

    Examples:

        mourour benchmark speed
        mourour benchmark speed --traffic cars
        mourour benchmark speed --junctions 100 --strategy max-pressure --json
    """
    from controller.registry import strategy_class
    from simulation.benchmark_speed import measure
    from simulation.settings import check_duration, check_seed

    strategy_class(strategy)
    check_duration(duration)
    check_seed(seed)

    with console().status(f"plain SUMO, then {strategy}, {junctions} junctions, {duration:g} s ..."):
        found = measure(junctions, duration, strategy, seed, mixed=traffic is Traffic.mixed)
    if json:
        put_json(found.as_dict())
        return
    console().print(found.table())


app.command("api")(benchmark_api.api)
app.command("cabinets")(benchmark_cabinets.cabinets)
app.command("control")(benchmark_control.control)
app.command("counts")(benchmark_counts.counts)
app.command("detectors")(benchmark_detectors.detectors)
app.command("incidents")(benchmark_incidents.incidents)
app.command("planner")(benchmark_planner.planner)
app.command("waves")(benchmark_waves.waves)
app.command("train")(benchmark_train.train)
app.command("video")(benchmark_video.video)
