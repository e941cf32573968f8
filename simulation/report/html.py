"""The report: one HTML file with everything in it, Plotly included, that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from simulation.record import RunRecord
from simulation.report.chart_approaches import approach_chart
from simulation.report.chart_delay import change_forest, delay_bars, delay_spread
from simulation.report.chart_queues import busiest_junctions, junction_queues, queue_heat_map, queues_over_time
from simulation.report.page_details import signal_section, time_space_section
from simulation.report.page_drawings import DrawingStore, junction_names, section
from simulation.report.page_end import reproducibility_section
from simulation.report.page_explain import explain_section
from simulation.report.page_shell import page
from simulation.report.page_table import definitions_html, summary_html
from simulation.report.page_top import top
from simulation.report.palette import strategy_colours, strategy_dashes
from simulation.report.statistics import baseline_of, by_strategy, estimates, paired_differences, summary
from simulation.whole_file import write_whole

Runs = Mapping[str, Mapping[int, RunRecord]]


def write_report(records: Sequence[RunRecord], path: Path, *, baseline: str | None = None) -> Path:
    """Writes the report of ``records`` to ``path`` and gives ``path``; ``baseline`` defaults to the first strategy.

    Raises :class:`InvalidValue` for no runs, mixed scenarios, a seed twice or an unknown baseline, and
    :class:`OutputError` where the file cannot be written; a file that was there before is then left as it was.
    """
    write_whole(path, report_page(records, baseline=baseline).encode(), "the report")
    return path


def report_page(records: Sequence[RunRecord], *, baseline: str | None = None) -> str:
    """The report as HTML text; raises as :func:`write_report`."""
    found = by_strategy(records)
    base = baseline_of(list(found), baseline)
    runs: Runs = {base: found[base]} | found
    strategies = list(runs)
    means, changes = summary(records), paired_differences(records, base)
    store = DrawingStore()
    figures = {key for values in means.values() for key in values}
    body = "".join([
        top(records, strategies, estimates(records), changes),
        _summary_section(records, runs, store, base),
        _queue_section(runs, store, base),
        _approach_section(runs, store, base),
        time_space_section(runs, store, base),
        signal_section(runs, store, base),
        explain_section(runs, store),
        section("What the figures mean", "Définitions des grandeurs", definitions_html(figures)),
        reproducibility_section(records, strategies),
    ])
    return page(records[0].title, body, store)


def _summary_section(records: Sequence[RunRecord], runs: Runs, store: DrawingStore, base: str) -> str:
    strategies = list(runs)
    colours = strategy_colours(strategies, base)
    changes = paired_differences(records, base)
    seeds = max(len(own) for own in runs.values())
    parts = []
    bars = delay_bars(records, strategies, colours)
    spread = delay_spread(estimates(records), strategies, colours)
    if bars is not None:
        under = (f'<h3>Spread between vehicles</h3><p class="fr">Dispersion entre véhicules : médiane, moyenne, 95e centile</p>'
                 f'{store.add("spread", spread)}') if spread is not None else ""
        parts.append(f'<div><h3>Mean delay</h3><p class="fr">Retard moyen</p>{store.add("delay", bars)}{under}</div>')
    forest = change_forest(changes, colours)
    if forest is not None:
        parts.append(f"<div><h3>Change from {escape(base)}</h3>"
                     f'<p class="fr">Écart à la référence ; ▸ : plus haut vaut mieux</p>{store.add("change", forest)}</div>')
    words = []
    if seeds > 1:
        words.append("Mean ± half-width of the 95 % confidence interval (Student's t) over the seeds")
        if bars is not None:
            words.append("a dot is one seed")
    if len(strategies) > 1:
        words.append(f"below each value, its change from {escape(base)}" + (", paired by seed, coloured where the interval "
                     "excludes chance" if seeds > 1 else "; one seed gives no interval"))
        words.append("bold green: best mean")
        if len({frozenset(own) for own in runs.values()}) > 1:
            words.append("not every strategy ran every seed: trust the paired changes, not the means")
    return section("Results", "Résultats", f'<div class="two">{"".join(parts)}</div>'
                   + summary_html(summary(records), changes, strategies), _sentence(words))


def _sentence(words: Sequence[str]) -> str:
    text = "; ".join(words)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _queue_section(runs: Runs, store: DrawingStore, base: str) -> str:
    strategies = list(runs)
    lines = queues_over_time(runs, strategy_colours(strategies, base), strategy_dashes(strategies, base))
    body = f'<div class="wide">{store.add("queues", lines)}</div>' if lines is not None else ""
    everything = [record for seeds in runs.values() for record in seeds.values()]
    names = junction_names(runs)
    junctions = busiest_junctions(everything, list(names))
    by_name = {name: found for name, seeds in runs.items() if (found := junction_queues(seeds.values(), junctions)) is not None}
    if by_name:
        most = max(float(queues.max()) for _, queues in by_name.values())
        maps = []
        for i, name in enumerate(by_name):
            heat = queue_heat_map(runs[name], junctions, names, most)
            if heat is not None:
                maps.append(f"<div><h3>{escape(name)}</h3>{store.add(f'heat-{i}', heat)}</div>")
        body += ('<h3>By junction</h3><p class="fr">Par carrefour : véhicules en file, moyenne par minute</p>'
                 f'<div class="grid">{"".join(maps)}</div>')
    if not body:
        return ""
    return section("Queues over time", "Files d'attente au cours du temps", body,
                   "Vehicles standing or nearly so; mean over the seeds, the light band from the least to the most of any seed."
                   " The heat maps share one colour scale.")


def _approach_section(runs: Runs, store: DrawingStore, base: str) -> str:
    found = approach_chart(runs, junction_names(runs), strategy_colours(list(runs), base))
    if found is None:
        return ""
    drawing, shown, total = found
    left = f" The {shown} worst of {total} approaches are drawn." if shown < total else ""
    return section("Delay by approach", "Retard par branche", f'<div class="wide">{store.add("approaches", drawing)}</div>',
                   f"Junctions by their worst approach, worst first; mean over the seeds, weighted by vehicles.{left}")
