"""What can be wrong with a cabinet, on purpose."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Mischief:
    """Faults of the connection, to be switched on and off while it runs: ``hang`` leaves every question unanswered, ``refuse``
    answers each with an error, ``garble`` sends other bytes than were meant, ``delay_s`` answers late."""

    hang: bool = False
    refuse: bool = False
    garble: bool = False
    delay_s: float = 0.0

    def clear(self) -> None:
        for f in fields(self):
            setattr(self, f.name, f.default)
