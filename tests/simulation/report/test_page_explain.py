"""The report's section on why stages changed."""

from __future__ import annotations

import pytest

from simulation.report import page_explain
from simulation.report.html import report_page
from simulation.report.page_end import command
from simulation.report.page_top import DEGRADED_FR
from tests.simulation.report.explained import decision, explained
from tests.simulation.report.records import full
from tests.simulation.report.test_report_page import Page, page_of

PLAIN = full("predictive", 1, 10.0)
WHY = full("predictive", 1, 10.0, explain=[explained()])


def test_it_is_there_only_where_something_was_explained() -> None:
    assert "Why the stages changed" not in page_of([PLAIN]).text
    page = page_of([WHY])
    assert "Why the stages changedPourquoi les phases ont changé" in page.text and "Name of J0" in page.text


def test_every_decision_is_told_with_its_costs_and_its_sight() -> None:
    text = page_of([WHY]).text
    assert "main 12 s → cross" in text and "changing to cross now saves 7 vehicle seconds" in text
    assert "cross 40 now" in text and "left 55 in 4 s" in text
    assert "refused by the guard (minimum green: walk)" in text
    assert "maximum red of left: whoever waits there may wait no longer" in text
    assert "n_0 6, e_0 2, people walk 3, 1 lanes unseen, full: so_0" in text
    assert "main K1, yielding K3; cross K2." in text
    assert "left 25 %, main 75 %" in text and "left 100 %" in text and "1810" in text


def test_rows_can_be_sifted_by_what_happened() -> None:
    text = report_page([WHY])
    kinds = [part.split('"')[0] for part in text.split('data-kind="')[1:]]
    assert kinds == ["stay", "change", "refused", "held", "change"]
    assert all(f'<option value="{kind}">' in text for kind in ("change", "refused", "held", "stay"))
    assert text.count('class="explain-text"') == 1


def test_the_chart_has_both_costs_the_stages_and_the_refusals() -> None:
    drawing = page_of([WHY]).drawings["explain-0-0"]
    by_name = {trace.get("name"): trace for trace in drawing["data"]}
    assert by_name["Staying · rester"]["y"][:2] == [47, 47]
    best = by_name["Best change · meilleure autre phase"]["y"]
    assert best[0] == 40 and best[-1] is None
    assert by_name["Refused by the guard · refusé"]["y"] == [47]
    gap = explained()
    gap.times_s[50:] = [t + 9.0 for t in gap.times_s[50:]]
    lines = page_of([full("predictive", 1, 10.0, explain=[gap])]).drawings["explain-0-0"]["data"][0]
    assert lines["y"][50] is None and len(lines["x"]) == 121, "a transition is left blank"
    bars = [trace for trace in drawing["data"] if trace.get("yaxis") == "y2"]
    assert len(bars) == 2, "two tints of stages"


def test_a_strategy_without_an_account_has_no_chart_and_says_so() -> None:
    page = page_of([full("actuated", 1, 10.0, explain=[explained(account=False)])])
    assert "explain-0-0" not in page.drawings and "weighs no plans" in page.text


def test_names_cannot_break_the_page() -> None:
    nasty = 'a<b>&"\'</script><img src=x onerror=alert(1)>'
    track = explained(nasty, nasty)
    track.decisions.append(decision(180.0, nasty, nasty, reason=nasty, asked=nasty, verdict="accepted"))
    assert page_of([full("predictive", 1, 10.0, explain=[track])]).addresses == []


def test_a_long_account_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_explain, "MOST_ROWS", 2)
    assert "3 later lines left out" in page_of([WHY]).text


def test_degraded_detectors_are_marked_once_and_in_the_command() -> None:
    note = "Detectors were degraded on purpose (missing=0.1): figures say how control copes."
    worse = full("predictive", 1, 10.0, detectors="missing=0.1", notes=[note], explain=[explained()])
    page = page_of([worse])
    assert DEGRADED_FR in page.text and "(missing=0.1)" in page.text and note not in page.text
    assert command([worse], ["predictive"]).endswith("--detectors missing=0.1 --explain J0")
    assert isinstance(page, Page)
