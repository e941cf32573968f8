"""The benchmark as one HTML page that opens without a network: a drawing for each scenario, and the tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from simulation.benchmark_control.grids import Grid
from simulation.benchmark_control.origin import Origin
from simulation.benchmark_control.results import BASELINE, Results
from simulation.benchmark_control.show import html
from simulation.report.chart_delay import delay_bars
from simulation.report.page_drawings import DrawingStore, section
from simulation.report.page_shell import page as shell
from simulation.report.page_top import notes_band
from simulation.report.palette import strategy_colours

_CSS = "td.good .value{color:var(--good)}td.bad .value{color:var(--bad)}td .value{white-space:normal}"


def page(results: Results, tables: Sequence[Grid], origin: Origin) -> str:
    """The page as text. Nothing in it is fetched from anywhere."""
    store = DrawingStore()
    records = list(results.records.values())
    body = "".join([_top(results, origin), notes_band(records), _drawings(results, store),
                    *(section(escape(grid.title), escape(grid.french), html(grid), escape(grid.note)) for grid in tables),
                    _failures(results), _reproduce(origin)])
    return shell("Control benchmark", body, store, css=_CSS)


def _top(results: Results, origin: Origin) -> str:
    facts = [("Scenarios", "Scénarios", str(len(results.cases))), ("Strategies", "Stratégies", str(len(results.strategies))),
             ("Seeds", "Tirages", origin.seeds), ("Simulated", "Durée", origin.duration),
             ("Runs", "Simulations", f"{len(results.records)} of {results.wanted}"),
             ("Commit", "Version du code", origin.commit or "–")]
    cells = "".join(f"<div><dt>{label} · <i>{french}</i></dt><dd>{escape(value)}</dd></div>" for label, french, value in facts)
    missing = (f'<p class="lead worse">Incomplete: {results.missing} of {results.wanted} runs were not made.</p>'
               if results.missing else "")
    return ('<header class="top"><h1>Control benchmark</h1>'
            '<p class="fr">Banc d\'essai : chaque stratégie sur chaque scénario · simulation SUMO</p>'
            f'{missing}<dl class="facts">{cells}</dl></header>')


def _drawings(results: Results, store: DrawingStore) -> str:
    colours = strategy_colours(list(results.strategies), BASELINE)
    parts = []
    for i, case in enumerate(results.cases):
        records = results.of(case.label)
        names = [name for name in results.strategies if results.of(case.label, name)]
        drawing = delay_bars(records, names, colours) if records else None
        if drawing is not None:
            clearance = "" if case.street else " · benchmark clearance"
            parts.append(f"<div><h3>{escape(case.label)}{clearance}</h3>{store.add(f'case-{i}', drawing)}</div>")
    if not parts:
        return ""
    return section("Mean delay by scenario", "Retard moyen par scénario", f'<div class="grid">{"".join(parts)}</div>',
                   "Bars: mean over the seeds with its 95 % interval; a dot is one seed. Each scenario has its own scale.")


def _failures(results: Results) -> str:
    if not results.failures:
        return ""
    rows = "".join(f"<li>{escape(f'{label}, {strategy}, seed {seed}: {reason}')}</li>"
                   for (label, strategy, seed), reason in results.failures.items())
    return section("Runs that failed", "Simulations échouées", f"<ul>{rows}</ul>")


def _reproduce(origin: Origin) -> str:
    versions = "; ".join(f"{name} {value}" for name, value in origin.versions.items())
    return section("Reproducing this", "Reproductibilité", f"<p><code>{escape(origin.command)}</code></p>", escape(versions))
