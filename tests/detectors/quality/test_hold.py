"""Levels do not flap, whatever the signs do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.observation import Quality
from detectors.quality.hold import Held
from detectors.quality.signs import SIGNS

ORDER = (Quality.GOOD, Quality.DEGRADED, Quality.BAD)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200), st.floats(0.5, 20), st.floats(0.5, 20))
def test_a_change_lasts(severities: list[float], after_s: float, clear_s: float) -> None:
    held = Held(after_s, clear_s)
    better_s: dict[int, float] = {}
    was = 0
    for second, severity in enumerate(severities):
        level = ORDER.index(held.see(severity, float(second)))
        lately = severities[max(0, second - int(after_s)):second + 1]
        if level > was:
            assert second >= after_s and all(s >= (0.5, 1.0)[level - 1] for s in lately)
            assert all(second - since_s >= after_s for n, since_s in better_s.items() if n <= level)
        if level < was:
            assert all(s < (0.35, 0.85)[was - 1] for s in severities[max(0, second - int(clear_s)):second + 1])
            better_s[was] = second
        was = level


@given(st.lists(st.floats(0, 0.49), max_size=100))
def test_what_never_is_bad_is_never_called_so(severities: list[float]) -> None:
    held = Held(0.0, 5.0)
    assert {held.see(s, float(i)) for i, s in enumerate(severities)} <= {Quality.GOOD}


def test_thresholds_are_what_the_table_says() -> None:
    for sign in SIGNS.values():
        assert [sign.severity(x) for x in (sign.fine, sign.degraded, sign.bad)] == [0.0, 0.5, 1.0]
        assert (sign.fine < sign.degraded < sign.bad) or (sign.fine > sign.degraded > sign.bad)
        assert sign.severity(sign.bad * 10 if sign.bad > sign.fine else -1.0) == 1.0
