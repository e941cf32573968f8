"""Limits a cabinet is held to, apart from those of its junction's configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields

from signal_drivers.limits import check_seconds


@dataclass(frozen=True, slots=True)
class Expect:
    """All in seconds. ``every_s`` is how often heads are looked at; ``tolerance_s`` is granted on every duration on top of what
    lies between two looks, for units that count in tenths. Raises :class:`InvalidValue` for a negative or endless time."""

    every_s: float = 0.1
    tolerance_s: float = 0.15
    answer_s: float = 1.0
    """From a command to its echo, and from a standing order to the mode it asks for."""
    heartbeat_limit_s: float = 10.0
    conflict_s: float = 0.3
    age_s: float = 0.5
    """What the told age of a head may be off from what was seen: reports may be a few tenths old."""
    start_up_limit_s: float = 60.0
    local_limit_s: float = 150.0
    """The local plan must have shown another stage by then."""
    tour_s: float = 120.0
    """For the tour of stage changes; 0 tries every ordered pair."""

    def __post_init__(self) -> None:
        for f in fields(self):
            check_seconds(f.name, getattr(self, f.name), "conformance", minimum=0.02 if f.name == "every_s" else 0.0)
