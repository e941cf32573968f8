"""``mourour run``: the daemon that drives a post's cabinets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def run(
    config: Annotated[Path, typer.Option("--config", metavar="SITE", help="A site file (YAML); see `mourour check`.")],
) -> None:
    """Drive the cabinets of one post until stopped.

    Every second it polls each cabinet, decides, has the guard judge, and commands what passes. Where something is wrong a
    junction steps down: to fixed plans, to its cabinet's own plan, to flashing amber; and up again when all has been well
    for a while. SIGTERM or Ctrl-C hands every cabinet back to its own plan. SIGHUP, or a change of the plan file, loads
    plans anew.

    *Piloter les armoires d'un poste. À l'arrêt, chaque carrefour reprend son plan local.*

    Examples:

        mourour check site.yaml
        mourour run --config site.yaml
        curl http://127.0.0.1:9108/health
    """
    from simulation.cli.extras import need

    need("field", "serve", "archive")
    from controller.daemon.main import run as serve
    from controller.daemon.main import set_up_logs
    from controller.site.read import read_site

    site = read_site(config)
    if site.cameras:
        need("video")
    set_up_logs(for_people=sys.stderr.isatty())
    serve(site)
