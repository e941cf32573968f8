"""Sections of the report that hold drawings, and the store the page draws them from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from simulation.record import RunRecord
from simulation.report.drawing import as_data

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DETAIL_BUDGET_CHARS = 3_600_000
"""With Plotly's own 4.8 million characters, a report stays under 10 MB, accents included."""

Words = tuple[str, str]


class DrawingStore:
    """Drawings by key, and how much room is left for detailed ones."""

    def __init__(self) -> None:
        self.drawings: dict[str, dict[str, Any]] = {}
        self._left_chars = DETAIL_BUDGET_CHARS

    def add(self, key: str, drawing: Figure) -> str:
        """Stores a drawing and gives the element that shows it."""
        self.drawings[key] = as_data(drawing)
        self._left_chars -= len(json.dumps(self.drawings[key]))
        return f'<div class="chart" data-drawing="{key}"></div>'

    def add_choices(self, group: dict[str, tuple[Figure, Words]]) -> bool:
        """Stores drawings that are chosen together, with what is said below each; False, storing none, if they do not fit."""
        plain = {key: {**as_data(drawing), "words": list(words)} for key, (drawing, words) in group.items()}
        size = len(json.dumps(plain))
        if size > self._left_chars:
            return False
        self._left_chars -= size
        self.drawings |= plain
        return True


def section(title: str, french: str, body: str, caption: str = "") -> str:
    """A titled section, the French subtitle below the English title."""
    small = f'<p class="caption">{caption}</p>' if caption else ""
    return f'<section><h2>{title}</h2><p class="fr">{french}</p>{body}{small}</section>'


def viewer(store: DrawingStore, name: str, label: str, items: Sequence[str], strategies: Sequence[str],
           shown_first: Sequence[str], make: Callable[[int, str], tuple[Figure, Words] | None], *,
           choice: str = "Strategy · <i>Stratégie</i>") -> tuple[str, int]:
    """One panel for each of ``shown_first``, with choices of item (corridor, junction) and strategy.

    ``make(item index, strategy)`` draws one; ``choice`` is what the choice of strategy is called. Items are stored
    while there is room; gives the HTML ('' if nothing can be drawn) and how many items had no room.
    """
    kept: list[tuple[int, str]] = []
    left_out = 0
    for i, item in enumerate(items):
        if left_out:
            left_out += 1
            continue
        found = {f"{name}-{i}-{j}": made for j, strategy in enumerate(strategies) if (made := make(i, strategy)) is not None}
        if found and store.add_choices(found):
            kept.append((i, item))
        elif found:
            left_out = 1
    if not kept:
        return "<p>Too large to keep in one file.</p>" if left_out else "", left_out
    options = "".join(f'<option value="{i}">{escape(item)}</option>' for i, item in kept)
    panels = "".join(_panel(strategies, first, choice) for first in shown_first)
    items_choice = f'<div class="controls"><label>{label} <select class="item">{options}</select></label></div>'
    return f'<div data-viewer="{name}">{items_choice}{panels}</div>', left_out


def _panel(strategies: Sequence[str], first: str, choice: str) -> str:
    options = "".join(f'<option value="{i}"{" selected" if name == first else ""}>{escape(name)}</option>'
                      for i, name in enumerate(strategies))
    return (f'<div class="panel"><div class="controls"><label>{choice} '
            f'<select class="strategy">{options}</select></label></div>'
            '<div class="wide"><div class="chart"></div></div>'
            '<p class="missing caption" hidden>Nothing was recorded here for this strategy. '
            "<i>Rien d'enregistré pour cette stratégie.</i></p>"
            '<p class="caption said"></p><p class="fr said-fr"></p></div>')


def junction_names(runs: Mapping[str, Mapping[int, RunRecord]]) -> dict[str, str]:
    """Junctions' names by id: along the corridors first, then the others as they were recorded."""
    records = [record for seeds in runs.values() for record in seeds.values()]
    names = {track.junction: track.name or track.junction for record in records for track in record.signals}
    along = [junction for record in records for corridor in record.corridors for junction in corridor.junctions]
    return {junction: names[junction] for junction in dict.fromkeys([*along, *names]) if junction in names}
