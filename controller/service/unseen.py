"""A moment at which nobody watches anything: the service sees no traffic, posts do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Unseen:
    """Raises KeyError for everything, as a frame does for what nobody watches."""

    time_s: float

    def lane(self, lane: str) -> NoReturn:
        raise KeyError(lane)

    def exit(self, lane: str) -> NoReturn:
        raise KeyError(lane)

    def crossing(self, junction: str, group: str) -> NoReturn:
        raise KeyError(group)

    def conflict_area(self, junction: str) -> NoReturn:
        raise KeyError(junction)
