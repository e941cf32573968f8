"""What is to be proved, and on what: strategies, each with the plans it is to run, scenarios made ready, the network of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.network import Network
from controller.plans.book import PlanBook
from controller.plans.read import read_plans
from controller.registry import strategy_class
from controller.site.network_file import read_network
from controller.validation.criteria import Criteria
from controller.validation.marks import NetworkMark, network_mark, plan_marks
from signal_drivers.errors import BadInput, NetError
from signal_drivers.plan import DAY_S
from simulation.netmodel.network import build_network
from simulation.prepare import Prepared, prepare
from simulation.settings import SUMO_STRATEGIES, RunSettings, takes_plans

RAN_S = 900.0
"""A plan has been run that was in force for so long, or for half of the run where that is shorter."""
LOOK_S = 60.0


@dataclass(frozen=True)
class Task:
    """What the user asked for."""

    scenarios: tuple[str, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    criteria: Criteria
    duration_s: float | None = None
    plans: Path | None = None
    weekday: int = 2
    special_day: str | None = None
    network: Path | None = None
    detectors: str = "perfect"

    def settings(self, scenario: str, strategy: str | None, seed: int) -> RunSettings:
        """Of one that is to be proved; None for the reference, which computes its plans from the scenario's own traffic."""
        runs_plans = self.plans is not None and strategy is not None and takes_plans(strategy)
        strategy = strategy or self.criteria.reference
        return RunSettings(scenario, strategy, seed, self.duration_s, detail=False, detectors=self.detectors,
                           plans=self.plans if runs_plans else None, weekday=self.weekday if runs_plans else 2,
                           special_day=self.special_day if runs_plans else None, network=self.network)


@dataclass(frozen=True)
class Ready:
    """A scenario made ready, with the network that strategies get of it. ``plans`` are those of the book that run in it."""

    spec: str
    prepared: Prepared
    network: Network
    mark: NetworkMark
    plans: frozenset[str] = frozenset()


def make_ready(task: Task) -> tuple[list[Ready], PlanBook | None]:
    """Everything read and checked before anything is simulated. Raises the :class:`BadInput` that says what is wrong."""
    _check_strategies(task)
    book = read_plans(task.plans) if task.plans is not None else None
    ready = []
    for spec in task.scenarios:
        # Whoever runs the plans has them checked against the net.
        first = next((s for s in task.strategies if task.plans is not None and takes_plans(s)), task.strategies[0])
        prepared = prepare(task.settings(spec, first, task.seeds[0]))
        span_s = prepared.end_s - prepared.begin_s
        if span_s < task.criteria.simulated_s_at_least:
            raise BadInput(f"{spec} is simulated for {span_s:g} s, the criteria ask for {task.criteria.simulated_s_at_least:g} s",
                           where="--duration", mend="run it longer, or give other --criteria, which posts must then accept")
        network = build_network(prepared.signals, prepared.corridors)
        ran = frozenset(_ran(book, prepared, task)) if book is not None else frozenset()
        ready.append(Ready(spec, prepared, network, network_mark(network), ran))
    if book is not None:
        _check_all_ran(book, ready, task)
    if task.network is not None:
        _check_network(read_network(task.network), ready, task.network)
    return ready, book


def _check_strategies(task: Task) -> None:
    for name in task.strategies:
        if name in SUMO_STRATEGIES:
            raise BadInput(f"{name} runs inside SUMO, and no post runs it", where="--strategy", mend="name a strategy of ours")
        if strategy_class(name).takes_plans and task.plans is None:
            raise BadInput(f"{name} is proved with the plans it is to run", where="--strategy", mend="give --plans FILE")
    if task.plans is not None and not any(map(takes_plans, task.strategies)):
        raise BadInput(f"{', '.join(task.strategies)} runs no plans", where="--plans", mend="add fixed to --strategy")
    RunSettings("", task.criteria.reference).check()
    if task.criteria.reference in [s for s in task.strategies if not takes_plans(s)]:
        raise BadInput(f"{task.criteria.reference} is the reference, and nothing is compared with itself", where="--strategy",
                       mend="give --criteria with another reference")
    if len(task.seeds) < task.criteria.seeds_at_least:
        raise BadInput(f"{len(task.seeds)} seed{'s' if len(task.seeds) > 1 else ''} given, the criteria ask for "
                       f"{task.criteria.seeds_at_least}", where="--seeds",
                       mend="give more, or other --criteria, which posts must then accept")


def _ran(book: PlanBook, prepared: Prepared, task: Task) -> list[str]:
    """Plans that are in force for long enough."""
    span_s = prepared.end_s - prepared.begin_s
    seconds: dict[str, float] = {}
    at = prepared.begin_s
    while at < prepared.end_s:
        day, second = divmod(at, DAY_S)
        name = book.name_at(second, int(task.weekday + day) % 7, task.special_day)
        step_s = min(LOOK_S, prepared.end_s - at)
        if name is not None:
            seconds[name] = seconds.get(name, 0.0) + step_s
        at += step_s
    return [name for name, s in seconds.items() if s >= min(RAN_S, span_s / 2)]


def _check_all_ran(book: PlanBook, ready: Sequence[Ready], task: Task) -> None:
    """A file none of whose plans runs is a mistake; plans that do not run here are for another certificate."""
    if not any(r.plans for r in ready):
        raise BadInput(f"none of {', '.join(plan_marks(book))} is in force for long enough in {', '.join(task.scenarios)}",
                       where="--plans", mend="choose scenarios at its times of day, or another --weekday")


def _check_network(network: Network, ready: Sequence[Ready], file: Path) -> None:
    """Everything of the file must be in a scenario, or a post that loads it would be refused in spite of its certificate."""
    known: Mapping[str, str] = {j: mark for r in ready for j, mark in r.mark.junctions.items()}
    told = network_mark(network)
    missing = [j for j in told.junctions if j not in known]
    if missing:
        raise NetError(f"junction {missing[0]} is in none of the scenarios", where=str(file),
                       mend=f"they have {', '.join(list(known)[:4])}, ...")
    for j, beside in told.beside.items():
        if not any(beside <= r.mark.beside.get(j, frozenset()) for r in ready):
            raise NetError(f"has roads or corridors at junction {j} that the scenarios have not, or not so", where=str(file),
                           mend="take links and corridors from the network.json that mourour cabinet --scenario writes")
