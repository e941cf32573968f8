"""``mourour check``: a site file looked through before anything is connected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import fail, put_json, say

SiteFile = Annotated[Path, typer.Argument(metavar="SITE", help="A site file (YAML).")]


def check(site: SiteFile, json: JsonOption = False) -> None:
    """Look through a site file, the network, plans and papers it names; say everything that is wrong, line by line.

    Nothing is connected to. Exit code 2 where something is wrong.

    *Vérifier la configuration d'un poste : tout ce qui ne va pas, ligne par ligne.*

    Examples:

        mourour check site.yaml
        mourour check site.yaml --json
    """
    from controller.site.read import inspect_site

    found, wrong = inspect_site(site)
    if json:
        put_json({"site": str(site), "good": not wrong, "cabinets": len(found.said.cabinets) if found else None,
                  "problems": [{"where": e.where, "what": e.what, "mend": e.mend} for e in wrong]})
    elif found is not None:
        kinds = ", ".join(f"{n} {p}" for p in ("modbus", "opcua") if (n := sum(c.protocol == p for c in found.said.cabinets)))
        say(f"{site}: good. Post {found.said.post}, {len(found.said.cabinets)} cabinets ({kinds}), "
            f"{len(found.cameras)} cameras, strategy {found.said.strategy}.")
        clear = [c.junction for c in found.said.cabinets if c.insecure_for_tests or (c.protocol == "modbus" and not c.tls)]
        if clear:
            say(f"[yellow]![/yellow] {len(clear)} of them in clear, {clear[0]} among them: only inside a closed network "
                "(`tls: true` for Modbus, papers for OPC UA).")
    for error in wrong if not json else ():
        fail(str(error))
    if wrong:
        raise typer.Exit(2)
