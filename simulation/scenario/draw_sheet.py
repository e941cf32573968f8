"""What a drawing consists of, before anyone decides whether it becomes HTML, SVG or PNG.

Points are (x, y) in metres of the net, x east and y north; sizes whose names end in ``_px`` are pixels of the finished sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Path = Sequence[Point]
Symbol = Literal["area", "line", "dash", "rail", "dot", "zebra"]


@dataclass(frozen=True)
class Areas:
    """Filled rings of one colour."""

    rings: Sequence[Path]
    fill: str
    outline: str = ""
    outline_px: float = 1.0


@dataclass(frozen=True)
class Lines:
    """Lines of one colour; ``dash_px`` are dash and gap, empty for solid."""

    paths: Sequence[Path]
    colour: str
    width_px: float
    dash_px: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True)
class Spots:
    """Places that tell something when pointed at; drawn as discs where ``fill`` is given."""

    points: Sequence[Point]
    hovers: Sequence[str]
    fill: str = ""
    size_px: float = 12.0


@dataclass(frozen=True)
class Tag:
    """A small label on a coloured ground, centred on ``at_m`` or, with ``shift_px``, beside it with a leader line."""

    at_m: Point
    text: str
    colour: str
    ground: str
    size_px: float = 10.0
    hover: str = ""
    shift_px: tuple[float, float] | None = None
    bold: bool = False


Layer = Areas | Lines | Spots


@dataclass(frozen=True)
class Panel:
    """One map: ``box_px`` is left, top, width, height on the sheet; ``centre_m`` and ``span_m`` (width, height) what is seen."""

    box_px: tuple[float, float, float, float]
    centre_m: Point
    span_m: tuple[float, float]
    layers: Sequence[Layer]
    tags: Sequence[Tag] = ()
    title: str = ""
    subtitle: str = ""
    framed: bool = False
    scale_bar: bool = False

    @property
    def metres_per_px(self) -> float:
        _, _, width, height = self.box_px
        return max(self.span_m[0] / width, self.span_m[1] / height)


@dataclass(frozen=True)
class LegendEntry:
    symbol: Symbol
    colour: str
    text: str
    french: str = ""


@dataclass(frozen=True)
class Table:
    """A table under the drawing in HTML: cells are plain text, ``swatches`` a colour for the first cell of each row."""

    title: str
    french: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    swatches: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole drawing; ``side`` is a list of (number, name) that stands beside it."""

    title: str
    french: str
    facts: str
    size_px: tuple[float, float]
    panels: Sequence[Panel]
    legend: Sequence[LegendEntry] = ()
    side: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = field(default_factory=tuple)
    attribution: str = ""
