"""How an account is to be read, where it does not say so itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from detectors.counting.line import Direction


@dataclass(frozen=True, slots=True)
class Reading:
    """``clip``: which clip of a file of several. ``first_frame``: the number of the first image; None: 1 in MOT and ``.ottrk``
    files, 0 elsewhere. ``begin_s``: the account's time when the source begins. ``directions``: its own words for them."""

    clip: str | None = None
    first_frame: int | None = None
    begin_s: float | None = None
    directions: Mapping[str, Direction] = field(default_factory=lambda: MappingProxyType({}))

    def first(self, usual: int) -> int:
        return usual if self.first_frame is None else self.first_frame
