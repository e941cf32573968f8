"""The report of a conformance run: JSON, a table for the console, and one HTML page that needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from simulation.conformance.suite import Result
from simulation.conformance.timeline import timeline
from simulation.conformance.verdict import VERDICT_FR, Outcome, Verdict
from simulation.report.style import CSS

if TYPE_CHECKING:
    from rich.table import Table

MARK = {Verdict.PASSED: "[green]passed[/green]", Verdict.FAILED: "[bold red]failed[/bold red]",
        Verdict.NOT_TRIED: "[yellow]not tried[/yellow]"}
MARGIN_S, AROUND_S = 1.0, 15.0
"""Drawn before and after a trial, and around the moment that something was seen."""
STYLE = """
table.verdicts{border-collapse:collapse;width:100%}.verdicts td,.verdicts th{border-bottom:1px solid var(--line);padding:6px 8px;
text-align:left;vertical-align:top}.passed{color:var(--good);white-space:nowrap}.failed{color:var(--bad);font-weight:600}
.not-tried{color:#8a6100;white-space:nowrap}svg.heads{width:100%;height:auto}
"""


def facts(result: Result) -> dict[str, Any]:
    """Everything of a run as one JSON object."""
    who = result.identity
    return {
        "junction": result.junction.id, "cabinet": result.where, "passed": result.passed, "cut_short": result.cut_short or None,
        "counts": {v.value.replace(" ", "_"): result.count(v) for v in Verdict}, "left": result.left,
        "identity": None if who is None else {"map_version": who.map_version, "checksum": f"{who.checksum:08x}", "name": who.name,
                                              "groups": who.groups, "stages": who.stages, "detectors": who.detectors},
        "looks": len(result.looks), "seconds": result.looks[-1].got_s if result.looks else 0.0,
        "behaviours": [{"id": o.id, "title": o.title, "title_fr": o.title_fr, "verdict": o.verdict.value,
                        "expected": o.expected or None, "seen": o.seen, "began_s": round(o.began_s, 2),
                        "ended_s": round(o.ended_s, 2), "at_s": o.at_s} for o in result.outcomes]}


def headline(result: Result) -> str:
    """In one sentence, what came of it."""
    counts = ", ".join(f"{n} {v.value}" for v in Verdict if (n := result.count(v)))
    return f"{result.junction.label} at {result.where}: {counts or 'nothing tried'}" + (
        f"; {result.cut_short}" if result.cut_short else "")


def table(result: Result) -> Table:
    """For the console."""
    from rich.markup import escape as plain
    from rich.table import Table

    made = Table("behaviour", "verdict", "s", "what was seen", title=f"Conformance · Conformité: {plain(result.where)}")
    for o in result.outcomes:
        made.add_row(f"{o.title}\n[dim]{o.id} · {o.title_fr}[/dim]", MARK[o.verdict], f"{o.ended_s - o.began_s:.0f}",
                     plain(told(o)))
    return made


def told(o: Outcome) -> str:
    """What was seen; where it failed, what was expected as well."""
    return f"expected: {o.expected}\nseen: {o.seen}" if o.verdict is Verdict.FAILED else o.seen


def page(result: Result) -> str:
    """The report as HTML text, with a drawing of the heads for each behaviour that failed."""
    rows = "".join(
        f'<tr><td>{escape(o.title)}<span class="fr-inline">{escape(o.title_fr)} · {escape(o.id)}</span></td>'
        f'<td class="{o.verdict.value.replace(" ", "-")}">{o.verdict.value}'
        f'<span class="fr-inline">{VERDICT_FR[o.verdict]}</span></td><td>{o.ended_s - o.began_s:.1f} s</td>'
        f"<td>{escape(told(o)).replace(chr(10), '<br>')}</td></tr>" for o in result.outcomes)
    drawn = "".join(_drawing(result, o) for o in result.outcomes if o.verdict is Verdict.FAILED)
    who = result.identity
    checked = f"configuration {who.checksum:08x}, map version {who.map_version}, {len(result.looks)} looks" if who else ""
    title = f"Conformance of {result.junction.label}"
    failed = f'<section><h2>Heads where it failed</h2><p class="fr">États des feux</p>{drawn}</section>' if drawn else ""
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{CSS}{STYLE}</style><main><header class=\"top\"><h1>{escape(title)}</h1>"
            f'<p class="fr">Conformité d’un contrôleur de carrefour</p><p class="lead">{escape(headline(result))}</p>'
            f"<p>{escape(checked)}. {escape(result.left)}. {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.</p></header>"
            f'<section><table class="verdicts"><tr><th>Behaviour</th><th>Verdict</th><th>Time</th><th>What was seen</th></tr>'
            f"{rows}</table></section>{failed}</main></html>")


def _drawing(result: Result, o: Outcome) -> str:
    from_s, until_s = (o.began_s - MARGIN_S, o.ended_s + MARGIN_S) if o.at_s is None else (o.at_s - AROUND_S, o.at_s + AROUND_S)
    drawing = timeline(result.junction, result.looks, max(0.0, from_s), until_s, o.at_s)
    return f"<h3>{escape(o.title)}</h3><p>{escape(o.seen)}</p>{drawing}"
