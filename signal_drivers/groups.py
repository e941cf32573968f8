"""Signal groups (FR: lignes de feux): heads that always show the same aspect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId
from signal_drivers.limits import check_seconds


class GroupKind(StrEnum):
    VEHICLE = "vehicle"
    PEDESTRIAN = "pedestrian"
    TRAM = "tram"
    BUS = "bus"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class SignalGroup:
    """One signal group.

    ``crossing_length_m`` is kerb to kerb and required for pedestrian groups, since their times follow from it.
    Raises :class:`InvalidValue` for an empty id, a negative or non-finite time, or a pedestrian group without length.
    """

    id: GroupId
    kind: GroupKind
    min_green_s: float
    crossing_length_m: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise InvalidValue("signal group with an empty id", where=self.name or None)
        check_seconds("min_green_s", self.min_green_s, f"signal group {self.id}")
        length = self.crossing_length_m
        if self.kind is GroupKind.PEDESTRIAN:
            if length is None or not math.isfinite(length) or length <= 0:
                raise InvalidValue(f"crossing_length_m is {length!r}, a pedestrian group needs a length > 0 m",
                                   where=f"signal group {self.id}")
        elif length is not None:
            raise InvalidValue(f"crossing_length_m is {length!r}, only pedestrian groups have one",
                               where=f"signal group {self.id}")

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def for_pedestrians(self) -> bool:
        return self.kind is GroupKind.PEDESTRIAN
