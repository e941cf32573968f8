"""A scenario's streets as a file: what the service routes and matches positions on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller.streets.plane import LonLat
from controller.streets.streets_file import streets_text
from signal_drivers.errors import NetError
from simulation.netmodel.derive import derive_net
from simulation.netmodel.streets import Place, street_parts
from simulation.scenario.attribution import attribution_of
from simulation.scenario.resolve import Scenario, resolve
from simulation.sumo.backend import Sumo
from simulation.whole_file import write_whole


@dataclass(frozen=True)
class WrittenStreets:
    """What is in the file: ``road_km`` counts each direction, ``junctions`` those whose signals are on a turn of it."""

    file: Path
    title: str
    roads: int
    turns: int
    turns_with_signal: int
    junctions: int
    road_km: float
    attribution: str

    def as_dict(self) -> dict[str, Any]:
        return {"file": str(self.file), "title": self.title, "roads": self.roads, "turns": self.turns,
                "turns_with_signal": self.turns_with_signal, "junctions": self.junctions, "road_km": self.road_km,
                "attribution": self.attribution}


def write_streets(spec: str, out: Path) -> WrittenStreets:
    """Write the streets of the scenario that ``spec`` names.

    Raises:
        ScenarioError, NetError, JunctionRefused: as for a run; NetError also for a net that lies nowhere on the earth.
        OutputError: ``out`` cannot be written.
    """
    scenario = resolve(spec)
    signals = derive_net(scenario.net, names=scenario.junction_names)
    with _place_of(scenario, signals.net) as place:
        roads, turns = street_parts(signals, place)
    if not roads:
        raise NetError("no road is open to emergency vehicles", where=str(scenario.net), mend="allow them on its lanes")
    attribution = attribution_of(scenario.sources, scenario.net)
    write_whole(out, streets_text(roads, turns, scenario.title, attribution).encode(), "the streets file")
    shown = [t.signal.junction for t in turns if t.signal is not None]
    return WrittenStreets(out, scenario.title, len(roads), len(turns), len(shown), len(set(shown)),
                          round(sum(r.length_m for r in roads) / 1000, 1), attribution)


@contextlib.contextmanager
def _place_of(scenario: Scenario, net: Any) -> Iterator[Place]:
    """Where on the earth the net's points lie: as the facts say that it was built from, or as its own projection does."""
    plane = scenario.plane
    if plane is not None:
        yield plane.lon_lat
    elif net.hasGeoProj():
        # Projections are SUMO's business; it has to be running to be asked.
        options = ["--net-file", str(scenario.net), "--no-step-log", "true", "--no-warnings", "true"]
        with Sumo(options, where=str(scenario.net)) as sumo:
            yield lambda x_m, y_m: LonLat(*sumo.api.simulation.convertGeo(x_m, y_m))
    else:
        raise NetError("its points have no longitude and latitude", where=str(scenario.net),
                       mend="take a shipped scenario, a scenario .yaml or an import (mourour scenario import-osm)")
