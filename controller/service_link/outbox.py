"""What has happened and the service has not acknowledged yet, in the order in which it happened."""

from __future__ import annotations

from collections import deque
from itertools import count, islice
from typing import Any, NamedTuple

import structlog

log = structlog.get_logger("mourour.service")
MOST = 2000
"""Entries kept for a service that is silent; the oldest are given up first. The post's own archive has them all."""
AT_ONCE = 200
"""Entries of one report."""


class Entry(NamedTuple):
    """``part`` is the part of the report it belongs to."""

    number: int
    part: str
    said: dict[str, Any]


class Outbox:
    """``run`` names this run of the post: numbers begin anew with the next."""

    def __init__(self, run: str, most: int = MOST) -> None:
        self.run, self.given_up = run, 0
        self._entries: deque[Entry] = deque(maxlen=most)
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, part: str, said: dict[str, Any]) -> None:
        if len(self._entries) == self._entries.maxlen:
            if self.given_up == 0:
                log.error("service.outbox_full", most=len(self._entries))
            self.given_up += 1
        self._entries.append(Entry(next(self._numbers), part, said))

    def first(self) -> list[Entry]:
        """Those to be said next."""
        return list(islice(self._entries, AT_ONCE))

    def stored(self, entries: list[Entry]) -> None:
        """The service has them."""
        while self._entries and entries and self._entries[0].number <= entries[-1].number:
            self._entries.popleft()
        if not self._entries:
            self.given_up = 0

    def drop(self, entry: Entry) -> None:
        """The service can make nothing of it, and would refuse all that comes behind it."""
        if entry in self._entries:
            self._entries.remove(entry)
            log.error("service.entry_refused", part=entry.part, said=entry.said)


def parts(entries: list[Entry]) -> dict[str, list[dict[str, Any]]]:
    """As they stand in a report."""
    told: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        told.setdefault(entry.part, []).append(entry.said)
    return told
