"""A scenario made ready to run: configuration, signals, corridors, times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from controller.plans.read import read_plans
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
    plan_settings: dict[str, Any] = field(default_factory=dict)
    """What a strategy that takes plans is given of the plan file; empty without one."""


def prepare(settings: RunSettings) -> Prepared:
    """Read and derive. Raises the :class:`BadInput` that says what is wrong with the scenario."""
    settings.check()
    scenario = resolve(settings.scenario)
    cfg = read_configuration(scenario.sumocfg)
    signals = derive_net(cfg.net, clearance=settings.clearance, names=scenario.junction_names)
    corridors = tuple(CorridorRoads(c.name, c.junction_ids, c.edges, c.edges_back) for c in scenario.corridors)
    if not corridors:
        found = longest_corridor(signals)
        corridors = (found,) if found else ()
    begin = cfg.begin_s
    end = scenario.end_s if settings.duration_s is None else begin + settings.duration_s
    return Prepared(scenario, cfg, signals, corridors, begin, end, _plan_settings(settings, signals, begin))


def _plan_settings(settings: RunSettings, signals: SignalNet, begin_s: float) -> dict[str, Any]:
    """The plan file read and checked against the net. Raises :class:`PlanError`."""
    if settings.plans is None:
        return {}
    book = read_plans(settings.plans)
    book.check_clearance(settings.clearance, settings.plans.name)
    book.check_against({j: s.junction for j, s in signals.junctions.items()}, settings.plans.name)
    book.check_moment(begin_s, settings.weekday, settings.special_day, settings.plans.name)
    return {"library": book.library, "weekday": settings.weekday, "special_day": settings.special_day}
