"""``mourour scenarios`` and ``mourour scenario ...``: what there is, making more, looking at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json
from simulation.cli.scenario_import import import_extract, say
from simulation.cli.scenario_show import show
from simulation.cli.scenario_streets import streets

app = typer.Typer(no_args_is_help=True, help="Build, import and look at scenarios. *Construire, importer, dessiner.*")


def list_shipped(json: JsonOption = False) -> None:
    """List the shipped scenarios: junctions, length, what is mapped and what is assumed.

    *Lister les scénarios fournis.*

    Examples:

        mourour scenarios
        mourour scenarios --json
    """
    from dataclasses import asdict

    from simulation.scenario.catalogue import catalogue

    rows = catalogue()
    if json:
        put_json({"scenarios": [asdict(row) for row in rows]})
        return
    from rich.console import Console, Group, RenderableType
    from rich.padding import Padding
    from rich.text import Text

    how = "NAME[@morning|evening|offpeak|night][+incident]; the evening if none is said\n"
    parts: list[RenderableType] = [Text(how, style="dim")]
    for row in rows:
        signals = f"{row.signals_mapped} mapped, {row.signals_assumed} assumed"
        trams = f"; {', '.join(row.trams)}" if row.trams else ""
        parts.append(Text.assemble((row.name, "bold cyan"), "  ", (row.title, "bold")))
        parts.append(Text(f"  {row.junctions} junctions (signals: {signals}), {row.main_road_km:.1f} km{trams}"))
        for heading, lines in (("mapped  · relevé", row.mapped), ("assumed · supposé", row.assumed)):
            parts.append(Text(f"  {heading}", style="italic"))
            parts += [Padding(Text(f"- {line}", style="dim"), (0, 0, 0, 4)) for line in lines]
        parts.append(Text(""))
    Console().print(Group(*parts))


@app.command("build")
def build(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario .yaml, or a shipped name.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Put a copy of everything here.")] = None,
    json: JsonOption = False,
) -> None:
    """Build a scenario's net, demand and signals, and say what was built and where.

    Writes `signals.yaml` beside them: groups, stages, intergreens and minimum greens of every junction.

    *Construire réseau, demande et feux d'un scénario.*

    Examples:

        mourour scenario build mohammed-vi
        mourour scenario build my-street.yaml --out built/my-street --json
    """
    from rich.markup import escape
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
    say(f"[bold]{escape(found.title)}[/bold]: {len(found.junctions)} signalised junctions")
    for what, path in {"net": found.net, **found.configurations, "signals": found.signals}.items():
        say(f"{what + ':':<18}{escape(str(path))}")


app.command("import-osm")(import_extract)
app.command("show")(show)
app.command("streets")(streets)
