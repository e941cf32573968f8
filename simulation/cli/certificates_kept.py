"""``mourour certificates push | list``: certificates in the permanent archive of a running service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say
from simulation.cli.service_options import UrlOption


def push(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Certificates that `mourour validate` signed.")],
    url: UrlOption = None, json: JsonOption = False,
) -> None:
    """Put certificates into the permanent archive of a running service; an account of role engineer may
    (`mourour dispatch login NAME`).

    *Archiver des certificats dans le service.*

    Examples:

        mourour certificates push certificates/*.json --url https://feux.example
    """
    _need_client()
    from controller.validation.certificate import read
    from simulation.cli.service_client import Client, address

    found = [read(file) for file in files]
    client = Client(address(url))
    kept = [client.ask("POST", "/certificates", json={"body": c.raw, "signature": c.signature}) for c in found]
    if json:
        put_json({"certificates": kept})
        return
    for row in kept:
        say(f"{row['id']}: kept · archivé, {row['strategy']}, {len(row['junctions'])} junctions, until {row['valid_until'][:10]}")


def listing(
    junction: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this junction.")] = None,
    strategy: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this strategy.")] = None,
    url: UrlOption = None, json: JsonOption = False,
) -> None:
    """List the certificates that a running service keeps, the newest first.

    *Lister les certificats archivés.*

    Examples:

        mourour certificates list --junction zellaqa
    """
    _need_client()
    from simulation.cli.service_client import Client, address

    wanted = {k: v for k, v in (("junction", junction), ("strategy", strategy)) if v is not None}
    told = Client(address(url)).ask("GET", "/certificates", params=wanted)
    if json:
        put_json(told)
        return
    from rich.table import Table

    table = Table("id", "strategy", "plans", "junctions", "signed by", "until", "", title="Certificates · Certificats")
    for row in told["certificates"]:
        table.add_row(row["id"], row["strategy"], ", ".join(row["plans"]), str(len(row["junctions"])), row["engineer"],
                      row["valid_until"][:10], "valid · valable" if row["valid"] else "[red]expired · échu[/]")
    console().print(table)


def _need_client() -> None:
    from simulation.cli.extras import need

    need("serve")
