"""The benchmark as one still picture (SVG): a panel of bars for each scenario, a dot for each seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from statistics import median

from simulation.benchmark_control.cases import Case
from simulation.benchmark_control.origin import Origin
from simulation.benchmark_control.results import BASELINE, Results
from simulation.report.drawing import FONT
from simulation.report.flatten import flat_figures
from simulation.report.palette import GRID, INK, MUTED, strategy_colours
from simulation.report.statistics import MAIN_FIGURE
from simulation.report.wording import number
from simulation.scenario.draw_svg import text_width_px

MARGIN, TOP, GAP = 24.0, 84.0, 30.0
PANEL, BARS, ROW, HEAD = 560.0, 350.0, 21.0, 44.0
MOST = 2.5
"""A jam many times as long as the others would squeeze them: beyond this many times the median mean, bars are cut."""


def picture(results: Results, origin: Origin) -> str:
    """The SVG's text; two panels abreast, each with its own scale from 0."""
    shown = [case for case in results.cases if results.of(case.label)]
    colours = strategy_colours(list(results.strategies), BASELINE)
    columns = min(2, max(1, len(shown)))
    heights = [HEAD + ROW * len(results.strategies) + 26 for _ in shown]
    tall = max(heights, default=0.0)
    rows = -(-len(shown) // columns)
    width = 2 * MARGIN + columns * PANEL + (columns - 1) * GAP
    height = TOP + rows * (tall + 14) + 30
    facts = f"mean over seeds {origin.seeds}, s per vehicle; a dot is one seed; every vehicle that SUMO loaded counts"
    body = [f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            _text(MARGIN, 36, "Mean delay by scenario and strategy", 21, INK, bold=True),
            _text(MARGIN, 58, facts, 12.5, MUTED)]
    if columns == 1:
        body[2] = _text(MARGIN, 58, facts, 12.5, MUTED, squeeze=width - 2 * MARGIN)
    for i, case in enumerate(shown):
        x = MARGIN + (i % columns) * (PANEL + GAP)
        y = TOP + (i // columns) * (tall + 14)
        body += _panel(results, case, colours, x, y)
    notes = "Synthetic demand in Casablanca's scenarios." if any(case.street for case in shown) else ""
    if any(not case.street for case in shown):
        notes += " † Published nets with the clearance of published benchmarks: not for a street."
    body.append(_text(MARGIN, height - 14, notes.strip(), 11.5, MUTED))
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
            f'font-family="{escape(FONT)}">\n<title>Mean delay by scenario and strategy</title>')
    return "\n".join([head, *body, "</svg>", ""])


def _panel(results: Results, case: Case, colours: dict[str, str], x: float, y: float) -> Iterable[str]:
    means = {name: cell.mean for name in results.strategies if (cell := results.cell(case.label, name))}
    dots = {name: [value for record in results.of(case.label, name)
                   if (value := flat_figures(record).get(MAIN_FIGURE)) is not None] for name in means}
    best = results.best(case.label)
    most_s = _scale_s(list(means.values()), [value for row in dots.values() for value in row])
    left = x + PANEL - BARS - 66

    def at(value: float) -> float:
        return left + BARS * min(value, most_s) / most_s

    yield _text(x, y + 16, case.label + ("" if case.street else " †"), 14.5, INK, bold=True)
    bottom = y + HEAD - 16 + ROW * len(results.strategies)
    step = next(s for s in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e9) if most_s / s <= 6)
    for tick in range(int(most_s // step) + 1):
        value = tick * step
        yield (f'<line x1="{at(value):.1f}" y1="{y + 26:g}" x2="{at(value):.1f}" y2="{bottom:g}" stroke="{GRID}"/>'
               + _text(at(value), bottom + 14, f"{value:g}", 10.5, MUTED, anchor="middle"))
    for i, name in enumerate(results.strategies):
        middle = y + HEAD - 16 + ROW * (i + 0.5)
        bold = name in best
        yield _text(left - 8, middle + 4, name, 12, INK, bold=bold, anchor="end")
        if name not in means:
            yield _text(left + 6, middle + 4, "failed" if results.failed(case.label, name) else "not run", 11, MUTED)
            continue
        end = at(means[name])
        told = f"<title>{escape(name)}: {number(means[name], 1)} s</title>"
        yield (f'<rect x="{left:.1f}" y="{middle - 7:.1f}" width="{max(0.5, end - left):.1f}" height="14" rx="1.5" '
               f'fill="{colours.get(name, INK)}" fill-opacity="0.62">{told}</rect>')
        yield from (_dot(at(value), middle, value > most_s) for value in dots[name])
        reach = max([end, *(at(value) for value in dots[name])])
        cut = "≫ " if max([means[name], *dots[name]]) > most_s else ""
        yield _text(reach + 9, middle + 4, cut + number(means[name], 1), 11.5, INK, bold=bold)


def _dot(x: float, y: float, beyond: bool) -> str:
    if beyond:
        return f'<path d="M{x - 3:.1f} {y - 4:.1f}l6 4l-6 4Z" fill="#ffffff" stroke="{INK}" stroke-width="1.1"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.9" fill="#ffffff" stroke="{INK}" stroke-width="1.1"/>'


def _scale_s(means: Sequence[float], values: Sequence[float]) -> float:
    """Right end of a panel's scale, s."""
    everything = [*means, *values]
    if not everything:
        return 1.0
    return max(1.0, min(max(everything), MOST * median(means)))


def _text(x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start",
          squeeze: float = 0.0) -> str:
    weight = ' font-weight="600"' if bold else ""
    long = squeeze and text_width_px(text, size) > squeeze
    narrow = f' textLength="{squeeze:g}" lengthAdjust="spacingAndGlyphs"' if long else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}{narrow}>'
            f"{escape(text)}</text>")
