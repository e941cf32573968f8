"""``mourour scenarios`` and ``mourour scenario ...``: what there is, making more, looking at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say
from simulation.cli.scenario_import import import_extract
from simulation.cli.scenario_show import show

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


@app.command("build")
def build(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario .yaml, or a shipped name.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Put a copy of everything here; kept in the cache if not given.")]
        = None,
    json: JsonOption = False,
) -> None:
    """Build a scenario's net, demand and signals, and say what was built and where.

    Writes `signals.yaml` beside them: groups, stages, intergreens and minimum greens of every junction.

    *Construire réseau, demande et feux d'un scénario.*

    Examples:

        mourour scenario build mohammed-vi
        mourour scenario build my-street.yaml --out built/my-street --json
    """
    from rich.table import Table

    from simulation.scenario.build_report import build_and_describe

    with console().status(f"building {file} ..."):
        found = build_and_describe(file, out)
    if json:
        put_json(found.as_dict())
        return
    table = Table("junction", "groups", "stages", "largest intergreen", "note")
    for row in found.junctions:
        table.add_row(row["name"], str(row["groups"]), str(row["stages"]), f"{row['largest_intergreen_s']:g} s", row["rebuilt"])
    console().print(table)
    say(f"[bold]{found.title}[/bold]: {len(found.junctions)} signalised junctions")
    say(f"net:      {found.net}")
    for period, path in found.configurations.items():
        say(f"{period + ':':<9} {path}")
    say(f"signals:  {found.signals}")


app.command("import-osm")(import_extract)
app.command("show")(show)
