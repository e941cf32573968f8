"""Figures against criteria: at the limit it passes, beyond it does not, and what was not measured is no pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.validation.certificate import Body
from controller.validation.criteria import USUAL, Criteria, Criterion, read_criteria
from controller.validation.enough import enough
from controller.validation.judge import Figures, Judged, judge
from signal_drivers.errors import CertificateRefused
from tests.controller.validation.made import FIGURES, body


def one(criterion: Criterion, own: list[float | None], reference: list[float | None] = ()) -> Judged:  # type: ignore[assignment]
    runs = [Figures("town", seed, which, {} if value is None else {criterion.figure: value})
            for which, row in ((False, own), (True, reference)) for seed, value in enumerate(row)]
    (found,) = judge(Criteria(criteria=(criterion,)), runs)
    return found


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=5), st.floats(0, 1e4))
def test_at_most_is_of_every_seed_or_of_the_mean(row: list[float], limit: float) -> None:
    each = one(Criterion(figure="x_s", at_most=limit), list(row))
    assert each.passed == (max(row) <= limit) and each.figure == max(row) and row[each.seed or 0] == max(row)
    mean = one(Criterion(figure="x_s", over="mean", at_most=limit), list(row))
    assert mean.passed == (sum(row) / len(row) <= limit) and mean.seed is None


def test_against_the_reference_seed_by_seed_or_on_average() -> None:
    c = Criterion(figure="delay_mean_s", reference_percent=10, plus=1)
    assert one(c, [12.0, 34.0], [10.0, 30.0]).passed
    worst = one(c, [12.1, 20.0], [10.0, 30.0])
    assert not worst.passed and (worst.figure, worst.limit, worst.seed) == (12.1, 12.0, 0)
    assert one(c.model_copy(update={"over": "mean"}), [12.1, 20.0], [10.0, 30.0]).passed


def test_what_was_not_measured_does_not_pass() -> None:
    c = Criterion(figure="pedestrian_wait_s", at_most=30)
    assert not one(c, [None, None]).passed and not one(c, [10.0, None]).passed
    lenient = c.model_copy(update={"where_any": True})
    assert one(lenient, [None, None]).passed and one(lenient, [10.0, None]).passed and not one(lenient, [40.0, None]).passed
    against = Criterion(figure="delay_mean_s", reference_percent=10)
    assert not one(against, [10.0]).passed and not one(against, [10.0, 10.0], [10.0]).passed


def test_every_scenario_is_judged_by_itself() -> None:
    runs = [Figures(s, 1, False, {"x_s": v}) for s, v in (("morning", 1.0), ("evening", 9.0))]
    assert [(j.scenario, j.passed) for j in judge(Criteria(criteria=(Criterion(figure="x_s", at_most=5),)), runs)] == [
        ("morning", True), ("evening", False)]


@pytest.mark.parametrize(("figure", "value"), [
    ("guard_violations", 1), ("teleports", 1), ("red_longest_called_s", 151), ("wait_longest_s", 601),
    ("never_departed_percent", 2.1), ("delay_mean_s", 50), ("pedestrian_wait_s", 32)])
def test_the_usual_criteria_refuse(figure: str, value: float) -> None:
    assert enough(_body(), USUAL) == ""
    said = enough(_body(figures={figure: value}), USUAL)
    assert said.startswith(f"{figure} in town") and f"{value:g}" in said


def test_too_little_is_not_enough() -> None:
    assert "2 seeds, and 3 are asked for" in enough(_body(seeds=2), USUAL)
    short = body()
    short["scenarios"][0]["end_s"] = 600
    assert "simulated for 600 s" in enough(Body.model_validate(short | {"key_id": "0" * 16}), USUAL)
    short["scenarios"][0] |= {"end_s": 3600, "view": "full"}
    assert "which no street has" in enough(Body.model_validate(short | {"key_id": "0" * 16}), USUAL)
    assert "compared with fixed, and sumo:actuated" in enough(_body(), USUAL.model_copy(update={"reference": "sumo:actuated"}))
    never = body()
    never["scenarios"].append(dict(never["scenarios"][0], name="village"))
    assert "village was run with 0 seeds" in enough(Body.model_validate(never | {"key_id": "0" * 16}), USUAL)


def _body(**said: object) -> Body:
    return Body.model_validate(body(**said) | {"key_id": "0" * 16})  # type: ignore[arg-type]


def test_the_reference_is_as_bad_as_it_is(tmp_path: Path) -> None:
    """Nobody is refused for a figure of the reference."""
    said = body()
    for run in said["runs"]:
        if run["reference"]:
            run["figures"] = FIGURES | {"guard_violations": 7}
    assert enough(Body.model_validate(said | {"key_id": "0" * 16}), USUAL) == ""


@pytest.mark.parametrize(("text", "says"), [
    ("criteria: []", "at least 1 item"), ("criteria: [{figure: x_s}]", "give at_most or reference_percent"),
    ("criteria: [{figure: x_s, at_most: 1, reference_percent: 2}]", "give at_most or reference_percent"),
    ("criteria: [{figure: x_s, at_most: 1, plus: 2}]", "plus goes with reference_percent"),
    ("criteria: [{figure: x_s, at_mots: 1}]", "there is no key 'at_mots'"), ("- 1", "is not a mapping"),
    ("criteria: [{figure: x_s, at_most: 1}]\nseeds_at_least: 0", "line 2")])
def test_a_file_of_criteria_that_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(CertificateRefused, match=says):
        read_criteria(tmp_path / "c.yaml")
