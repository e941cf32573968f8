"""``mourour scenario streets``: a scenario's streets for the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption, ScenarioArgument
from simulation.cli.console import console, put_json
from simulation.cli.scenario_import import say


def streets(
    scenario: ScenarioArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the file goes.")] = Path("streets.json"),
    json: JsonOption = False,
) -> None:
    """Write a scenario's streets: roads, turns and signals, on which emergencies are routed and their positions matched.

    *Écrire les rues d'un scénario : itinéraires et suivi GPS des urgences.*

    Examples:

        mourour scenario streets mohammed-vi
        mourour scenario streets centre-ville --out post/streets.json --json
    """
    from simulation.scenario.streets import write_streets

    with console().status(f"reading {scenario} ..."):
        found = write_streets(scenario, out)
    if json:
        put_json(found.as_dict())
        return
    from rich.markup import escape

    say(f"[bold]{escape(found.title)}[/bold]: {found.roads} roads ({found.road_km:g} km, each direction counted), {found.turns} "
        f"turns, {found.turns_with_signal} of them at the signals of {found.junctions} junctions")
    if found.attribution:
        say(f"[dim]{escape(found.attribution)}[/dim]")
    say(f"streets: {escape(str(found.file))}")
