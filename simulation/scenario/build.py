"""Build a scenario file into a SUMO net with demand for all its periods."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.cache import built, cache_root, key_of
from simulation.scenario.load import files_of, load, shown
from simulation.scenario.model import PERIODS, ScenarioFacts
from simulation.scenario.net_build import build_net
from simulation.scenario.own_signals import write_programmes
from simulation.scenario.routes import RouteFinder
from simulation.scenario.run_files import write_period
from simulation.sumo.tools import sumo_version

# Raise it with every change to what is built from the same facts.
BUILDER_VERSION = "6"
NET_NAME = "net.net.xml"


def build(path: Path, build_dir: Path | None = None) -> tuple[ScenarioFacts, Path]:
    """Facts of the scenario file at ``path`` and the folder it is built in, built now unless it already was.

    The folder lies under ``build_dir``, or the cache, and holds ``net.net.xml`` and, for each period, ``PERIOD.sumocfg``
    and ``PERIOD+incident.sumocfg``.

    Raises:
        ScenarioError: the file breaks its rules or cannot be built.
        OutputError: the folder cannot be written.
    """
    facts = load(path)
    key = key_of(files_of(path), sumo_version(), BUILDER_VERSION)
    folder = (build_dir or cache_root()) / f"{path.stem}-{key}"

    def into(work: Path) -> None:
        build_into(facts, work, shown(path))

    return facts, built(folder, into)


def build_into(facts: ScenarioFacts, out: Path, where: str) -> list[str]:
    """Build net and demand into ``out``; returns netconvert's warnings."""
    net, warnings = build_net(facts, out, where)
    finder = RouteFinder(net)
    write_programmes(facts, net, finder, where)
    for name in PERIODS:
        write_period(facts, name, net, finder, out, where)
    (out / "build.log").write_text("\n".join(warnings), encoding="utf-8")
    return warnings
