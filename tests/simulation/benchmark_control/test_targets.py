"""Reached or missed, by how much, and not known where the runs do not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.benchmark_control.targets import LONGEST_RED_S, TARGETS, Mark, marks, published
from tests.simulation.benchmark_control.made import NET, STREET, results

GOOD = {"fixed": (100.0, 110.0), "self-organising": (90.0, 90.0), "sumo:program": (95.0, 95.0), "sumo:actuated": (80.0, 80.0),
        "predictive": (70.0, 75.0)}


def by_target(found: list[Mark]) -> dict[str, Mark]:
    return {mark.target: mark for mark in found}


def test_all_reached() -> None:
    found = by_target(marks(results(GOOD, p95_s=90.0), "predictive"))
    assert list(found) == list(TARGETS)
    assert all(mark.reached for mark in found.values()), found
    first = found[TARGETS[0]]
    assert first.value == pytest.approx((72.5 / 105 - 1) * 100) and first.limit == -25 and first.missed_by == 0
    assert found[TARGETS[1]].reference == "sumo:actuated", "the nearest of SUMO's own counts"
    assert found[TARGETS[6]].value == 80


def test_a_gain_too_small_is_missed_by_the_points_that_lack() -> None:
    mark = by_target(marks(results(GOOD | {"predictive": (84.0, 84.0)}), "predictive"))[TARGETS[0]]
    assert mark.reached is False
    assert mark.missed_by == pytest.approx(25 - 20) and mark.text == "✗ −20.0 %, missed by 5.0"


@pytest.mark.parametrize(("figure", "value", "target"), [
    ("p95_s", 100.5, TARGETS[3]), ("pedestrian_wait_s", 20.1, TARGETS[4]), ("tram_delay_s", 41.0, TARGETS[5]),
    ("red_longest_called_s", LONGEST_RED_S + 1, TARGETS[6])])
def test_each_target_is_missed_by_its_own_figure_alone(figure: str, value: float, target: str) -> None:
    found = marks(results(GOOD, **{figure: value}), "predictive")
    assert [mark.target for mark in found if mark.reached is False] == [target]


def test_slower_than_any_one_of_sumos_own_is_missed() -> None:
    found = by_target(marks(results(GOOD | {"sumo:actuated": (71.0, 71.0)}), "predictive"))
    assert found[TARGETS[1]].reached is False


def test_what_was_not_run_is_not_known() -> None:
    assert marks(results({"fixed": (1.0,)}), "predictive") == []
    found = by_target(marks(results({"predictive": (70.0,)}), "predictive"))
    assert [m.target for m in found.values() if m.reached is not None] == [TARGETS[6]]
    assert found[TARGETS[0]].text == "–"


def test_only_seeds_that_both_finished_are_compared() -> None:
    found = by_target(marks(results(GOOD | {"predictive": (70.0,)}), "predictive"))
    assert found[TARGETS[0]].value == pytest.approx(-30)


def test_streets_are_held_against_targets_and_nets_against_what_is_published() -> None:
    found = results(GOOD, cases=(STREET, NET))
    assert {mark.scenario for mark in marks(found, "predictive")} == {"far"}
    (row,) = published(found, "predictive")
    assert (row.scenario, row.best, row.strategy, row.strict_s, row.worst_s) == ("cologne1", "IDQN", "predictive", 72.5, 75.0)
    assert row.mark.reached is False and row.mark.value == pytest.approx((72.5 / 26.1 - 1) * 100)


def test_without_the_candidate_the_best_of_our_own_stands_beside_what_is_published() -> None:
    (row,) = published(results(GOOD, cases=(NET,)), "no-such")
    assert row.strategy == "predictive"
    assert published(results({"sumo:program": (9.0,)}, cases=(NET,)), "no-such")[0].mark.reached is None


def test_another_time_or_an_unknown_net_is_not_held_against_anything() -> None:
    found = results(GOOD, cases=(NET,))
    found.duration_s = 300.0
    assert published(found, "predictive")[0].mark.reached is None
    (row,) = published(results(GOOD, cases=(replace(NET, label="elsewhere"),)), "predictive")
    assert row.theirs_s == {} and row.mark.reached is None and row.strict_s == 72.5
