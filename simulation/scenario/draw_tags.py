"""Labels beside the places they name, so that no two lie on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from simulation.scenario.draw_sheet import Tag
from simulation.scenario.draw_svg import text_width_px

# Up right first, where readers look for it; then the other corners, then the same farther out.
_STEPS = ((1, -1), (1, 1), (-1, -1), (-1, 1), (2, -2), (2, 2), (-2, -2), (-2, 2), (3, -3.5), (3, 3.5), (-3, -3.5), (-3, 3.5))
STEP_PX = 15.0

Box = tuple[float, float, float, float]


def apart(tags: Sequence[Tag], metres_per_px: float) -> list[Tag]:
    """The tags, each shifted to the first place beside its point that covers no other tag and no other tag's point."""
    points = [(t.at_m[0] / metres_per_px, -t.at_m[1] / metres_per_px) for t in tags]
    dots = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    taken: list[Box] = []
    placed = []
    for i, tag in enumerate(tags):
        choices = [_box(tag, points[i], step) for step in _STEPS]
        others = taken + dots[:i] + dots[i + 1:]
        shift, box = next(((s, b) for s, b in choices if not any(_meet(b, o) for o in others)), choices[0])
        taken.append(box)
        placed.append(replace(tag, shift_px=shift))
    return placed


def _box(tag: Tag, at: tuple[float, float], step: tuple[float, float]) -> tuple[tuple[float, float], Box]:
    width, height = text_width_px(unescape(tag.text), tag.size_px, tag.bold) + 10, tag.size_px + 8
    dx, dy = step[0] * STEP_PX - (width if step[0] < 0 else 0), step[1] * STEP_PX * 0.85
    return (dx, dy), (at[0] + dx, at[1] + dy - height / 2, at[0] + dx + width, at[1] + dy + height / 2)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
