"""Green waves over scenarios and seeds: what they gain for ambulances and what they cost everybody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.batch import run_all
from simulation.emergencies.against import compared, twins_of
from simulation.emergencies.free_flow import free_flow_s
from simulation.emergencies.settings import EmergencySettings
from simulation.metrics import mean
from simulation.prepare import prepare
from simulation.record import RunRecord
from simulation.settings import RunSettings


@dataclass(frozen=True)
class Case:
    """One scenario and seed; ``emergencies``, ``others`` and ``guard`` as ``mourour simulate --json`` prints them."""

    scenario: str
    seed: int
    emergencies: dict[str, Any]
    others: dict[str, Any]
    guard: dict[str, Any]


@dataclass(frozen=True)
class Mark:
    """A target over all cases: at least, or at most, ``limit``."""

    what: str
    value: float
    limit: float
    at_most: bool

    @property
    def reached(self) -> bool:
        return self.value <= self.limit if self.at_most else self.value >= self.limit


def cases(wanted: Sequence[tuple[str, int]], strategy: str, wave: EmergencySettings, duration_s: float | None,
          workers: int, told: Callable[[float], None], done: Callable[[Case], None]) -> list[Case]:
    """``wanted`` are scenarios and seeds; ``told`` hears the share that is done, ``done`` each case as it is complete.

    Raises :class:`BadInput` for a scenario or strategy that is not there, before anything runs.
    """
    rows = [RunSettings(scenario, strategy, seed, duration_s, detail=False, emergencies=wave) for scenario, seed in wanted]
    nets = dict[str, Path]()
    for settings in rows:
        if settings.scenario not in nets:
            settings.check()
            nets[settings.scenario] = prepare(settings).cfg.net
    jobs = [(row, job) for row in rows for job in (row, *twins_of(row))]
    shares, found, complete = [0.0] * len(jobs), dict[int, RunRecord](), list[Case]()
    latest = 0

    def heard(number: int, share: float) -> None:
        nonlocal latest
        latest, shares[number] = number, share
        told(sum(shares) / len(shares))

    def finished(record: RunRecord) -> None:
        found[latest] = record
        row = jobs[latest][0]
        mine = [i for i, (of, _) in enumerate(jobs) if of is row]
        if all(i in found for i in mine):
            complete.append(_case(row, [found.pop(i) for i in mine], nets[row.scenario]))
            done(complete[-1])

    run_all([job for _, job in jobs], workers=workers, told=heard, finished=finished)
    return complete


def _case(settings: RunSettings, records: list[RunRecord], net: Path) -> Case:
    ways = [tuple(t["edges"]) for t in records[0].emergencies["trips"]]
    mine, others = compared(records[0].emergencies, records[1].emergencies, records[-1].emergencies, free_flow_s(net, ways))
    return Case(settings.scenario, settings.seed, mine, others, records[0].result["guard"])


def marks(rows: Sequence[Case]) -> list[Mark]:
    """The project's targets. Travel times are weighed by the trips that were compared."""
    trips = [(t["travel_s"], t["free_flow_s"], t["without_preemption_s"]) for c in rows for t in c.emergencies["by_trip"]
             if None not in (t["travel_s"], t["without_preemption_s"], t["sumo_actuated_s"])]
    passed = sum(c.emergencies["signals_passed"] for c in rows)
    free = sum(c.emergencies["signals_passed_without_stop"] for c in rows)
    mine_s, free_s, without_s = (sum(column) for column in zip(*trips, strict=True)) if trips else (0.0, 0.0, 0.0)
    more = [c.others["more_share"] for c in rows if c.others["more_share"] is not None]
    return [Mark("travel time over free flow", mine_s / free_s if free_s else float("nan"), 1.25, True),
            Mark("shorter than without pre-emption", 1 - mine_s / without_s if without_s else float("nan"), 0.35, False),
            Mark("signals passed without a stop", free / passed if passed else float("nan"), 0.95, False),
            Mark("delay of all others, more", mean(more) if more else float("nan"), 0.05, True),
            Mark("guard violations", float(sum(c.guard["violations"] for c in rows)), 0.0, True)]
