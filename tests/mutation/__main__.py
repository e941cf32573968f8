"""``python -m tests.mutation``: does any test notice when the guard or the head monitor is wrong?

Fails when a mutant survives that ``survivors.yaml`` does not explain, or when one it explains is killed or gone.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.survivors import SURVIVORS, explained
from tests.mutation.trials import Outcome, trials, warm_up

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "signal_drivers"
HERE = "tests/signal_drivers"
TESTS = {
    "guard": [f"{HERE}/test_guard.py", f"{HERE}/test_guard_details.py", f"{HERE}/test_monitor_clock.py",
              f"{HERE}/test_lost_sight.py", f"{HERE}/test_guard_by_chance.py"],
    "monitor": [f"{HERE}/test_monitor.py", f"{HERE}/test_monitor_clock.py", f"{HERE}/test_lost_sight.py", f"{HERE}/test_guard.py",
                "tests/simulation/cabinet/test_closed_loop_by_chance.py"],
    "limits": [f"{HERE}/test_values.py"],
}


def unchanged(module: str) -> Mutant:
    return Mutant(module, "module", 0, "", "", 1, (PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def told(mutant: Mutant) -> str:
    """The mutant as an entry of the list of survivors, its reason left to whoever finds one."""
    entry = dict(zip(("module", "where", "before", "after", "nth"), mutant.key, strict=True))
    if mutant.nth == 1:
        del entry["nth"]
    return yaml.safe_dump([{**entry, "reason": "?"}], sort_keys=False, allow_unicode=True, width=10_000)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="module", help=f"of {', '.join(TESTS)}; all of them when left out")
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried at a time")
    parser.add_argument("--list", action="store_true", help="only say what the mutants are")
    asked = parser.parse_args(argv)
    modules = asked.modules or list(TESTS)
    made = [m for name in modules for m in mutants(name, unchanged(name).source)]
    if asked.list:
        print(*made, sep="\n")
        return 0
    # Chance need not go far: what it finds at all, it finds soon.
    os.environ.update(MOUROUR_CASES="10000", MOUROUR_STEPS="5000")
    warm_up(PACKAGE, TESTS)
    for mutant, outcome in trials([unchanged(name) for name in modules], PACKAGE, TESTS, asked.jobs):
        if outcome is not Outcome.SURVIVED:
            print(f"the tests of {mutant.module} fail without any mutant: mend those first", file=sys.stderr)
            return 2
    start = time.monotonic()
    results: dict[tuple[str, str, str, str, int], Outcome] = {}
    for mutant, outcome in trials(made, PACKAGE, TESTS, asked.jobs):
        results[mutant.key] = outcome
        if outcome is not Outcome.KILLED:
            print(f"{outcome}: {mutant}", flush=True)
    known = {key: why for key, why in explained().items() if key[0] in modules}
    survivors = {key for key, outcome in results.items() if outcome is Outcome.SURVIVED}
    unexplained = [m for m in made if m.key in survivors - known.keys()]
    gone = sorted(known.keys() - survivors)
    for name in modules:
        count = Counter(outcome for key, outcome in results.items() if key[0] == name)
        print(f"{name}: {count.total()} mutants, {count[Outcome.KILLED]} killed, {count[Outcome.TIMEOUT]} stopped by the clock, "
              f"{count[Outcome.SURVIVED]} survived")
    print(f"{len(unexplained)} survivors without a reason, {len(gone)} reasons without a survivor, "
          f"{time.monotonic() - start:.0f} s")
    if unexplained:
        print(f"\nKill these with a test, or say in {SURVIVORS.relative_to(ROOT)} why nobody could:\n")
        print("\n".join(told(m) for m in unexplained))
    for key in gone:
        print(f"explained in {SURVIVORS.relative_to(ROOT)}, but killed now or no mutant any more: {key}")
    return 1 if unexplained or gone else 0


if __name__ == "__main__":
    sys.exit(main())
