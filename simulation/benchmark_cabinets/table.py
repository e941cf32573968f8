"""The benchmark's figures beside what they must hold, as a table and as plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from simulation.benchmark_cabinets.rate import Isolation, Rate
    from simulation.benchmark_cabinets.soak import Soak
    from simulation.benchmark_cabinets.troubles import Cuts, Killed

TICK_MS, WORSE, GROWTH, LOCAL_S = 150.0, 0.20, 0.05, 10.0
"""Targets: p99 of a tick, of polls beside a broken cabinet, growth of memory, heartbeat limit."""
Row = tuple[str, str, str, bool]


def rows_of(found: Any) -> list[Row]:
    """(what, figure, target, reached) of one part's result."""
    return _ROWS[type(found).__name__](found)


def _rate(r: Rate) -> list[Row]:
    what = f"{r.cabinets} cabinets, {r.protocol}, {1 / r.period_s:g} Hz"
    return [(f"{what}: tick p50 / p99 / worst", f"{r.p50_ms:.1f} / {r.p99_ms:.1f} / {r.worst_ms:.0f} ms", f"p99 ≤ {TICK_MS:g} ms",
             r.p99_ms <= TICK_MS),
            (f"{what}: ticks missed", f"{r.missed} of {r.ticks}", "0", r.missed == 0),
            (f"{what}: poll p50 / p99", f"{r.poll_p50_ms:.1f} / {r.poll_p99_ms:.1f} ms", "", True),
            (f"{what}: daemon's share of a core", f"{100 * r.cpu:.0f} %", "stated", True),
            (f"{what}: requests judged, most in one tick; violations on heads",
             f"{r.requests:.0f}, {r.busiest:.0f}; {r.violations}", "0 violations", r.violations == 0)]


def _isolation(i: Isolation) -> list[Row]:
    return [(f"one cabinet with {i.fault}: the others' polls, p99 of {i.polls:,}",
             f"{i.calm_ms:.1f} → {i.troubled_ms:.1f} ms ({i.worse:+.0%})", f"within {WORSE:.0%}", i.worse <= WORSE)]


def _killed(k: Killed) -> list[Row]:
    return [("SIGKILL: all on their local plan after", f"{k.local_after_s:.1f} s", f"≤ {LOCAL_S:g} s + a look of 0.2 s",
             k.local_after_s <= LOCAL_S + 0.5),
            ("started anew: all under the centre after", f"{k.again_s:.1f} s", "", True),
            ("SIGKILL and new start: violations on heads", str(k.violations), "0", k.violations == 0)]


def _cuts(c: Cuts) -> list[Row]:
    return [(f"network of {c.cut} of {c.cabinets} cut {c.times} times: violations on heads", str(c.violations), "0",
             c.violations == 0),
            ("all under the centre again after the last cut", f"{c.recovered_s:.1f} s", "all recovered", True)]


def _soak(s: Soak) -> list[Row]:
    what = f"{s.street_s / 3600:g} h of street time, {s.cabinets} cabinets, {s.faults} faults"
    return [(f"{what}: memory", f"{s.memory_begin_mb:.1f} → {s.memory_end_mb:.1f} MB ({s.growth:+.1%})", f"within {GROWTH:.0%}",
             s.growth <= GROWTH),
            (f"{what}: events written and found", f"{s.events} / {s.found}", "none lost", s.events == s.found),
            (f"{what}: violations on heads", f"{s.violations} ({s.requests} requests judged)", "0", s.violations == 0)]


_ROWS: dict[str, Callable[[Any], list[Row]]] = {"Rate": _rate, "Isolation": _isolation, "Killed": _killed, "Cuts": _cuts,
                                                "Soak": _soak}


def as_plain(found: list[Any]) -> list[dict[str, Any]]:
    """For JSON."""
    return [{"part": type(f).__name__.lower(), **asdict(f),
             "targets": [{"what": w, "figure": v, "target": t, "reached": ok} for w, v, t, ok in rows_of(f) if t]} for f in found]


def table(found: list[Any]) -> Table:
    from rich.table import Table

    told = Table("what", "figure", "target", "", title="Cabinets · Armoires")
    for f in found:
        for what, figure, target, reached in rows_of(f):
            told.add_row(what, figure, target, "" if not target else "[green]reached[/green]" if reached else "[red]missed[/red]")
    return told
