"""The mutator itself: what it breaks, that it can fail, and that every reason it is given still has its mutant."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.survivors import explained
from tests.mutation.trials import Outcome, trials

PACKAGE = Path(__file__).resolve().parents[2] / "signal_drivers"


def changed(source: str) -> set[str]:
    return {m.after for m in mutants("example", textwrap.dedent(source))}


class TestMutants:
    @pytest.mark.parametrize(("source", "expected"), [
        ("x = a < b", {"x = a <= b", "x = a >= b"}),
        ("x = a <= b < c", {"x = a < b < c", "x = a <= b <= c", "x = b < c", "x = a <= b"}),
        ("x = p and q", {"x = p or q", "x = p", "x = q"}),
        ("x = not p", {"x = p"}),
        ("x = 3.0", {"x = 4.0", "x = 2.0", "x = 0", "x = None", "pass"}),
        ("x = p - q", {"x = p + q", "x = p", "x = q"}),
        ("x = max(p, q)", {"x = min(p, q)", "x = p", "x = q", "x = max(q, p)"}),
        ("x = Head.RED", {"x = Head.GREEN", "x = Head.DARK"}),
        ("x = it.issued_s", {"x = it.expires_s"}),
        ("x = {p, q}", {"x = {p}", "x = {q}"}),
        ("x += p", {"x -= p", "x = p", "pass"}),
        ("if p:\n    q()", {"if not p:", "if True:", "if False:", "pass"}),
        ("for p in q:\n    continue", {"break", "pass"}),
        ("def f():\n    return p", {"return None", "return []", "return not p", "pass"}),
    ])
    def test_break_one_thing(self, source: str, expected: set[str]) -> None:
        assert {e for e in expected if not any(e == after or after.endswith(e) for after in changed(source))} == set()

    def test_leave_alone_what_does_nothing(self) -> None:
        assert changed('''
            """Words."""
            import os
            def f(x: int) -> None:
                """Words."""
                return None
            ''') == set()

    def test_are_the_same_every_time_and_each_has_its_own_name(self) -> None:
        source = (PACKAGE / "limits.py").read_text(encoding="utf-8")
        made = mutants("limits", source)
        assert made == mutants.__wrapped__("limits", source)
        assert len({m.key for m in made}) == len({m.source for m in made}) == len(made) > 100


def test_every_explained_survivor_is_still_a_mutant() -> None:
    keys = {m.key for name in {key[0] for key in explained()}
            for m in mutants(name, (PACKAGE / f"{name}.py").read_text(encoding="utf-8"))}
    assert explained().keys() - keys == set()


def test_a_broken_module_is_noticed_and_a_right_one_is_not(tmp_path: Path) -> None:
    package = tmp_path / "lamps"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "lamp.py").write_text("def lit(x: int) -> bool:\n    return x > 0\n", encoding="utf-8")
    test = tmp_path / "test_lamp.py"
    test.write_text(f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom lamps.lamp import lit\n\n\n"
                    "def test_lit() -> None:\n    assert lit(5) and not lit(-5)\n", encoding="utf-8")
    made = mutants("lamp", (package / "lamp.py").read_text(encoding="utf-8"))
    tried = [m for m in made if m.after in ("return x >= 0", "return x <= 0")]
    outcomes = {m.after: outcome for m, outcome in trials(tried, package, {"lamp": [str(test)]}, 1)}
    assert outcomes == {"return x >= 0": Outcome.SURVIVED, "return x <= 0": Outcome.KILLED}
