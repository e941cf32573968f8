"""``mourour scenario import-osm``: a scenario of a user's own OpenStreetMap extract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json

if TYPE_CHECKING:
    from simulation.scenario.import_osm import Imported

EXAMPLES = """Make a runnable scenario of one or more OpenStreetMap extracts.

Roads, lanes and signals come from the extract; demand is synthetic and says so. Signals that cannot be driven become
priority junctions, and programmes that cannot be run are rebuilt; both are listed.

*Créer un scénario à partir d'un extrait OpenStreetMap.*

Examples:

    mourour scenario import-osm centre.osm.gz --name centre-ville
    mourour scenario import-osm west.osm east.osm.bz2 --name two --out nets/two --pedestrians --vph 4000
"""
MOST_LINES = 12


def say(text: str) -> None:
    """A line that is not broken: paths and names in it are to be copied."""
    console().print(text, soft_wrap=True)


def import_extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".osm, .osm.gz or .osm.bz2; several are joined.")],
    name: Annotated[str, typer.Option(metavar="N", help="Name of the scenario.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where it goes; ./N if not given.")] = None,
    vph: Annotated[float | None, typer.Option(metavar="RATE", help="Vehicles an hour over the whole area in the evening peak; "
                                              "sized to the roads if not given.")] = None,
    pedestrians: Annotated[bool, typer.Option("--pedestrians", help="Guess sidewalks and crossings too.")] = False,
    guess_signals: Annotated[bool, typer.Option("--guess-signals", help="Also put signals where larger roads cross.")] = False,
    seed: Annotated[int, typer.Option(help="Choice of routes follows from it.")] = 1,
    json: JsonOption = False,
) -> None:
    from simulation.scenario.import_osm import import_osm

    with console().status("reading the extract ...") as status:
        found = import_osm(files, name, out, pedestrians=pedestrians, guess_signals=guess_signals, total_vph=vph, seed=seed,
                           told=lambda step: status.update(f"{step} ..."))
    if json:
        put_json(as_dict(found))
        return
    _tell(found)


import_extract.__doc__ = EXAMPLES


def as_dict(found: Imported) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "name": found.name, "folder": str(found.folder), "roads": found.edges,
        "signals": {"driven": len(found.signals.driven), "nothing_conflicts": [s.tls for s in found.signals.idle],
                    "rebuilt": [{"junction": label, "why": why, "stages": stages} for label, why, stages in found.rebuilt],
                    "priority_instead": [{"junction": r.name or r.tls, "id": r.tls, "why": r.why} for r in found.refused]},
        "demand": {"synthetic": True, "evening_vph": round(found.demand.total_vph), "flows": len(found.demand.flows),
                   "tram_routes": len(found.demand.trams), "pairs_without_a_way": found.demand.unreachable},
        "netconvert_warnings": dict(found.warnings),
        "configurations": {period: str(path) for period, path in found.configurations.items()},
    }


def _tell(found: Imported) -> None:
    from rich.markup import escape

    junctions, idle = len(found.signals.driven), len(found.signals.idle)
    rest = f"; at the other {idle} nothing does (a stop line or a crossing on its own): always green" if idle else ""
    say(f"[bold]{escape(found.name)}[/bold]: {found.edges} roads, {junctions} signals, {junctions - idle} of them where "
        f"movements conflict{rest}")
    _list("programmes that could not be run, rebuilt from the conflicts",
          [f"{label}: {why}; now {stages} stages" for label, why, stages in found.rebuilt])
    _list("signals that cannot be driven, now priority junctions",
          [f"{r.name or r.tls} ({r.tls}): {r.why}" for r in found.refused])
    _list(f"netconvert warned {sum(n for _, n in found.warnings)} times (netconvert.log)",
          [f"{n} × {kind}" for kind, n in found.warnings], most=4)
    tracks = len(found.demand.trams)
    trams = f", trams on {tracks} track{'s' if tracks > 1 else ''}" if tracks else ""
    say(f"[yellow]![/yellow] demand is synthetic: {found.demand.total_vph:.0f} veh/h in the evening peak from fringe to "
        f"fringe{trams}; change it with --vph")
    say("[dim]© OpenStreetMap contributors (ODbL)[/dim]")
    say(f"written to {escape(str(found.folder))}/. Now try:")
    say(f"  mourour simulate {escape(str(found.configurations['evening']))}")
    say(f"  mourour scenario show {escape(str(found.folder))}")


def _list(heading: str, lines: list[str], most: int = MOST_LINES) -> None:
    from rich.markup import escape

    if not lines:
        return
    say(f"{heading}:")
    for line in lines[:most]:
        say(f"  [dim]·[/dim] {escape(line)}")
    if len(lines) > most:
        say(f"  [dim]· and {len(lines) - most} more[/dim]")
