"""``mourour serve``: the service for dispatchers, operators, engineers and posts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from simulation.cli.service_options import DataOption, data_folder


def serve(
    data: DataOption = None,
    streets: Annotated[Path | None, typer.Option(metavar="FILE", help="The street map (`mourour scenario streets`); without "
                                                                      "one no emergency can be planned.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen at; others than this machine's own need TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8080,
    cert: Annotated[Path | None, typer.Option(metavar="PEM", help="Certificate for TLS.")] = None,
    key: Annotated[Path | None, typer.Option(metavar="PEM", help="Its key.")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="Something before it on this machine speaks TLS and says "
                                               "who calls.")] = False,
    settings: Annotated[Path | None, typer.Option(metavar="FILE", help="Limits of the service (YAML); docs/service.md.")] = None,
) -> None:
    """Serve the API for emergencies, junctions, manual control and the archive until stopped.

    There are no default accounts: make an admin first. What was acknowledged is stored, whatever ends the process. The
    documentation of the API is at /docs.

    *Lancer le service : urgences, carrefours, commandes manuelles, historique. Créez d'abord un administrateur.*

    Examples:

        mourour users add sara --role admin
        mourour serve --streets streets.json
        mourour serve --host 0.0.0.0 --port 443 --cert cert.pem --key key.pem --streets streets.json
        DATABASE_URL=postgresql://mourour@/mourour mourour serve --behind-proxy
    """
    from simulation.cli.extras import need

    need("serve")
    from controller.daemon.main import set_up_logs
    from controller.service.secret_file import read_secret
    from controller.service.server import Listening, run
    from controller.service.service import Service
    from controller.service.settings_file import read_settings
    from controller.service.street_map import read_map

    listening = Listening(host, port, cert, key, behind_proxy)
    listening.check()
    said = read_settings(settings)
    street_map = read_map(streets) if streets is not None else None
    folder = data_folder(data)
    set_up_logs(for_people=sys.stderr.isatty())
    run(Service(folder, read_secret(folder), streets=street_map, settings=said), listening)
