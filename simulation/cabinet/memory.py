"""What a control unit must still know after a power cut: the faults that only a person clears."""

from __future__ import annotations

import json
from pathlib import Path

from signal_drivers.status import Fault
from simulation.whole_file import write_whole

UNREADABLE = frozenset({Fault.CONFLICT})


class FaultMemory:
    """Latched faults, in a file where ``path`` is given. A file that cannot be understood counts as a latched conflict: a unit
    that does not know whether it may start does not. Raises :class:`OutputError` where the file cannot be written; what was
    latched is so all the same."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.latched: frozenset[Fault] = frozenset()
        if path is not None and path.exists():
            try:
                self.latched = frozenset(Fault(name) for name in json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError):
                self.latched = UNREADABLE

    def latch(self, fault: Fault) -> None:
        self._keep(self.latched | {fault})

    def clear(self) -> None:
        self._keep(frozenset())

    def _keep(self, latched: frozenset[Fault]) -> None:
        self.latched = latched
        if self.path is not None:
            write_whole(self.path, json.dumps(sorted(latched)).encode(), "the fault memory")
