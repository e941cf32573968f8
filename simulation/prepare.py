"""A scenario made ready to run: configuration, signals, corridors, times."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.detector_faults import check_names, places_of, read_degradation
from simulation.explain_names import explained
from simulation.netmodel.derive import SignalNet, derive_net
from simulation.netmodel.network import CorridorRoads, longest_corridor
from simulation.scenario.resolve import Scenario, resolve
from simulation.settings import RunSettings
from simulation.sumo.configuration import SumoConfiguration, read_configuration


@dataclass(frozen=True)
class Prepared:
    """A scenario made ready once: its configuration, signals and corridors."""

    scenario: Scenario
    cfg: SumoConfiguration
    signals: SignalNet
    corridors: tuple[CorridorRoads, ...]
    begin_s: float
    end_s: float


def prepare(settings: RunSettings) -> Prepared:
    """Read and derive. Raises the :class:`BadInput` that says what is wrong with the scenario."""
    settings.check()
    scenario = resolve(settings.scenario)
    cfg = read_configuration(scenario.sumocfg)
    signals = derive_net(cfg.net, clearance=settings.clearance, names=scenario.junction_names)
    check_names(read_degradation(settings.detectors), places_of(signals))
    explained(settings.explain, signals)
    corridors = tuple(CorridorRoads(c.name, c.junction_ids, c.edges, c.edges_back) for c in scenario.corridors)
    if not corridors:
        found = longest_corridor(signals)
        corridors = (found,) if found else ()
    begin = cfg.begin_s
    end = scenario.end_s if settings.duration_s is None else begin + settings.duration_s
    return Prepared(scenario, cfg, signals, corridors, begin, end)
