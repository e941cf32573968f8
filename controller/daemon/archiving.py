"""A post's recorder that writes the event archive. Devices are numbered by the order of the site's cabinets, from 1."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from controller.archive.book import write_book
from controller.archive.codes import Code
from controller.archive.event import Event
from controller.archive.query import last_s
from controller.archive.recorder import StatusRecorder
from controller.archive.writer import Archive
from controller.daemon.recording import Happening
from signal_drivers.errors import MourourError
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus

log = structlog.get_logger("mourour.archive")
CODES = {
    Happening.VETO: Code.GUARD_VETO, Happening.VIOLATION: Code.VIOLATION_SEEN, Happening.LATCHED: Code.LATCHED,
    Happening.STEP_DOWN: Code.LADDER_STEP_DOWN, Happening.STEP_UP: Code.LADDER_STEP_UP, Happening.LOST: Code.CABINET_LOST,
    Happening.FOUND: Code.CABINET_FOUND, Happening.HAND_BACK: Code.HAND_BACK,
    Happening.INCIDENT_BEGAN: Code.INCIDENT_BEGAN, Happening.INCIDENT_ENDED: Code.INCIDENT_ENDED,
    Happening.AMBULANCE_SEEN: Code.AMBULANCE_SEEN, Happening.AMBULANCE_GONE: Code.AMBULANCE_GONE,
    Happening.CAMERA: Code.CAMERA_QUALITY, Happening.VALIDATION: Code.VALIDATION}
EVERY_S = 1.0


class Archiving:
    """Keeps what a post's cabinets show and what happens, in ``folder``. ``epoch_ahead_s`` is how far 1970 is in front of the
    post's clock. ``written`` is told how many events each time. Raises :class:`OutputError` where the folder cannot be
    written to."""

    def __init__(self, folder: Path, post: str, junctions: Mapping[JunctionId, Junction], epoch_ahead_s: float,
                 written: Callable[[int], None] = lambda count: None) -> None:
        self.archive = Archive(folder, post)
        self._device = {j: n for n, j in enumerate(junctions, start=1)}
        write_book(folder, post, {self._device[j]: junction for j, junction in junctions.items()})
        self._epoch_ahead_s, self._written = epoch_ahead_s, written
        self._recorders = {}
        for j, junction in junctions.items():
            before = last_s(folder, self._device[j])
            self._recorders[j] = StatusRecorder(junction, self._device[j], epoch_ahead_s=epoch_ahead_s,
                                                after_s=before if before is not None else -math.inf)
        self.events = 0
        self._refused = ""

    def status(self, status: CabinetStatus) -> None:
        found = self._recorders[status.junction].note(status)
        if found:
            self._add(found)

    def happened(self, junction: JunctionId, what: Happening, now_s: float, parameter: int = 0, detail: str = "") -> None:
        self._add([Event(now_s + self._epoch_ahead_s, self._device[junction], CODES[what], parameter, detail[:200])])

    def _add(self, events: list[Event]) -> None:
        self.archive.add(events)
        self.events += len(events)
        self._written(len(events))

    async def run(self) -> None:
        """Write what is due every second until cancelled, in a thread: control does not wait for disks."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await asyncio.to_thread(self.archive.tick)
            except MourourError as error:
                if str(error) != self._refused:
                    self._refused = str(error)
                    log.error("archive.refused", error=self._refused, kept_in_memory=self.archive.waiting)
            else:
                if self._refused:
                    log.info("archive.writes_again")
                self._refused = ""

    def close(self) -> None:
        """Write what is left. A disk that refuses even then is logged: everything else has been done."""
        try:
            self.archive.close()
        except MourourError as error:
            log.error("archive.refused", error=str(error), lost=self.archive.waiting)
