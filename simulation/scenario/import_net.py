"""From OpenStreetMap extracts to a SUMO net, with settings meant for cities, and netconvert's warnings counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from signal_drivers.errors import NetError, ScenarioError
from simulation.sumo.tools import run_tool

OPTIONS = (
    # Nodes of one real junction become one; signals mapped on its stop lines, up to 30 m before it, become its signal.
    "--junctions.join", "true",
    "--tls.guess-signals", "true", "--tls.guess-signals.dist", "30",
    "--tls.join", "true", "--tls.join-dist", "30",
    "--geometry.remove", "true",
    "--remove-edges.isolated", "true", "--keep-edges.components", "1",
    # Trams run on edges of their own, which a filter for cars alone would drop.
    "--keep-edges.by-vclass", "passenger,bus,tram,rail_urban",
    # Nobody turns round at a signal; at the ends of the extract somebody must.
    "--no-turnarounds.tls", "true", "--no-turnarounds.except-deadend", "true",
    "--junctions.corner-detail", "5",
    "--tls.default-type", "static", "--tls.yellow.time", "3", "--tls.allred.time", "2",
    "--output.street-names", "true",
    "--aggregate-warnings", "-1",
)
PEDESTRIANS = ("--sidewalks.guess", "true", "--crossings.guess", "true", "--walkingareas", "true")
GUESS_SIGNALS = ("--tls.guess", "true", "--tls.guess.joining", "true")
_VARYING = re.compile(r"'[^']*'|[-+]?\b[\w.#:-]*\d[\w.#:,-]*")


def make_net(extracts: Sequence[Path], net: Path, *, pedestrians: bool, guess_signals: bool) -> list[str]:
    """Write ``net`` from the extracts; returns netconvert's warnings.

    Raises:
        NetError: netconvert refused them; its first error in one line.
    """
    more = (PEDESTRIANS if pedestrians else ()) + (GUESS_SIGNALS if guess_signals else ())
    return _netconvert(["--osm-files", ",".join(map(str, extracts)), *OPTIONS, *more, "-o", str(net)],
                       ", ".join(p.name for p in extracts))


def without_signals(net: Path, nodes: Iterable[str]) -> list[str]:
    """Make priority junctions of the signals at ``nodes``, in place; returns netconvert's warnings."""
    part = net.with_name(f"part.{net.name}")
    warnings = _netconvert(["-s", str(net), "--tls.unset", ",".join(sorted(nodes)), "--aggregate-warnings", "-1",
                            "--output.street-names", "true", "-o", str(part)], net.name)
    part.replace(net)
    return warnings


def warning_counts(warnings: Iterable[str]) -> list[tuple[str, int]]:
    """Warnings of one kind together, whatever names and numbers they have in them, most frequent first."""
    kinds = Counter(_VARYING.sub("…", line.removeprefix("Warning: ")) for line in warnings)
    return sorted(kinds.items(), key=lambda row: (-row[1], row[0]))


def _netconvert(options: list[str], where: str) -> list[str]:
    try:
        said = run_tool("netconvert", options, where)
    except ScenarioError as fault:
        raise NetError(fault.what.replace("refused it: Error:", "could not make a network:"), where=where,
                       mend="check that the extract covers whole junctions with the nodes of its ways") from None
    return [line for line in said.splitlines() if line.startswith("Warning")]
