"""Means, intervals and paired differences against values worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.errors import InvalidValue
from simulation.report import flat_figures, paired_differences, summary, worst_seed
from simulation.report.statistics import estimate
from tests.simulation.report.records import bare


def test_interval_of_three_values_by_hand() -> None:
    # s = 2, t(0.975; 2) = 4.3027 (Student's table): 4.3027 · 2 / √3 = 4.968
    found = estimate([10.0, 12.0, 14.0])
    assert found.mean == 12.0
    assert found.ci95 == pytest.approx(4.968, abs=0.001)
    assert found.n == 3


def test_interval_of_five_values_by_hand() -> None:
    # s² = 2.5, t(0.975; 4) = 2.7764: 2.7764 · √2.5 / √5 = 1.963
    assert estimate([1.0, 2.0, 3.0, 4.0, 5.0]).ci95 == pytest.approx(1.963, abs=0.001)


def test_one_value_has_no_interval_and_none_is_refused() -> None:
    assert estimate([7.5]).ci95 is None
    with pytest.raises(InvalidValue, match="at least one"):
        estimate([])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-1e5, 1e5))
def test_shifting_every_value_shifts_the_mean_alone(values: list[float], shift: float) -> None:
    before, after = estimate(values), estimate([v + shift for v in values])
    assert after.mean == pytest.approx(before.mean + shift, abs=1e-6)
    assert after.ci95 == pytest.approx(before.ci95, abs=1e-4)


def test_flat_figures_have_units_in_their_names_and_leave_out_what_does_not_apply() -> None:
    flat = flat_figures(bare("fixed", 1, 40.0, figures={"nox_kg": 0.5, "tram_delay_s": math.nan, "odd": math.inf}))
    assert flat["delay_mean_s"] == 40.0
    assert flat["delay_p50_s"] == 20.0
    assert flat["vehicles_never_departed"] == 2
    assert flat["guard_vetoes"] == 1
    assert flat["real_time_factor"] == 300.0
    assert flat["nox_kg"] == 0.5
    assert "tram_delay_s" not in flat and "odd" not in flat and "scenario" not in flat
    assert "delay_mean_s" not in flat_figures(bare("fixed", 1, None))


def test_summary_has_mean_interval_and_worst_seed() -> None:
    records = [bare("fixed", 1, 10.0), bare("fixed", 2, 12.0), bare("fixed", 3, 14.0), bare("sumo:actuated", 1, 9.0)]
    found = summary(records)
    assert list(found) == ["fixed", "sumo:actuated"]
    assert found["fixed"]["delay_mean_s"]["mean"] == 12.0
    assert found["fixed"]["delay_mean_s"]["ci95"] == pytest.approx(4.968, abs=0.001)
    assert found["fixed"]["delay_worst_seed_s"] == {"mean": 14.0, "ci95": None}
    assert found["sumo:actuated"]["delay_mean_s"] == {"mean": 9.0, "ci95": None}
    assert "tram_delay_s" not in found["fixed"]
    assert worst_seed(records, "fixed") == (3, 14.0)


def test_a_figure_missing_in_one_seed_is_averaged_over_the_others() -> None:
    found = summary([bare("fixed", 1, 10.0), bare("fixed", 2, None), bare("fixed", 3, 14.0)])
    assert found["fixed"]["delay_mean_s"]["mean"] == 12.0


def test_differences_are_paired_by_seed() -> None:
    # The seeds differ widely, the strategies by 2, 3 and 4: pairing sees 3 ± 4.3027 · 1 / √3 = 2.484.
    records = [bare("fixed", s, d) for s, d in ((1, 100.0), (2, 50.0), (3, 150.0))]
    records += [bare("actuated", s, d) for s, d in ((3, 146.0), (1, 98.0), (2, 47.0), (9, 1.0))]
    found = paired_differences(records)["actuated"]["delay_mean_s"]
    assert found.n == 3
    assert found.mean == pytest.approx(-3.0)
    assert found.ci95 == pytest.approx(2.484, abs=0.001)
    assert found.percent == pytest.approx(-3.0)
    assert found.percent_ci95 == pytest.approx(2.484, abs=0.001)
    assert found.certain


def test_no_percentage_of_a_baseline_of_zero_and_none_without_common_seeds() -> None:
    found = paired_differences([bare("a", 1, 10.0), bare("b", 1, 12.0)])["b"]
    assert found["teleports"].percent is None
    assert found["delay_mean_s"].percent == pytest.approx(20.0)
    assert not found["delay_mean_s"].certain
    assert paired_differences([bare("a", 1, 10.0), bare("b", 2, 12.0)])["b"] == {}


def test_the_baseline_can_be_named() -> None:
    records = [bare("a", 1, 10.0), bare("b", 1, 20.0)]
    assert paired_differences(records, "b")["a"]["delay_mean_s"].percent == pytest.approx(-50.0)
    with pytest.raises(InvalidValue, match=r"'c'.*a, b"):
        paired_differences(records, "c")


def test_runs_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no run"):
        summary([])
    with pytest.raises(InvalidValue, match="two runs with seed 1"):
        summary([bare("a", 1, 10.0), bare("a", 1, 11.0)])
    with pytest.raises(InvalidValue, match="different scenarios"):
        summary([bare("a", 1, 10.0), bare("a", 2, 11.0, scenario="elsewhere")])
