"""Results made by hand, so that every mark can be foretold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signal_drivers.limits import Clearance
from simulation.benchmark_control.cases import Case
from simulation.benchmark_control.results import Results
from simulation.record import RunRecord
from tests.simulation.report.records import bare, result

STREET = Case("far", "far@evening", Clearance.GEOMETRY)
NET = Case("cologne1", "nets/cologne1.sumocfg", Clearance.BENCHMARK)
PLAIN = {"pedestrian_wait_s": 20.0, "tram_delay_s": 40.0, "red_longest_called_s": 80.0, "wait_longest_s": 90.0}


def record(strategy: str, seed: int, delay_s: float, p95_s: float = 100.0, **figures: float) -> RunRecord:
    told = result("far@evening", strategy, seed, delay_s) | {
        "delay_s": {"mean": delay_s, "resco": delay_s, "p50": delay_s / 2, "p95": p95_s}}
    return bare(strategy, seed, delay_s, result=told, figures=PLAIN | figures)


def results(delays: Mapping[str, Sequence[float]], cases: Sequence[Case] = (STREET,), **of_predictive: float) -> Results:
    """Delays of each strategy by seed, in s, the same in every case; ``of_predictive`` are figures of that strategy alone."""
    seeds = range(1, 1 + max(len(row) for row in delays.values()))
    found = Results(cases, list(delays), list(seeds))
    for case in cases:
        for name, row in delays.items():
            for seed, delay_s in zip(seeds, row, strict=False):
                figures = of_predictive if name == "predictive" else {}
                found.records[case.label, name, seed] = record(name, seed, delay_s, **figures)
    return found
