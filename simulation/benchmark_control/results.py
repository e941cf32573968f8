"""What came of the runs, as tables need it: a value for each scenario and strategy, over the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from simulation.benchmark_control.cases import Case
from simulation.record import RunRecord
from simulation.report.flatten import flat_figures
from simulation.report.statistics import MAIN_FIGURE

BASELINE = "fixed"


@dataclass(frozen=True)
class Cell:
    """One figure over the seeds that finished: mean, highest, how many of how many."""

    mean: float
    worst: float
    seeds: int
    wanted: int

    @property
    def whole(self) -> bool:
        return self.seeds == self.wanted


@dataclass
class Results:
    """Runs by (scenario, strategy, seed), and the reason of each that failed."""

    cases: Sequence[Case]
    strategies: Sequence[str]
    seeds: Sequence[int]
    duration_s: float | None = None
    """None: every scenario was run to its own end."""
    records: dict[tuple[str, str, int], RunRecord] = field(default_factory=dict)
    failures: dict[tuple[str, str, int], str] = field(default_factory=dict)

    @property
    def wanted(self) -> int:
        return len(self.cases) * len(self.strategies) * len(self.seeds)

    @property
    def missing(self) -> int:
        """Runs that have neither finished nor failed."""
        return self.wanted - len(self.records) - len(self.failures)

    def of(self, label: str, strategy: str | None = None) -> list[RunRecord]:
        """Records of a scenario, in the order of strategies and seeds."""
        return [found for name in (self.strategies if strategy is None else [strategy]) for seed in self.seeds
                if (found := self.records.get((label, name, seed))) is not None]

    def cell(self, label: str, strategy: str, figure: str = MAIN_FIGURE) -> Cell | None:
        """None where no run of it has the figure."""
        values = [flat[figure] for record in self.of(label, strategy) if figure in (flat := flat_figures(record))]
        return Cell(fmean(values), max(values), len(values), len(self.seeds)) if values else None

    def failed(self, label: str, strategy: str) -> int:
        return sum((label, strategy, seed) in self.failures for seed in self.seeds)

    def best(self, label: str, figure: str = MAIN_FIGURE) -> set[str]:
        """Strategies with the lowest mean among those whose every seed finished: means over other seeds are no contest."""
        means = {name: cell.mean for name in self.strategies if (cell := self.cell(label, name, figure)) and cell.whole}
        return {name for name, mean in means.items() if mean == min(means.values())} if len(means) > 1 else set()

    def change(self, label: str, strategy: str, reference: str, figure: str = MAIN_FIGURE) -> float | None:
        """Change of the mean from ``reference``'s in %, over the seeds that both finished; None where it cannot be said."""
        ours, theirs = (self._by_seed(label, name, figure) for name in (strategy, reference))
        common = ours.keys() & theirs.keys()
        base = fmean(theirs[seed] for seed in common) if common else 0.0
        return (fmean(ours[seed] for seed in common) / base - 1) * 100 if base else None

    def _by_seed(self, label: str, strategy: str, figure: str) -> dict[int, float]:
        return {record.seed: flat[figure] for record in self.of(label, strategy) if figure in (flat := flat_figures(record))}
