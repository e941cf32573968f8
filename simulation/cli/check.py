"""``mourour check``: a site file looked through before anything is connected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from simulation.cli.choices import JsonOption
from simulation.cli.console import fail, put_json, say

if TYPE_CHECKING:
    from controller.daemon.proofs import Proofs
    from controller.site.read import Site
    from signal_drivers.errors import BadInput

SiteFile = Annotated[Path, typer.Argument(metavar="SITE", help="A site file (YAML).")]


def _proofs(site: Site) -> tuple[Proofs | None, list[BadInput]]:
    """How its junctions stand to certificates, and why some may not be run."""
    import time

    from controller.daemon.proofs import Proofs
    from controller.validation.at_post import require_word
    from signal_drivers.errors import CertificateRefused

    try:
        proofs = Proofs(site, time.time())
        require_word(site)
    except CertificateRefused as error:
        return None, [error]
    return proofs, [*proofs.standing.refusals()]


def _words(proofs: Proofs | None) -> str:
    if proofs is None or not proofs.standing.required:
        return "[yellow]not required[/]: not for a street · non exigés : pas pour la rue"
    rows = proofs.standing.junctions.values()
    ends = [row.until_s for row in rows if row.until_s is not None]
    by_name = [row for row in rows if row.override is not None]
    from controller.validation.at_post import until_text

    words = f"{len(rows) - len(by_name)} certified, {len(by_name)} overridden; until {until_text(min(ends, default=None))}"
    return words + (f"\n[yellow]![/yellow] {by_name[0].junction} {escape(by_name[0].detail)}" if by_name else "")


def check(site: SiteFile, json: JsonOption = False) -> None:
    """Look through a site file, the network, plans and papers it names; say everything that is wrong, line by line.

    Nothing is connected to. Exit code 2 where something is wrong. What of a camera's file can hardly be meant is said and is no
    error.

    *Vérifier la configuration d'un poste : tout ce qui ne va pas, ligne par ligne.*

    Examples:

        mourour check site.yaml
        mourour check site.yaml --json
    """
    from controller.site.read import inspect_site
    from detectors.camera.quality import doubtful

    found, wrong = inspect_site(site)
    doubts = [(camera.name, what) for camera in (found.cameras if found is not None else ()) for what in doubtful(camera.site)]
    proofs = None
    if found is not None:
        proofs, refused = _proofs(found)
        wrong += refused
    if json:
        put_json({"site": str(site), "good": not wrong, "cabinets": len(found.said.cabinets) if found else None,
                  "certificates": proofs.state() if proofs is not None else None,
                  "doubts": [{"camera": camera, "what": what} for camera, what in doubts],
                  "problems": [{"where": e.where, "what": e.what, "mend": e.mend} for e in wrong]})
    elif found is not None and not wrong:
        kinds = ", ".join(f"{n} {p}" for p in ("modbus", "opcua") if (n := sum(c.protocol == p for c in found.said.cabinets)))
        say(f"{site}: good. Post {found.said.post}, {len(found.said.cabinets)} cabinets ({kinds}), "
            f"{len(found.cameras)} cameras, strategy {found.said.strategy}.")
        clear = [c.junction for c in found.said.cabinets if c.insecure_for_tests or (c.protocol == "modbus" and not c.tls)]
        if clear:
            say(f"[yellow]![/yellow] {len(clear)} of them in clear, {clear[0]} among them: only inside a closed network "
                "(`tls: true` for Modbus, papers for OPC UA).")
        for camera, what in doubts:
            say(f"[yellow]![/yellow] camera {escape(camera)}: {escape(what)}")
        say(f"certificates · certificats: {_words(proofs)}")
    for error in wrong if not json else ():
        fail(str(error))
    if wrong:
        raise typer.Exit(2)
