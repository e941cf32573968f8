"""The summary table of the report and the definitions of its figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

from simulation.report.catalogue import FigureInfo, figure_info, in_order
from simulation.report.statistics import Difference, Summary
from simulation.report.table import best_of, shown_figures
from simulation.report.wording import against_baseline, interval

_ELSEWHERE = "See the metrics page of the documentation."
_FRENCH = '<span class="fr-inline">{}</span>'


def summary_html(means: Summary, changes: Mapping[str, Mapping[str, Difference]], strategies: Sequence[str]) -> str:
    """Main figures, then the others folded away; the first of ``strategies`` is the baseline."""
    keys = shown_figures(means)
    main = [key for key in keys if figure_info(key).main]
    rest = [key for key in keys if not figure_info(key).main]
    folded = (f'<details><summary>All other figures · <i>Autres grandeurs</i></summary>'
              f'{_table(rest, means, changes, strategies)}</details>') if rest else ""
    return _table(main, means, changes, strategies) + folded


def definitions_html(keys: Collection[str]) -> str:
    """Each figure's name, unit and definition."""
    rows = []
    for key in in_order(keys):
        info = figure_info(key)
        french = _FRENCH.format(escape(info.french)) if info.french else ""
        rows.append(f"<tr><td>{escape(info.label)}{french}</td><td><code>{escape(key)}</code></td>"
                    f"<td>{escape(info.unit)}</td><td>{escape(info.definition) or _ELSEWHERE}</td></tr>")
    return ('<div class="scroll"><table class="words"><thead><tr><th>Figure</th><th>Name in JSON</th><th>Unit</th>'
            f"<th>Definition</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>")


def _table(keys: Sequence[str], means: Summary, changes: Mapping[str, Mapping[str, Difference]],
           strategies: Sequence[str]) -> str:
    heads = "".join(f"<th>{escape(name)}{_FRENCH.format('référence') if i == 0 and len(strategies) > 1 else ''}</th>"
                    for i, name in enumerate(strategies))
    rows = []
    for key in keys:
        info = figure_info(key)
        best = best_of(info, {name: means[name][key]["mean"] for name in strategies if key in means[name]})
        cells = "".join(_cell(means[name].get(key), changes.get(name, {}).get(key), info, name in best) for name in strategies)
        french = _FRENCH.format(escape(info.french)) if info.french else ""
        rows.append(f'<tr data-figure="{escape(key)}"><td>{escape(info.label)}{french}</td>'
                    f'<td class="unit">{escape(info.unit)}</td>{cells}</tr>')
    return (f'<div class="scroll"><table><thead><tr><th>Figure{_FRENCH.format("Grandeur")}</th>'
            f'<th class="unit">Unit{_FRENCH.format("Unité")}</th>{heads}</tr></thead>'
            f'<tbody>{"".join(rows)}</tbody></table></div>')


def _cell(value: Mapping[str, float | None] | None, change: Difference | None, info: FigureInfo, best: bool) -> str:
    if value is None or value["mean"] is None:
        return '<td><span class="value">–</span></td>'
    text = f'<span class="value">{interval(value["mean"], value["ci95"], info)}</span>'
    if change is not None and (said := against_baseline(change, info)):
        text += f'<span class="change{_judgement(change, info)}">{said}</span>'
    return f'<td class="best">{text}</td>' if best else f"<td>{text}</td>"


def _judgement(change: Difference, info: FigureInfo) -> str:
    """Coloured only where the interval excludes chance: a difference of one seed stays grey."""
    unseen = change.percent is not None and round(change.percent, 1) == 0
    if not change.certain or unseen or info.better == "neither":
        return ""
    return " better" if (change.mean < 0) == (info.better == "lower") else " worse"
