"""Which of some boxes belong together, for a few dozen at most: plain numbers, since arrays so small take longer to make than to
use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Link = tuple[int, int, float]
"""Number of one of ours, number of one of theirs, and how much speaks for it, from 0 to 1."""


def overlaps(ours: Sequence[Box], theirs: Sequence[Box]) -> list[Link]:
    """All pairs that overlap, with the area they share over that of their union."""
    links = []
    rows = [(k, left, top, right, bottom, (right - left) * (bottom - top)) for k, (left, top, right, bottom) in enumerate(theirs)]
    for i, (left, top, right, bottom) in enumerate(ours):
        area = (right - left) * (bottom - top)
        for k, its_left, its_top, its_right, its_bottom, its_area in rows:
            if its_left >= right or its_right <= left or its_top >= bottom or its_bottom <= top:
                continue
            shared = (((right if right < its_right else its_right) - (left if left > its_left else its_left))
                      * ((bottom if bottom < its_bottom else its_bottom) - (top if top > its_top else its_top)))
            links.append((i, k, shared / (area + its_area - shared)))
    return links


def matched(links: Sequence[Link]) -> list[tuple[int, int]]:
    """Of ``links`` those, each number in one at most, for which most speaks in sum, the first of ours first."""
    ours, theirs = {i for i, _, _ in links}, {k for _, k, _ in links}
    if len(ours) == len(theirs) == len(links):
        # On a road this is the rule: boxes overlap with their own next one and with no other.
        return sorted((i, k) for i, k, _ in links)
    import lap  # type: ignore[import-untyped]

    row, column = {i: n for n, i in enumerate(sorted(ours))}, {k: n for n, k in enumerate(sorted(theirs))}
    cost = np.full((len(row), len(column)), 2.0)
    for i, k, much in links:
        cost[row[i], column[k]] = 1.0 - much
    # Jonker and Volgenant (1987); who costs the limit or more stays alone.
    _, partner, _ = lap.lapjv(cost, extend_cost=True, cost_limit=1.0)
    rows, columns = list(row), list(column)
    return [(rows[a], columns[b]) for a, b in enumerate(partner.tolist()) if b >= 0]
