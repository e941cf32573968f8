"""``mourour cabinet``: a fleet of emulated control units, and what can go wrong with them."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli.choices import JsonOption, ProtocolChoice
from simulation.cli.console import console, put_json, say

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(help="Emulated cabinets on real sockets, and faults for them. *Armoires simulées, et leurs pannes.*",
                  invoke_without_command=True)
OutFolder = Annotated[Path, typer.Option(metavar="DIR", help="Where site.yaml, network.json, papers and fleet.json go.")]
OF_PEOPLE = "Cabinets, by junction id; all if none is named."


@app.callback()
def cabinet(
    context: typer.Context,
    count: Annotated[int | None, typer.Option(min=1, help="Cabinets; all of the scenario's if not given, one without a "
                                                          "scenario.")] = None,
    protocol: Annotated[ProtocolChoice, typer.Option(help="What they speak; `mixed`: every other one.")] = ProtocolChoice.modbus,
    scenario: Annotated[str | None, typer.Option(help="Take the junctions of this scenario; a made-up city's if not "
                                                      "given.")] = None,
    host: Annotated[str, typer.Option(help="Address they listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the first; the others follow.")] = 15000,
    processes: Annotated[int, typer.Option(min=1, help="Processes that share them.")] = 2,
    tls: Annotated[bool, typer.Option("--tls", help="Modbus inside TLS too. OPC UA is always signed and encrypted.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="OPC UA in clear, for anybody. For tests only.")] = False,
    seed: Annotated[int, typer.Option(help="Of the traffic made up for their detectors.")] = 1,
    out: OutFolder = Path("out/fleet"),
    json: JsonOption = False,
) -> None:
    """Start a fleet of cabinet emulators and serve until interrupted.

    Each runs its junction by itself as a control unit does: start-up by flashing amber, all red, first stage; a local
    fixed-time plan; central commands while a heartbeat comes; faults that stay latched through a restart. Beside them it
    writes a site file that `mourour run --config` takes as it is.

    *Lancer un parc d'armoires simulées.*

    Examples:

        mourour cabinet --count 200 --protocol mixed
        mourour cabinet --scenario far --protocol opcua --out out/far-fleet
        mourour cabinet inject J00.01 hang --seconds 20
        mourour cabinet show
    """
    if context.invoked_subcommand is not None:
        return
    from simulation.cli.extras import need

    need("field")
    from simulation.cabinet.access import FleetAccess
    from simulation.cabinet.fleet import Fleet
    from simulation.cabinet.fleet_files import write_fleet, write_site
    from simulation.cabinet.fleet_plan import network_for, specs_for
    from simulation.cabinet.seat import PROTOCOLS, WireProtocol
    from simulation.run import make_directory

    # Whoever starts it from a script stops it by a signal; its processes and papers go the same way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    make_directory(out)
    network = network_for(count, scenario)
    protocols = PROTOCOLS[protocol.value]
    access = FleetAccess.made(out / "papers") if tls or (WireProtocol.OPCUA in protocols and not insecure) else None
    (out / "memory").mkdir(exist_ok=True)
    specs = specs_for(network, protocols, host, port, access, tls=tls, memory=out / "memory", traffic_seed=seed)
    site = write_site(out, network, specs, access, strategy="actuated")
    with ExitStack() as stack:
        with console().status(f"{len(specs)} cabinets are coming up ..."):
            fleet = stack.enter_context(Fleet(specs, processes=processes))
        stack.callback((out / "fleet.json").unlink, missing_ok=True)
        write_fleet(out, fleet)
        if json:
            put_json({"cabinets": [{"junction": s.junction.id, "protocol": s.protocol.value, "host": s.host, "port": s.port}
                                   for s in specs], "site": str(site), "processes": fleet.pids})
        say(f"{len(specs)} cabinets at {host}:{port} to {port + len(specs) - 1} in {len(fleet.pids)} processes. "
            f"Site file: {site}. Ctrl-C stops them.")
        try:
            while all(fleet.alive):
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("stopping the cabinets")
            return
        say("[red]a process of the fleet has died[/red]")
        raise typer.Exit(1)


@app.command("inject")
def inject(
    fault: Annotated[str, typer.Argument(metavar="FAULT", help="What goes wrong: see the list above.")],
    cabinets: Annotated[list[str] | None, typer.Argument(metavar="[JUNCTION]...", help=OF_PEOPLE)] = None,
    off: Annotated[bool, typer.Option("--off", help="End the fault instead.")] = False,
    value: Annotated[float | None, typer.Option(help="Seconds, for `delay` and `clock-jump`.")] = None,
    seconds: Annotated[float | None, typer.Option(metavar="S", help="End it after so long.")] = None,
    out: OutFolder = Path("out/fleet"),
) -> None:
    """Make something go wrong with cabinets of a running fleet.

    Connection: hang, refuse, garble, delay (seconds), wrong-echo. Unit: stuck-stage, conflict-green, lamp, red-lamp, door,
    mains, clock-jump (seconds), reboot. Panel: manual, flashing; reset clears what is latched.

    *Provoquer une panne.*

    Examples:

        mourour cabinet inject hang J00.01 J00.02 --seconds 20
        mourour cabinet inject delay --value 0.8
        mourour cabinet inject conflict-green J00.01
        mourour cabinet inject reset J00.01
    """
    from signal_drivers.errors import BadInput
    from simulation.cabinet.fleet_files import read_fleet
    from simulation.cabinet.seat import INJECTIONS, NUMBERED

    if fault not in INJECTIONS:
        raise BadInput(f"no fault is called {fault!r}", where="FAULT", mend=f"one of {', '.join(INJECTIONS)}")
    if fault in NUMBERED and value is None and not off:
        raise BadInput(f"{fault} needs its seconds", where="--value",
                       mend=f"for example mourour cabinet inject {fault} --value 2")
    benches, known = read_fleet(out)
    for name in cabinets or ():
        if name not in known:
            raise BadInput(f"the fleet has no cabinet {name!r}", where="JUNCTION", mend=f"one of {', '.join(known[:6])}, ...")
    on = value if fault in NUMBERED else True
    nothing = 0.0 if fault in NUMBERED else False
    done = _order(benches, do="inject", cabinets=cabinets or [], fault=fault, value=nothing if off else on)
    say(f"{fault}{' off' if off else ''}: {sum(len(d['done']) for d in done)} cabinets")
    if seconds is not None and not off:
        time.sleep(seconds)
        _order(benches, do="inject", cabinets=cabinets or [], fault=fault, value=nothing)
        say(f"{fault} off")


@app.command("show")
def show(out: OutFolder = Path("out/fleet"), json: JsonOption = False) -> None:
    """What the cabinets of a running fleet are doing.

    *Montrer l'état des armoires.*

    Examples:

        mourour cabinet show
        mourour cabinet show --json
    """
    from simulation.cabinet.fleet_files import read_fleet

    benches, known = read_fleet(out)
    told = {name: row for answer in _order(benches, do="show") for name, row in answer["cabinets"].items()}
    if json:
        put_json({"cabinets": {name: told[name] for name in known}})
        return
    console().print(_table({name: told[name] for name in known}))


def _table(rows: dict[str, dict[str, object]]) -> Table:
    from rich.table import Table

    table = Table("junction", "mode", "by", "stage", "to", "faults", title="Cabinets · Armoires")
    for name, row in rows.items():
        table.add_row(name, str(row["mode"]), str(row["source"]), str(row["stage"] or "-"), str(row["target"]),
                      ", ".join(map(str, row["faults"])) or "-")  # type: ignore[call-overload]
    return table


def _order(benches: list[Path], **order: object) -> list[dict[str, Any]]:
    import asyncio

    from simulation.cabinet.bench import BenchClient

    async def ask() -> list[dict[str, Any]]:
        answers = []
        for socket in benches:
            client = BenchClient(socket)
            answers.append(await client.ask(**order))
            await client.close()
        return answers

    return asyncio.run(ask())
