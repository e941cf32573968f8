"""Heads over time as a drawing: one row a signal group, coloured as its lamps were seen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from signal_drivers.junction import Junction
from signal_drivers.status import Head
from simulation.conformance.look import Look
from simulation.report.palette import INK, MUTED, SIGNAL_GREEN, SIGNAL_RED, SIGNAL_YELLOW, SIGNAL_YIELD

COLOUR = {Head.DARK: "#3b4148", Head.RED: SIGNAL_RED, Head.RED_AMBER: "#e8833a", Head.AMBER: SIGNAL_YELLOW,
          Head.GREEN: SIGNAL_GREEN, Head.GREEN_YIELD: SIGNAL_YIELD, Head.FLASHING_AMBER: "#f7dc8a"}
LEFT, ROW, WIDTH = 70.0, 18.0, 900.0
TICKS_S = (1, 2, 5, 10, 20, 60, 120)


def timeline(junction: Junction, looks: Sequence[Look], from_s: float, until_s: float, mark_s: float | None = None) -> str:
    """An SVG of the looks between two times of the run, ``mark_s`` marked; empty where there are none."""
    seen = [look for look in looks if from_s <= look.got_s <= until_s]
    if not seen:
        return ""
    span_s = max(1.0, until_s - from_s)
    height = ROW * len(junction.groups) + 24

    def x(at_s: float) -> float:
        return round(LEFT + (WIDTH - LEFT) * (at_s - from_s) / span_s, 1)

    parts = [f'<svg class="heads" viewBox="0 0 {WIDTH:g} {height:g}" role="img" font-size="11" font-family="sans-serif">']
    for i, group in enumerate(junction.groups):
        y = ROW * i
        parts.append(f'<text x="{LEFT - 6:g}" y="{y + 13:g}" text-anchor="end" fill="{INK}">{escape(group.id)}</text>')
        for begun_s, ended_s, head in _spans(seen, i, until_s):
            told = f"{group.id} {head.name.lower().replace('_', ' ')} {begun_s:.1f} to {ended_s:.1f} s"
            parts.append(f'<rect x="{x(begun_s)}" y="{y + 2:g}" width="{max(0.5, x(ended_s) - x(begun_s)):.1f}" '
                         f'height="{ROW - 4:g}" fill="{COLOUR[head]}"><title>{escape(told)}</title></rect>')
    step_s = next((t for t in TICKS_S if span_s / t <= 15), 300)
    tick_s = step_s * int(-(-from_s // step_s))
    while tick_s <= until_s:
        parts.append(f'<line x1="{x(tick_s)}" x2="{x(tick_s)}" y1="0" y2="{height - 18:g}" stroke="#fff" stroke-width="0.6"/>'
                     f'<text x="{x(tick_s)}" y="{height - 5:g}" text-anchor="middle" fill="{MUTED}">{tick_s} s</text>')
        tick_s += step_s
    if mark_s is not None:
        parts.append(f'<line x1="{x(mark_s)}" x2="{x(mark_s)}" y1="0" y2="{height - 18:g}" stroke="{INK}" stroke-width="1.5" '
                     'stroke-dasharray="4 2"/>')
    return "".join(parts) + "</svg>"


def _spans(looks: Sequence[Look], i: int, until_s: float) -> list[tuple[float, float, Head]]:
    """When a head was first seen to show something, and until when."""
    found: list[tuple[float, float, Head]] = []
    for look in looks:
        if not found or found[-1][2] is not look.heads[i]:
            if found:
                found[-1] = (found[-1][0], look.got_s, found[-1][2])
            found.append((look.got_s, until_s, look.heads[i]))
    return found
