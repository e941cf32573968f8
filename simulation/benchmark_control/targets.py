"""The project's targets for its strategy, checked scenario by scenario: reached or missed, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signal_drivers.limits import DEFAULT_LIMITS
from simulation.benchmark_control.cases import Case
from simulation.benchmark_control.published import DELAY_S
from simulation.benchmark_control.results import BASELINE, Results
from simulation.report.statistics import MAIN_FIGURE
from simulation.report.wording import number, signed

CANDIDATE = "predictive"
"""Whose targets these are, unless the command names another."""
LEAST_GAIN_PERCENT = 25.0
ONE_TICK_S = 1.0
"""Control asks once a second, so a green that was due is seen up to this much later."""
LONGEST_RED_S = DEFAULT_LIMITS.max_red_s + ONE_TICK_S


@dataclass(frozen=True)
class Mark:
    """One target in one scenario. ``value`` must not exceed ``limit``, both in ``unit``; for a change, % from the reference.

    ``reached`` is None where the runs do not tell: a reference was not run, or the scenario has no such figure.
    """

    scenario: str
    target: str
    value: float | None
    limit: float
    unit: str
    reference: str = ""

    @property
    def reached(self) -> bool | None:
        return None if self.value is None else self.value <= self.limit

    @property
    def missed_by(self) -> float:
        """How far beyond the limit, in ``unit`` (percentage points for a change); 0 where it is reached or not known."""
        return 0.0 if self.value is None else max(0.0, self.value - self.limit)

    @property
    def text(self) -> str:
        if self.value is None:
            return "–"
        percent = self.unit == "%"
        value = f"{signed(self.value)} %" if percent else f"{number(self.value, 0)} {self.unit}"
        against = f" ({self.reference})" if self.reference else ""
        if self.reached:
            return f"✓ {value}{against}"
        by = number(self.missed_by, 1 if percent else 0)
        return f"✗ {value}{against}, missed by {by}"


Judge = Callable[[Results, Case, str], Mark]


def _against(target: str, reference: str, figure: str, limit: float = 0.0) -> Judge:
    def judge(results: Results, case: Case, candidate: str) -> Mark:
        return Mark(case.label, target, results.change(case.label, candidate, reference, figure), limit, "%")
    return judge


def _against_sumo(results: Results, case: Case, candidate: str) -> Mark:
    """The nearest of SUMO's own controllers counts."""
    changes = {name: change for name in results.strategies if name.startswith("sumo:")
               and (change := results.change(case.label, candidate, name)) is not None}
    nearest = max(changes, key=lambda name: changes[name], default="")
    return Mark(case.label, TARGETS[1], changes.get(nearest), 0.0, "%", nearest)


def _starved(results: Results, case: Case, candidate: str) -> Mark:
    cell = results.cell(case.label, candidate, "red_longest_called_s")
    return Mark(case.label, TARGETS[6], cell.worst if cell else None, LONGEST_RED_S, "s")


TARGETS = (f"{LEAST_GAIN_PERCENT:g} % below fixed", "below every sumo:*", "below self-organising", "P95 no worse",
           "people no worse", "trams no worse", f"nobody starved (red ≤ {LONGEST_RED_S:g} s)")
_JUDGES: tuple[Judge, ...] = (
    _against(TARGETS[0], BASELINE, MAIN_FIGURE, -LEAST_GAIN_PERCENT), _against_sumo,
    _against(TARGETS[2], "self-organising", MAIN_FIGURE), _against(TARGETS[3], BASELINE, "delay_p95_s"),
    _against(TARGETS[4], BASELINE, "pedestrian_wait_s"), _against(TARGETS[5], BASELINE, "tram_delay_s"), _starved)


def marks(results: Results, candidate: str) -> list[Mark]:
    """Every target in every street scenario, scenario by scenario in the order of :data:`TARGETS`; empty where ``candidate``
    was not run."""
    if candidate not in results.strategies:
        return []
    return [judge(results, case, candidate) for case in results.cases if case.street for judge in _JUDGES]


@dataclass(frozen=True)
class Published:
    """A benchmark net's published figures beside ours, s per vehicle. ``best`` of them is what ours is held against."""

    scenario: str
    theirs_s: dict[str, float]
    strategy: str
    strict_s: float | None
    worst_s: float | None
    resco_s: float | None
    comparable: bool = True
    """False where another time than the published one was run."""

    @property
    def best(self) -> str:
        return min(self.theirs_s, key=lambda name: self.theirs_s[name], default="")

    @property
    def mark(self) -> Mark:
        """The strict delay, which counts more vehicles than the published rule, as a change from the best published figure."""
        change = None
        if self.best and self.strict_s is not None and self.comparable:
            change = (self.strict_s / self.theirs_s[self.best] - 1) * 100
        return Mark(self.scenario, "below the best published", change, 0.0, "%", self.best)


def published(results: Results, candidate: str) -> list[Published]:
    """A row for each net; ours is ``candidate``, or the best of our own strategies where that was not run."""
    rows = []
    for case in results.cases:
        if case.street:
            continue
        name = candidate if candidate in results.strategies else _best_own(results, case.label)
        strict, resco = (results.cell(case.label, name, figure) for figure in (MAIN_FIGURE, "delay_resco_s"))
        rows.append(Published(case.label, dict(DELAY_S.get(case.label, {})), name, strict.mean if strict else None,
                              strict.worst if strict else None, resco.mean if resco else None, results.duration_s is None))
    return rows


def _best_own(results: Results, label: str) -> str:
    own: Sequence[str] = [name for name in results.strategies if not name.startswith("sumo:")]
    means = {name: cell.mean for name in own if (cell := results.cell(label, name)) is not None}
    return min(means, key=lambda name: means[name], default="")
