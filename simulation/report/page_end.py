"""How to run the same again: command, seeds, versions, and what the safety guard refused."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape

from simulation.record import RunRecord
from simulation.report.page_drawings import section
from simulation.report.wording import seeds_text


def reproducibility_section(records: Sequence[RunRecord], strategies: Sequence[str]) -> str:
    """Command line, versions, and vetoes by reason."""
    versions = {name: value for record in records for name, value in record.versions.items()}
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in sorted(versions.items()))
    table = ('<div class="scroll"><table class="words"><thead><tr><th>Software</th><th>Version</th></tr></thead>'
             f"<tbody>{rows}</tbody></table></div>") if rows else ""
    return section("Reproducing this", "Reproductibilité",
                   f"<p><code>{escape(command(records, strategies))}</code></p>"
                   "<p>The same scenario, strategy and seed give the same trips, vehicle by vehicle. "
                   '<span class="fr-inline">Même scénario, même stratégie, même tirage : mêmes trajets.</span></p>'
                   f"{_vetoes(records)}{table}")


def command(records: Sequence[RunRecord], strategies: Sequence[str]) -> str:
    """The command that makes these runs again."""
    first = records[0]
    seeds = sorted({record.seed for record in records})
    words = ["mourour", "simulate" if len(records) == 1 else "compare", first.scenario]
    if len(records) == 1:
        words += ["--strategy", first.strategy, "--seed", str(first.seed)]
    else:
        words += ["--strategies", ",".join(strategies), "--seeds", seeds_text(seeds)]
    words += ["--duration", f"{first.end_s - first.begin_s:g}", "--view", first.view, "--clearance", first.clearance]
    if first.detectors != "perfect":
        words += ["--detectors", first.detectors]
    if len(records) == 1:
        words += [word for track in first.explain for word in ("--explain", track.junction)]
    return shlex.join(words)


def _vetoes(records: Sequence[RunRecord]) -> str:
    counts: dict[tuple[str, str], int] = {}
    for record in records:
        for reason, count in record.vetoes.items():
            counts[record.strategy, reason] = counts.get((record.strategy, reason), 0) + count
    if not counts:
        return ""
    rows = "".join(f"<tr><td>{escape(strategy)}</td><td>{escape(reason)}</td><td>{count}</td></tr>"
                   for (strategy, reason), count in sorted(counts.items()))
    return ('<h3>Requests the safety guard refused</h3><p class="fr">Demandes refusées par le garde</p>'
            '<div class="scroll"><table class="words"><thead>'
            "<tr><th>Strategy</th><th>Reason</th><th>Requests, all seeds</th></tr>"
            f"</thead><tbody>{rows}</tbody></table></div>")
