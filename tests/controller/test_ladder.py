"""The fallback ladder: down for a reason that stands, up when all has been well for long, each step told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controller.ladder import Hysteresis, Ladder, Rung, Step
from signal_drivers.ids import JunctionId

J, K = JunctionId("J"), JunctionId("K")
NO_VIEW = {"no view": Rung.PLANS}


def ladder(down_s: float = 30.0, up_s: float = 120.0) -> tuple[Ladder, list[Step]]:
    steps: list[Step] = []
    return Ladder({J: None, K: None}, Hysteresis(down_s, up_s), steps.append), steps


def test_a_reason_has_to_stand_before_a_step_down_and_all_be_well_for_longer_before_one_up() -> None:
    made, steps = ladder()
    rungs = [made.look(J, float(s), NO_VIEW if 10 <= s < 100 else {}) for s in range(300)]
    assert rungs[39] is Rung.STRATEGY and rungs[40] is Rung.PLANS
    assert rungs[219] is Rung.PLANS and rungs[220] is Rung.STRATEGY
    assert [(s.junction, s.time_s, s.before, s.after, s.reason) for s in steps] == [
        (J, 40.0, Rung.STRATEGY, Rung.PLANS, "no view"), (J, 220.0, Rung.PLANS, Rung.STRATEGY, "all well")]
    assert made.rung(K) is Rung.STRATEGY


def test_a_reason_that_comes_and_goes_moves_nothing() -> None:
    made, steps = ladder()
    for second in range(600):
        made.look(J, float(second), NO_VIEW if second % 20 < 15 else {})
    assert not steps


def test_on_the_edge_it_stays_on_the_safer_rung() -> None:
    made, steps = ladder()
    for second in range(40):
        made.look(J, float(second), NO_VIEW)
    for second in range(40, 1000):
        made.look(J, float(second), NO_VIEW if second % 100 == 0 else {})
    assert [s.after for s in steps] == [Rung.PLANS]


def test_some_reasons_do_not_wait() -> None:
    made, steps = ladder()
    assert made.look(J, 1.0, {"the strategy failed": Rung.PLANS}, frozenset({"the strategy failed"})) is Rung.PLANS
    assert len(steps) == 1


def test_the_lowest_rung_called_for_is_taken_and_the_way_up_is_a_rung_at_a_time() -> None:
    made, steps = ladder(down_s=0.0, up_s=10.0)
    made.look(J, 0.0, {"no view": Rung.PLANS, "not heard": Rung.LOCAL})
    for second in range(1, 40):
        made.look(J, float(second), {})
    assert [s.after for s in steps] == [Rung.LOCAL, Rung.PLANS, Rung.STRATEGY]
    assert steps[0].reason == "not heard"


def test_it_goes_up_no_further_than_what_still_stands() -> None:
    made, steps = ladder(down_s=0.0, up_s=10.0)
    made.look(J, 0.0, {"no view": Rung.PLANS, "not heard": Rung.LOCAL})
    for second in range(1, 60):
        made.look(J, float(second), NO_VIEW)
    assert made.rung(J) is Rung.PLANS and [s.after for s in steps] == [Rung.LOCAL, Rung.PLANS]


def test_flashing_ends_by_a_persons_word_alone() -> None:
    made, steps = ladder(down_s=0.0, up_s=1.0)
    made.look(J, 0.0, {"conflict": Rung.FLASHING})
    for second in range(1, 1000):
        assert made.look(J, float(second), {}) is Rung.FLASHING
    made.release(K, 1000.0, "somebody")
    made.release(J, 1000.0, "the technician")
    assert steps[-1] == Step(J, 1000.0, Rung.FLASHING, Rung.LOCAL, "released by the technician")
    made.look(J, 1001.0, {})
    assert made.look(J, 1002.0, {}) is Rung.PLANS


SECONDS = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from([Rung.PLANS, Rung.LOCAL]), max_size=2), max_size=200)


@given(SECONDS, st.floats(0, 20), st.floats(0, 40))
def test_whatever_comes_no_step_is_too_quick_and_none_is_missed(rows: list[dict[str, Rung]], down_s: float, up_s: float) -> None:
    made, steps = ladder(down_s, up_s)
    well_s = dict.fromkeys(Rung, 0)
    for second, reasons in enumerate(rows):
        before = made.rung(J)
        after = made.look(J, float(second), reasons)
        worst = max(reasons.values(), default=Rung.STRATEGY)
        if after > before:
            assert after in reasons.values(), "down only to what a reason calls for"
            for back in range(second - int(down_s), second + 1):
                assert back < 0 or any(rung >= after for rung in rows[back].values()), "and it has stood all the while"
        if after < before:
            assert after == max(before - 1, worst)
            assert well_s[before] >= up_s - 1e-9, "up only after all has been well so long"
        for rung in Rung:
            well_s[rung] = well_s[rung] + 1 if worst < rung else 0
        if after != before:
            well_s = dict.fromkeys(Rung, 0)
    assert [s.before for s in steps[1:]] == [s.after for s in steps[:-1]]
