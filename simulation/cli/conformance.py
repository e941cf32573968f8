"""``mourour conformance``: whether a control unit, emulated or real, does what it must."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json

if TYPE_CHECKING:
    from simulation.conformance.behaviour import Behaviour
    from simulation.conformance.observer import TestableLink


class SpokenProtocol(StrEnum):
    modbus = "modbus"
    opcua = "opcua"


def conformance(
    junction: Annotated[str | None, typer.Option(metavar="ID", help="Which junction the cabinet runs.")] = None,
    site: Annotated[Path | None, typer.Option(metavar="SITE", help="Take address and papers from this site file.")] = None,
    protocol: Annotated[SpokenProtocol | None, typer.Option(help="What it speaks.")] = None,
    host: Annotated[str, typer.Option(help="Where it is.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Its port.")] = None,
    network: Annotated[Path | None, typer.Option(metavar="FILE", help="The network file with the junction.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Modbus inside TLS. OPC UA is always signed and encrypted.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="OPC UA in clear. For emulators only.")] = False,
    authority: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate of the authority that signs "
                                                                        "cabinets'.")] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="Our certificate.")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Our private key.")] = None,
    user: Annotated[str, typer.Option(help="OPC UA user.")] = "",
    password_file: Annotated[Path | None, typer.Option(metavar="FILE", help="File with that user's password.")] = None,
    only: Annotated[str, typer.Option(metavar="IDS", help="Behaviours to try, comma-separated; all if not given.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the behaviours and what each does; connect to nothing.")] = False,
    bench: Annotated[Path | None, typer.Option(metavar="DIR", help="The --out of a running `mourour cabinet`: what takes hands "
                                                                   "is done at its bench.")] = None,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Ask somebody at the cabinet for what takes hands.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a cabinet that is not on this machine.")] = False,
    tour_seconds: Annotated[float, typer.Option(min=0, metavar="S", help="Time for the tour of stage changes; 0: every ordered "
                                                                         "pair.")] = 120.0,
    heartbeat_limit: Annotated[float, typer.Option(min=1, metavar="S", help="After so long without a heartbeat the unit must be "
                                                                            "local.")] = 10.0,
    tolerance: Annotated[float, typer.Option(min=0, max=1, metavar="S", help="Granted on every duration.")] = 0.15,
    every: Annotated[float, typer.Option(min=0.05, max=0.5, metavar="S", help="How often heads are looked at.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Draws the tour.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="DIR|FILE.html", help="Keep the report here.")] = None,
    json: JsonOption = False,
) -> None:
    """Try what a control unit must do, over its own wire, and judge it by its signal heads.

    It commands the junction: stages change, it flashes, it is left without a heartbeat. At the end, and when interrupted, it
    hands the junction back. Never on a junction with traffic: see docs/conformance.md. Exit code 0 where everything tried
    passed, 1 where something failed.

    *Vérifier la conformité d'un contrôleur, d'après ses feux. Jamais sous circulation.*

    Examples:

        mourour conformance --site out/fleet/site.yaml --junction J00.00 --bench out/fleet
        mourour conformance --protocol modbus --host 10.2.0.17 --port 502 --network network.json --junction C117 --out report
        mourour conformance --list
    """
    from signal_drivers.errors import BadInput
    from simulation.conformance.catalogue import chosen
    from simulation.conformance.expect import Expect

    behaviours = chosen(only)
    if listed:
        _list(behaviours, as_json=json)
        return
    if junction is None:
        raise BadInput("no junction is named", where="--junction", mend="name the one whose cabinet is meant")
    expect = Expect(every_s=every, tolerance_s=tolerance, heartbeat_limit_s=heartbeat_limit, tour_s=tour_seconds)
    from simulation.cli.conformance_run import announce, probe_for, report, run
    from simulation.cli.extras import need

    need("field")
    from simulation.conformance.connect import Papers, from_network, from_site, link_at

    link: TestableLink
    if site is not None:
        if protocol is not None or port is not None or network is not None:
            raise BadInput("the site file has address and network already", where="--site",
                           mend="leave --protocol, --port and --network out")
        here, link, host = from_site(site, junction)
    elif protocol is None or port is None or network is None:
        raise BadInput("the cabinet's address is not complete", where="--protocol, --port, --network",
                       mend="give all three, or --site")
    else:
        here = from_network(network, junction)
        papers = Papers(authority, certificate, key, user, password_file)
        link = link_at(protocol.value, host, port, papers, tls=tls, insecure=insecure)
    probe = probe_for(here, link, expect, bench, by_hand, seed)
    announce(here, link.where, host, behaviours, expect, hands=probe.hands is not None, yes=yes)
    result = run(probe, behaviours)
    report(result, out, as_json=json)
    raise typer.Exit(0 if result.passed else 1)


def _list(behaviours: Sequence[Behaviour], *, as_json: bool) -> None:
    from rich.table import Table

    if as_json:
        put_json({"behaviours": [{"id": b.id, "title": b.title, "title_fr": b.title_fr, "what": b.what, "by_hand": b.by_hand}
                                 for b in behaviours]})
        return
    made = Table("id", "behaviour", "what is done", title="Behaviours · Comportements")
    for b in behaviours:
        made.add_row(b.id, f"{b.title}\n[dim]{b.title_fr}[/dim]", b.what + (" [dim]Needs hands.[/dim]" if b.by_hand else ""))
    console().print(made)
