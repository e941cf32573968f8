"""The suite can fail: of units that do one thing wrong, exactly the behaviours concerned fail, and say what was seen."""

from __future__ import annotations

import pytest

from simulation.conformance.catalogue import CATALOGUE
from simulation.conformance.verdict import Verdict
from tests.simulation.conformance import sabotage
from tests.simulation.conformance.sabotage import Spoil
from tests.simulation.conformance.stepped import Stand, failed, quick_junction, quick_plan

CASES: list[tuple[Spoil, dict[str, str]]] = [
    (sabotage.cuts_minimum_greens, {
        "minimum-green": "asked after 0.2 s, answer taken: group",
        "heads-minimum-green": " s of 4 s (at "}),
    (sabotage.shortens_intergreens, {"heads-intergreen": "green 2.0 s after"}),
    (sabotage.shortens_yellow, {"heads-yellow": "yellow for 1.0 s of 2 s"}),
    (sabotage.ignores_expiry, {"expired": "answer taken, and after 0.0 s", "future": "answer taken"}),
    (sabotage.takes_old_sequences, {"replayed": "answer taken"}),
    (sabotage.takes_requests_while_local, {"local-refuses": "answer taken"}),
    (sabotage.never_misses_the_heartbeat, dict.fromkeys(("heartbeat-loss", "local-plan"), "still central by centre")),
    (sabotage.takes_any_heartbeat_for_life, {"heartbeat-loss": "still central by centre"}),
    (sabotage.stays_in_one_local_stage, {"local-plan": "local by timetable, heads show stage"}),
    (sabotage.echoes_wrongly, {"sequence-echo": "echo is request 1"}),
    (sabotage.lies_about_ages, {"heads-age": "seen to change between"}),
    (sabotage.confirms_stages_too_soon, {"flags": "confirmed, heads show"}),
    (sabotage.loses_counts, {"detectors": "it went from"}),
    (sabotage.skips_all_red, dict.fromkeys(
        ("flashing", "power-cut", "red-lamp", "conflict", "latched-restart"), "all red for 1.2 s of 3 s")),
    (sabotage.watches_no_conflict, {"conflict": "groups ns and ew green together; ", "latched-restart": "heads show"}),
    (sabotage.starts_again_after_a_conflict, dict.fromkeys(("conflict", "red-lamp", "latched-restart"), "")),
    (sabotage.forgets_faults_when_restarted, {"latched-restart": "after it the heads show all red, faults none"}),
    (sabotage.keeps_hearing_through_a_power_cut, {"power-cut": "none since the power came back"}),
    (sabotage.counts_uptime_by_the_clock, {"clock": "uptime advanced 360"}),
    (sabotage.ignores_the_clock, {"clock": "it reads -3600.0 s off"}),
    (sabotage.never_ends_hurry_calls, {"hurry-expiry": "still stands"}),
    (sabotage.follows_requests_from_the_panel, {"manual": "answer taken"}),
]


@pytest.mark.parametrize(("spoil", "expected"), CASES, ids=[spoil.__name__ for spoil, _ in CASES])
def test_what_is_wrong_fails_and_nothing_else(spoil: Spoil, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch)
    watched = spoil is sabotage.loses_counts
    junction = quick_junction(detectors=watched)
    # What takes hands is tried only where it should fail: it takes a third of the time.
    hands = any(b.by_hand for b in CATALOGUE if b.id in expected)
    result = Stand(junction, quick_plan(junction), hands=hands).run()
    wrong = failed(result)
    assert wrong.keys() == expected.keys(), wrong
    for name, words in expected.items():
        assert words in wrong[name]
    assert not result.passed
    assert {o.id for o in result.outcomes if o.verdict is Verdict.NOT_TRIED} == (
        ({b.id for b in CATALOGUE if b.by_hand} if not hands else set()) | (set() if watched else {"detectors"}))
