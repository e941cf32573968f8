"""``mourour scenario show``: the network with its signals, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json
from simulation.cli.scenario_import import say


def show(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name, a scenario .yaml, any .sumocfg or "
                                            ".net.xml, or the folder of an imported or built scenario.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=".html, .svg or .png; ./NAME.html if not given.")] = None,
    junction: Annotated[str | None, typer.Option(metavar="ID", help="Draw this junction large, with its groups and stages: its "
                                                 "id, number on the network drawing, or part of its name.")] = None,
    json: JsonOption = False,
) -> None:
    """Draw a scenario's network with its signals, or one junction with its signal groups and stages.

    *Dessiner le réseau et ses feux, ou un carrefour avec ses lignes de feux et ses phases.*

    Examples:

        mourour scenario show mohammed-vi
        mourour scenario show mohammed-vi --junction doukkali
        mourour scenario show centre-ville --out centre-ville.svg
    """
    from simulation.scenario.draw import draw_to

    with console().status(f"drawing {scenario} ..."):
        path = draw_to(scenario, out, junction)
    if json:
        put_json({"drawing": str(path)})
        return
    from rich.markup import escape

    say(f"drawing: {escape(str(path))}")
