"""The times of day of a scenario, each made ready for planning: its network as strategies see it, with its flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.network import Network
from controller.plans.book import Window
from controller.variants import DemandVariants
from signal_drivers.errors import ScenarioError
from signal_drivers.limits import Clearance
from signal_drivers.plan import DAY_S
from simulation.flows import turning_flows
from simulation.netmodel.network import build_network
from simulation.prepare import Prepared, prepare
from simulation.scenario.model import PERIODS
from simulation.scenario.resolve import periods_in
from simulation.settings import RunSettings

WHOLE_DAY = "day"
HOURS = {"morning": (6, 10), "offpeak": (10, 16), "evening": (16, 21), "night": (21, 6)}
"""When each period's plan runs (assumed: the scenarios have one hour of demand for each); the night over midnight."""


@dataclass(frozen=True)
class Period:
    """One time of day. ``network`` has full stages only and the flows (veh/h) of the period's own demand."""

    name: str
    spec: str
    ready: Prepared
    network: Network
    window: Window


def chosen_periods(spec: str, names: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """(period, spec) that ``spec`` stands for, only those in ``names`` where given. Raises :class:`ScenarioError`."""
    found = list(periods_in(spec))
    if not names:
        return found
    known = [name for name, _ in found]
    unknown = [name for name in names if name not in known]
    if unknown:
        one = "leave --periods out: the scenario stands for one time of day"
        mend = f"known: {', '.join(PERIODS)}" if len(known) > 1 else one
        raise ScenarioError(f"period {unknown[0]!r} is none of {spec}", where="--periods", mend=mend)
    return [(name, own) for name, own in found if name in names]


def prepare_period(name: str, spec: str, clearance: Clearance, duration_s: float | None, *, alone: bool) -> Period:
    """Raises the :class:`BadInput` that says what is wrong with the scenario. ``alone``: its plan runs all day."""
    ready = prepare(RunSettings(spec, "fixed", duration_s=duration_s, clearance=clearance))
    name = name or WHOLE_DAY
    return Period(name, spec, ready, network_of(ready), _window(name, alone))


def network_of(ready: Prepared) -> Network:
    """The network as strategies see it, with flows."""
    flows = turning_flows(ready.cfg, ready.signals, ready.begin_s, ready.end_s)
    return DemandVariants(build_network(ready.signals, ready.corridors, flows)).network


def _window(name: str, alone: bool) -> Window:
    if alone or name not in HOURS:
        return Window(name, 0.0, float(DAY_S))
    begin, end = HOURS[name]
    return Window(name, begin * 3600.0, end * 3600.0)
