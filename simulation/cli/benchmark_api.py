"""``mourour benchmark api``: positions a second and live listeners that the service carries."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json


def api(
    rate: Annotated[float, typer.Option(min=1, help="Positions a second.")] = 500.0,
    listeners: Annotated[int, typer.Option(min=1, help="Live listeners to everything.")] = 100,
    vehicles: Annotated[int, typer.Option(min=1, help="Emergencies under way that the positions are of.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, metavar="S", help="How long it is measured, after a warm-up of 3 s.")] = 30.0,
    with_daemon: Annotated[int, typer.Option(min=0, max=200, metavar="N", help="Run `mourour run` with N emulated cabinets on "
                                             "the same machine, linked to the service: its ticks without the load and with it, "
                                             "in turns.")] = 0,
    json: JsonOption = False,
) -> None:
    """Load a service of its own with positions while many listen, and print how long positions took to be stored and heard of.

    The service runs in another process on this machine, over a real socket, with SQLite on the disk of the temporary folder;
    every position is on that disk before it is answered.

    *Mesurer le service : positions par seconde, auditeurs, temps de réponse.*

    Examples:

        mourour benchmark api
        mourour benchmark api --rate 1000 --listeners 20 --seconds 60 --json
        mourour benchmark api --with-daemon 50 --seconds 60
    """
    from simulation.cli.extras import need

    need("serve")
    from simulation.benchmark_api.measure import as_plain, measure, rows

    if with_daemon:
        _beside_a_daemon(with_daemon, rate, listeners, seconds, vehicles, json)
        return
    with console().status(f"{rate:g} positions/s, {listeners} listeners, {seconds:g} s ..."):
        found = measure(rate, listeners, seconds, vehicles)
    if json:
        put_json(as_plain(found))
        return
    from rich.table import Table

    table = Table("", "", box=None, show_header=False, pad_edge=False)
    for row in rows(found):
        table.add_row(*row)
    console().print(table)


def _beside_a_daemon(cabinets: int, rate: float, listeners: int, seconds: float, vehicles: int, json: bool) -> None:
    from rich.table import Table

    from simulation.benchmark_api import measure as alone
    from simulation.benchmark_api import with_daemon

    what = f"{cabinets} cabinets, a daemon, then {rate:g} positions/s and {listeners} listeners, {seconds:g} s each, twice ..."
    with console().status(what):
        found = with_daemon.measure(cabinets, rate, listeners, seconds, vehicles)
    if json:
        put_json(with_daemon.as_plain(found))
        return
    table = Table("the daemon's ticks", "ticks", "missed", "p50", "p99", box=None, pad_edge=False)
    for row in with_daemon.rows(found):
        table.add_row(*row)
    console().print(table)
    service = Table("the service", "", box=None, show_header=False, pad_edge=False)
    for figures in found.service:
        for pair in alone.rows(figures):
            service.add_row(*pair)
    console().print(service)
