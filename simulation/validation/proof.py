"""The runs of a validation, what came of them, and the certificates of what has passed."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from controller.plans.book import PlanBook
from controller.plans.model import DAYS
from controller.registry import strategy as make_strategy
from controller.validation.certificate import FORMAT
from controller.validation.judge import Figures, Judged, judge
from controller.validation.marks import NetworkMark, parameters, plan_marks, strategy_mark
from simulation.batch import run_all
from simulation.record import RunRecord
from simulation.report.flatten import flat_figures
from simulation.run import tick_s
from simulation.settings import takes_plans
from simulation.sumo.tools import sumo_version
from simulation.validation.scenario_mark import scenario_mark
from simulation.validation.subjects import Ready, Task

NOT_SIGNED = frozenset({"wall_s", "real_time_factor"})
"""What the machine was, and not what was simulated."""
DECIMALS = 3


@dataclass(frozen=True)
class Proof:
    """One strategy on one network: all its runs, with the reference's, and how they stand to each criterion."""

    strategy: str
    ready: tuple[Ready, ...]
    runs: tuple[Figures, ...]
    judged: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        return bool(self.judged) and all(j.passed for j in self.judged)

    @property
    def network(self) -> NetworkMark:
        return self.ready[0].mark


def prove(task: Task, ready: Sequence[Ready], *, workers: int, told: Callable[[float], None]) -> list[Proof]:
    """Run everything and judge it. ``told`` is told how many runs are done, with parts of runs. Raises what a run raises."""
    order = [(r.spec, strategy, seed) for r in ready for seed in task.seeds for strategy in (None, *task.strategies)]
    jobs = [task.settings(*which) for which in order]
    shares: dict[int, float] = {}

    def heard(number: int, share: float) -> None:
        shares[number] = share
        told(sum(shares.values()))

    records = dict(zip(order, run_all(jobs, workers=workers, told=heard), strict=True))
    proofs = []
    for strategy in task.strategies:
        for group in _by_network(ready):
            runs = tuple(Figures(r.spec, seed, who is None, figures_of(records[r.spec, who, seed]))
                         for r in group for seed in task.seeds for who in (strategy, None))
            proofs.append(Proof(strategy, tuple(group), runs, tuple(judge(task.criteria, runs))))
    return proofs


def figures_of(record: RunRecord) -> dict[str, float]:
    """Flat figures of a run, rounded, as they are judged and signed."""
    found = {k: round(v, DECIMALS) for k, v in flat_figures(record).items() if k not in NOT_SIGNED}
    scheduled = found.get("vehicles_scheduled", 0)
    if scheduled:
        found["never_departed_percent"] = round(100 * found["vehicles_never_departed"] / scheduled, DECIMALS)
    return found


def _by_network(ready: Sequence[Ready]) -> list[list[Ready]]:
    """Scenarios on the same junctions go into one certificate."""
    groups: list[list[Ready]] = []
    for r in ready:
        mine = next((g for g in groups if g[0].mark == r.mark), None)
        if mine is None:
            groups.append([r])
        else:
            mine.append(r)
    return groups


def body_of(proof: Proof, task: Task, book: PlanBook | None, engineer: str, now_s: float, days: float) -> dict[str, Any]:
    """What is to be signed, as plain data; all but the key's id."""
    made = make_strategy(proof.strategy)
    mark, network = strategy_mark(made), proof.network
    begin = datetime.fromtimestamp(int(now_s), UTC)
    plans = None
    if book is not None and takes_plans(proof.strategy):
        ran = frozenset().union(*(r.plans for r in proof.ready))
        plans = {name: rows for name, rows in plan_marks(book).items() if name in ran}
    return {
        "mourour_certificate": FORMAT,
        "strategy": {"name": proof.strategy, "parameters": parameters(made), "model_sha256": mark.model or None,
                     "code_sha256": mark.code},
        "plans": plans,
        "network": {"junctions": dict(network.junctions), "roads": sorted(network.roads), "corridors": sorted(network.corridors)},
        "scenarios": [_scenario(r, proof.strategy, task) for r in proof.ready],
        "criteria": task.criteria.model_dump(mode="json"),
        "runs": [{"scenario": r.scenario, "seed": r.seed, "reference": r.reference, "figures": dict(r.figures)}
                 for r in proof.runs],
        "versions": _versions(), "validated_at": _iso(begin), "valid_from": _iso(begin),
        "valid_until": _iso(begin + timedelta(days=days)), "engineer": engineer}


def _scenario(r: Ready, strategy: str, task: Task) -> dict[str, Any]:
    settings = task.settings(r.spec, strategy, task.seeds[0])
    return {"name": r.spec, "title": r.prepared.scenario.title, "sha256": scenario_mark(r.prepared, settings),
            "begin_s": r.prepared.begin_s, "end_s": r.prepared.end_s, "tick_s": tick_s(r.prepared.cfg.step_s),
            "weekday": DAYS[settings.weekday], "special_day": settings.special_day, "view": settings.view,
            "detectors": settings.detectors}


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _versions() -> dict[str, str]:
    try:
        own = version("mourour")
    except PackageNotFoundError:
        own = "from source"
    return {"mourour": own, "sumo": sumo_version(), "python": platform.python_version()}
