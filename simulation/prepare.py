"""A scenario made ready to run: configuration, signals, corridors, times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from controller.plans.model import DAYS
from controller.plans.read import read_plans
from controller.site.network_file import read_network
from signal_drivers.plan import DAY_S
from simulation.cameras.settings import watched_junctions
from simulation.detector_faults import check_names, places_of, read_degradation
from simulation.explain_names import explained
from simulation.netmodel.configured import with_configured
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
    plan_note: str = ""


def prepare(settings: RunSettings) -> Prepared:
    """Read and derive. Raises the :class:`BadInput` that says what is wrong with the scenario."""
    settings.check()
    scenario = resolve(settings.scenario)
    cfg = read_configuration(scenario.sumocfg)
    signals = derive_net(cfg.net, clearance=settings.clearance, names=scenario.junction_names)
    if settings.network is not None:
        signals = with_configured(signals, read_network(settings.network), settings.network)
    check_names(read_degradation(settings.detectors), places_of(signals))
    explained(settings.explain, signals)
    corridors = tuple(CorridorRoads(c.name, c.junction_ids, c.edges, c.edges_back) for c in scenario.corridors)
    if not corridors:
        found = longest_corridor(signals)
        corridors = (found,) if found else ()
    begin = cfg.begin_s
    end = scenario.end_s if settings.duration_s is None else begin + settings.duration_s
    if settings.cameras is not None:
        watched_junctions(settings.cameras, signals)
    return Prepared(scenario, cfg, signals, corridors, begin, end, *_plans(settings, signals, begin))


def _plans(settings: RunSettings, signals: SignalNet, begin_s: float) -> tuple[dict[str, Any], str]:
    """The plan file read and checked against the net, and what outputs say of it. Raises :class:`PlanError`."""
    if settings.plans is None:
        return {}, ""
    book = read_plans(settings.plans)
    book.check_clearance(settings.clearance, settings.plans.name)
    book.check_against({j: s.junction for j, s in signals.junctions.items()}, settings.plans.name)
    book.check_moment(begin_s, settings.weekday, settings.special_day, settings.plans.name)
    day = f"{DAYS[settings.weekday]}{', ' + settings.special_day if settings.special_day else ''}"
    first = book.name_at(begin_s % DAY_S, int(settings.weekday + begin_s // DAY_S) % 7, settings.special_day)
    return ({"library": book.library, "weekday": settings.weekday, "special_day": settings.special_day},
            f"Plans of {settings.plans.name} ({day}); the run begins with {first!r}.")
