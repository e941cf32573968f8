"""The table of bad detectors, from records made by hand."""

from __future__ import annotations

from signal_drivers.limits import Clearance
from simulation.benchmark_control.cases import Case
from simulation.benchmark_detectors import CONDITIONS, Found, Plan, as_dict, markdown
from simulation.detector_faults import read_degradation
from tests.simulation.report.records import bare, result

NET = Case("net", "nets/net.sumocfg", Clearance.BENCHMARK)


def found(delays: dict[str, list[float]]) -> Found:
    plan = Plan([NET], ["predictive"], [1, 2], list(delays), 600.0)
    rows = {("net", "predictive", condition): [
        bare("predictive", seed, value, detectors=condition, figures={"red_longest_called_s": 10.0 * seed + 5},
             result=result("net", "predictive", seed, value, detectors=condition))
        for seed, value in enumerate(values, 1)] for condition, values in delays.items()}
    return Found(plan, rows)


def test_every_condition_can_be_read() -> None:
    assert [str(read_degradation(text)) for text in CONDITIONS] == list(CONDITIONS)


def test_changes_are_paired_by_seed() -> None:
    text = markdown(found({"perfect": [10.0, 20.0], "missing=0.1": [12.0, 24.0], "miscount=0.15": [9.0]}))
    row = next(line for line in text.splitlines() if line.startswith("| net"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["net", "`predictive`", "15.0", "18.0 (+20 %)", "9.0 (−10 %)"]
    assert "over seeds 1-2, 600 s" in text


def test_the_longest_red_is_that_of_the_worst_seed() -> None:
    text = markdown(found({"perfect": [10.0, 20.0]}))
    assert text.splitlines()[-1].strip("| ").split(" | ")[-1].strip() == "25; 2; 2, 0"


def test_runs_that_failed_leave_a_dash() -> None:
    text = markdown(found({"perfect": [10.0], "missing=0.1": []}))
    assert all(line.rstrip("| ").endswith("–") for line in text.splitlines() if line.startswith("| net"))


def test_json_has_every_run_and_the_means() -> None:
    told = as_dict(found({"perfect": [10.0, 20.0], "missing=0.1": [12.0, 24.0]}))
    assert [(row["detectors"], row["delay_mean_s"], row["red_longest_called_s"]) for row in told["means"]] == [
        ("perfect", 15.0, 25.0), ("missing=0.1", 18.0, 25.0)]
    assert [run["detectors"] for run in told["runs"]] == ["perfect", "perfect", "missing=0.1", "missing=0.1"]


def test_whole_rows_come_first() -> None:
    jobs = Plan([NET], ["predictive", "actuated"], [1, 2]).jobs
    assert [(s.seed, s.strategy) for _, s in jobs[:10]] == [(1, "predictive")] * 5 + [(1, "actuated")] * 5
    assert all(s.clearance is Clearance.BENCHMARK and s.detectors == place[2] for place, s in jobs)
