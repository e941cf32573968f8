"""Mean and 95 % confidence interval over seeds, and differences paired by seed.

Two strategies run with the same seed meet the same arrivals, so their difference seed by seed varies less than either
alone (common random numbers: Law, Simulation Modeling and Analysis, 5th ed., section 11.2). Intervals use Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from signal_drivers.errors import InvalidValue
from simulation.record import RunRecord
from simulation.report.flatten import flat_figures

Summary = dict[str, dict[str, dict[str, float | None]]]

MAIN_FIGURE = "delay_mean_s"
WORST_SEED_FIGURE = "delay_worst_seed_s"


@dataclass(frozen=True)
class Estimate:
    """Mean of ``n`` values; ``ci95`` is the half-width of the 95 % interval, None where one value gives none."""

    mean: float
    ci95: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """Strategy minus baseline, in the figure's unit, over the ``n`` seeds both ran.

    ``percent`` and ``percent_ci95`` are relative to the baseline's mean over those seeds; None where that mean is 0.
    """

    mean: float
    ci95: float | None
    percent: float | None
    percent_ci95: float | None
    n: int

    @property
    def certain(self) -> bool:
        """Whether the 95 % interval excludes zero."""
        return self.ci95 is not None and abs(self.mean) > self.ci95


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and half-width of its 95 % interval. Raises :class:`InvalidValue` for no values at all."""
    if not values:
        raise InvalidValue("a mean needs at least one value")
    n = len(values)
    if n == 1:
        return Estimate(float(values[0]), None, 1)
    return Estimate(fmean(values), _t975(n - 1) * stdev(values) / math.sqrt(n), n)


def by_strategy(records: Iterable[RunRecord]) -> dict[str, dict[int, RunRecord]]:
    """Runs by strategy (in order of first appearance) and seed.

    Raises :class:`InvalidValue` when there are none, when they are of several scenarios, or when one strategy has a seed twice.
    """
    table: dict[str, dict[int, RunRecord]] = {}
    scenarios: set[str] = set()
    for record in records:
        scenarios.add(record.scenario)
        seeds = table.setdefault(record.strategy, {})
        if record.seed in seeds:
            raise InvalidValue(f"strategy {record.strategy!r} has two runs with seed {record.seed}",
                               mend="compare runs of one scenario, view and clearance")
        seeds[record.seed] = record
    if not table:
        raise InvalidValue("there is no run to summarise")
    if len(scenarios) > 1:
        raise InvalidValue(f"the runs are of different scenarios: {', '.join(sorted(scenarios))}",
                           mend="compare runs of one scenario")
    return table


def estimates(records: Iterable[RunRecord]) -> dict[str, dict[str, Estimate]]:
    """Estimate of each figure by strategy; figures that apply to no seed of a strategy are left out."""
    return {strategy: {figure: estimate(list(values.values())) for figure, values in figures.items()}
            for strategy, figures in _values(by_strategy(records)).items()}


def summary(records: Iterable[RunRecord]) -> Summary:
    """``{strategy: {figure: {"mean", "ci95"}}}``, with the worst seed's mean delay as ``delay_worst_seed_s``."""
    records = list(records)
    table: Summary = {strategy: {figure: {"mean": e.mean, "ci95": e.ci95} for figure, e in figures.items()}
                      for strategy, figures in estimates(records).items()}
    for strategy, figures in table.items():
        worst = worst_seed(records, strategy)
        if worst is not None:
            figures[WORST_SEED_FIGURE] = {"mean": worst[1], "ci95": None}
    return table


def worst_seed(records: Iterable[RunRecord], strategy: str, figure: str = MAIN_FIGURE) -> tuple[int, float] | None:
    """Seed with the highest ``figure`` and its value; None where the figure applies to no run of the strategy."""
    values = _values(by_strategy(records)).get(strategy, {}).get(figure)
    return max(values.items(), key=lambda item: item[1]) if values else None


def paired_differences(records: Iterable[RunRecord], baseline: str | None = None) -> dict[str, dict[str, Difference]]:
    """Differences of every other strategy from ``baseline`` (default: the first) in each figure both have, paired by seed.

    Raises :class:`InvalidValue` for a baseline that has no run.
    """
    values = _values(by_strategy(records))
    first = baseline_of(list(values), baseline)
    return {strategy: {figure: difference for figure, own in figures.items()
                       if (difference := _paired(own, values[first].get(figure, {}))) is not None}
            for strategy, figures in values.items() if strategy != first}


def baseline_of(strategies: Sequence[str], baseline: str | None) -> str:
    """The baseline's name; raises :class:`InvalidValue` if it is not among the strategies."""
    if baseline is None:
        return strategies[0]
    if baseline not in strategies:
        raise InvalidValue(f"baseline {baseline!r} has no run", mend=f"choose one of {', '.join(strategies)}")
    return baseline


def _values(table: Mapping[str, Mapping[int, RunRecord]]) -> dict[str, dict[str, dict[int, float]]]:
    """Values by strategy, figure and seed."""
    values: dict[str, dict[str, dict[int, float]]] = {}
    for strategy, seeds in table.items():
        figures = values.setdefault(strategy, {})
        for seed, record in seeds.items():
            for figure, value in flat_figures(record).items():
                figures.setdefault(figure, {})[seed] = value
    return values


def _paired(own: Mapping[int, float], base: Mapping[int, float]) -> Difference | None:
    common = [seed for seed in own if seed in base]
    if not common:
        return None
    gap = estimate([own[seed] - base[seed] for seed in common])
    reference = fmean(base[seed] for seed in common)
    if reference == 0:
        return Difference(gap.mean, gap.ci95, None, None, gap.n)
    scale = 100 / abs(reference)
    return Difference(gap.mean, gap.ci95, gap.mean * scale, None if gap.ci95 is None else gap.ci95 * scale, gap.n)


def _t975(degrees: int) -> float:
    # SciPy takes a third of a second to import: only those who ask for an interval pay it.
    from scipy.stats import t

    return float(t.ppf(0.975, degrees))
