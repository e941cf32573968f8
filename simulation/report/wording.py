"""How numbers, differences, times and long names are written in tables and drawings."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.report.catalogue import FigureInfo
from simulation.report.statistics import Difference

MINUS = "\N{MINUS SIGN}"
RARE = 10.0
"""Of what happens less often than this in a run, a difference in per cent says nothing: from one collision to two is +1."""


def number(value: float, decimals: int) -> str:
    """``-1234.5`` → ``−1,234.5``; never ``−0``."""
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def interval(mean: float, ci95: float | None, info: FigureInfo) -> str:
    """``63.4 ± 2.1``; the mean alone where there is no interval or every seed gave the same.

    Enough decimals for the interval not to read as zero when it is not, two more than usual at most.
    """
    decimals = info.decimals
    while ci95 and decimals < info.decimals + 2 and round(ci95, decimals) == 0:
        decimals += 1
    text = number(mean, decimals)
    return f"{text} ± {number(ci95, decimals)}" if ci95 else text


def against_baseline(difference: Difference | None, info: FigureInfo) -> str:
    """As :func:`percent`; of rare events how many more or fewer, also where the baseline has none: ``+1``. Empty where there is
    nothing to be said."""
    if difference is None:
        return ""
    if not of_rare_events(difference, info):
        return percent(difference) if difference.percent is not None else ""
    decimals = 0 if difference.mean.is_integer() and not difference.ci95 else 1
    text = signed(difference.mean, decimals)
    return f"{text} ± {number(difference.ci95, decimals)}" if difference.ci95 else text


def of_rare_events(difference: Difference, info: FigureInfo) -> bool:
    """Whether per cent say nothing of what differs there."""
    before = 100.0 * difference.mean / difference.percent if difference.percent else 0.0
    return info.unit == "count" and bool(difference.mean) and before < RARE


def percent(difference: Difference) -> str:
    """``−14.2 %``, or ``−14.2 ± 1.9 %`` where an interval is known; a dash where the baseline is 0."""
    if difference.percent is None:
        return "–"
    if abs(difference.percent) >= 1000:
        # Of next to nothing anything is thousands of per cent: the values themselves say more.
        return "> +999 %" if difference.percent > 0 else f"< {MINUS}999 %"
    text = signed(difference.percent)
    return f"{text} ± {number(difference.percent_ci95, 1)} %" if difference.percent_ci95 else f"{text} %"


def signed(value: float, decimals: int = 1) -> str:
    text = number(value, decimals)
    return text if text.startswith(MINUS) or float(text.replace(",", "")) == 0 else f"+{text}"


def clock(time_s: float) -> str:
    """Second of the day as ``18:05``; past midnight it goes on counting hours."""
    minutes = int(time_s // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def shortened(text: str, length: int) -> str:
    """At most ``length`` characters, the middle replaced by an ellipsis: both ends of a junction's name tell."""
    if len(text) <= length:
        return text
    head = (length - 1) * 2 // 3
    return f"{text[:head].rstrip()}…{text[len(text) - (length - 1 - head):].lstrip()}"


def without_street(names: Sequence[str]) -> list[str]:
    """Names like ``Main × Cross`` without the street that most of them begin with: on its own corridor it says nothing."""
    firsts = [name.split(" × ", 1)[0] for name in names if " × " in name]
    if not firsts:
        return list(names)
    common = max(dict.fromkeys(firsts), key=firsts.count)
    if firsts.count(common) < 2:
        return list(names)
    return [name.removeprefix(f"{common} × ") for name in names]


def seeds_text(seeds: list[int]) -> str:
    """``[1, 2, 3, 7]`` → ``1-3,7``: what ``--seeds`` takes."""
    parts: list[str] = []
    ordered = sorted(seeds)
    start = 0
    for i, seed in enumerate(ordered):
        if i + 1 == len(ordered) or ordered[i + 1] != seed + 1:
            parts.append(str(seed) if i == start else f"{ordered[start]}-{seed}")
            start = i + 1
    return ",".join(parts)
