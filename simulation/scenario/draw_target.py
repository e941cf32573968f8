"""From what a user typed to the net that is drawn, with its names, corridors and where its road facts come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signal_drivers.errors import NetError
from simulation.netmodel.derive import SignalNet, SumoJunction
from simulation.netmodel.links import read_net
from simulation.netmodel.network import CorridorRoads, longest_corridor
from simulation.scenario.attribution import attribution_of
from simulation.scenario.import_files import read_description
from simulation.scenario.import_signals import Judged, judge
from simulation.scenario.load import load
from simulation.scenario.resolve import resolve, shipped_files
from simulation.sumo.configuration import read_configuration


@dataclass(frozen=True)
class Target:
    """What is drawn. ``corridors`` are named by the scenario; where it names none, the longest way straight through."""

    name: str
    title: str
    net_file: Path
    net: Any = field(repr=False)
    signals: Judged
    corridors: tuple[CorridorRoads, ...]
    attribution: str

    @property
    def numbered(self) -> list[SumoJunction]:
        """Junctions where something conflicts: along the corridors first, the others by name."""
        order = {j: i for i, j in enumerate(j for c in self.corridors for j in c.junctions)}
        real = [s for s in self.signals.driven if len(s.junction.stages) > 1]
        return sorted(real, key=lambda s: (order.get(s.tls, len(order)), s.junction.name or "\uffff", s.tls))


def find_target(spec: str) -> Target:
    """Read what ``spec`` names: a scenario, a folder with one, a ``.sumocfg`` or a net.

    Raises:
        ScenarioError: no such scenario.
        NetError: a net that is missing, broken or without signals.
    """
    path = Path(spec)
    if spec in shipped_files() or not (path.is_dir() or spec.endswith((".sumocfg", ".net.xml", ".net.xml.gz"))):
        return _from_scenario(spec)
    if path.is_dir():
        facts = read_description(path)
        if facts is None:
            raise NetError("holds no scenario", where=spec, mend="give a folder that import-osm or build made, or a .sumocfg")
        return _target(path / str(facts.get("net")), path.resolve().name, facts)
    net = read_configuration(path).net if spec.endswith(".sumocfg") else path
    facts = read_description(net.parent) or {}
    name = str(facts.get("name") or path.name.removesuffix(".gz").removesuffix(".sumocfg").removesuffix(".net.xml"))
    return _target(net, name, facts)


def _from_scenario(spec: str) -> Target:
    scenario = resolve(spec)
    named = spec.split("@")[0].removesuffix("+incident")
    sources = load(shipped_files().get(named) or Path(named)).sources
    corridors = tuple(CorridorRoads(c.name, c.junction_ids, c.edges, c.edges_back) for c in scenario.corridors)
    facts = {"title": scenario.title, "sources": sources, "junction_names": scenario.junction_names}
    return _target(scenario.net, scenario.name, facts, corridors)


def _target(net_file: Path, name: str, facts: Mapping[str, Any], corridors: tuple[CorridorRoads, ...] = ()) -> Target:
    names = facts.get("junction_names") or {}
    signals = judge(net_file, names)
    net = read_net(net_file)
    if not signals.driven and not signals.refused:
        raise NetError("the network has no signals", where=str(net_file), mend="give junctions type traffic_light")
    if not corridors:
        found = longest_corridor(SignalNet(net, net_file, {s.junction.id: s for s in signals.driven}))
        corridors = (found,) if found is not None and len(found.junctions) > 1 else ()
    return Target(name, str(facts.get("title") or name), net_file, net, signals, corridors,
                  attribution_of(facts.get("sources") or (), net_file))
