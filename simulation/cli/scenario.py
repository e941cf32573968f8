"""``mourour scenarios`` and ``mourour scenario ...``: what there is, making more, looking at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import put_json

app = typer.Typer(no_args_is_help=True, help="Build, import and look at scenarios. *Construire, importer, dessiner.*")


def list_shipped(json: JsonOption = False) -> None:
    """List the shipped scenarios: junctions, length, what is mapped and what is assumed.

    *Lister les scénarios fournis.*
    """
    from simulation.scenario.catalogue import shipped

    rows = shipped()
    if json:
        put_json({"scenarios": [row.as_dict() for row in rows]})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Scenarios (NAME[@morning|evening|offpeak|night][+incident])", show_lines=True)
    for heading in ("name", "what", "junctions", "km", "mapped", "assumed"):
        table.add_column(heading, justify="right" if heading in ("junctions", "km") else "left")
    for row in rows:
        table.add_row(row.name, row.title, str(row.junctions), f"{row.km:.1f}", "\n".join(row.mapped), "\n".join(row.assumed))
    Console().print(table)
