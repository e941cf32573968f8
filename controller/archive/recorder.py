"""One junction's reports as events: heads, calls, mode and faults."""

from __future__ import annotations

import math

from controller.archive.codes import Code
from controller.archive.event import LATEST_S, Event
from controller.archive.phases import clearance_s, phase_of
from controller.archive.tracks import SAME_S, Seen, Track
from controller.archive.walks import WalkTrack
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Fault, Mode, ModeSource

NOT_FLASHING = 2
FLASH = {ModeSource.CENTRE: 3, ModeSource.TIMETABLE: 3, ModeSource.PANEL: 4, ModeSource.FAULT: 5, ModeSource.START_UP: 7}
"""Why it flashes, as NTCIP 1202 counts (unitFlashStatus): automatic, local manual, fault monitor, start-up."""
MONITOR_FLASH, LOCAL_FLASH = 16, 32
"""Bits of unitAlarmStatus1 there."""
MODE_NUMBER = {mode: n for n, mode in enumerate(Mode, start=1)}
FAULT_NUMBER = {fault: n for n, fault in enumerate(Fault, start=1)}


class StatusRecorder:
    """Turns successive reports of one junction into events.

    ``epoch_ahead_s`` is how far 1970 UTC is in front of the clock of the reports. ``after_s`` (UTC) is how far the log goes
    already: a green that stands at the first report is written where it began after that. A report that does not fit the
    junction, or is older than the one before, is passed over.
    """

    def __init__(self, junction: Junction, device: int, *, epoch_ahead_s: float = 0.0, after_s: float = -math.inf) -> None:
        self.junction, self.device, self.epoch_ahead_s = junction, device, epoch_ahead_s
        self._after_s = after_s
        self._tracks = [
            (WalkTrack if g.for_pedestrians else Track)(
                g, device, phase_of(junction, g.id), 0.0 if g.for_pedestrians else junction.yellow_s,
                clearance_s(junction, g.id))
            for g in junction.groups]
        self._was: CabinetStatus | None = None

    def because(self, code: Code) -> None:
        """Greens that end from now on do so for this: gap out, max out or force off (which holds until something else is
        said)."""
        for track in self._tracks:
            track.ended_by = code

    def note(self, status: CabinetStatus) -> list[Event]:
        """What this report shows for the first time, by time. Nothing is written twice, however often a state is reported."""
        was, n = self._was, len(self._tracks)
        if status.junction != self.junction.id or len(status.heads) != n or len(status.head_since_s) != n:
            return []
        own_s = status.reported_s - status.clock_ahead_s
        if not (all(map(math.isfinite, status.head_since_s)) and 0 <= status.reported_s + self.epoch_ahead_s < LATEST_S):
            return []
        if was is not None and not own_s >= was.reported_s - was.clock_ahead_s:
            return []
        made: list[Event] = []
        for track, head, since_s in zip(self._tracks, status.heads, status.head_since_s, strict=True):
            # Nothing has changed after the report that says so.
            made += track.note(Seen(head, min(since_s, status.reported_s) + self.epoch_ahead_s,
                                    status.reported_s + self.epoch_ahead_s, status.clock_ahead_s), self._after_s)
        made += [*self._mode(was, status), *self._faults(was, status), *self._calls(was, status)]
        self._was = status
        return sorted(made, key=lambda e: e.time_s)

    def _event(self, code: Code, at_s: float, parameter: int = 0, detail: str = "") -> Event:
        return Event(max(0.0, at_s + self.epoch_ahead_s), self.device, code, parameter, detail)

    def _mode(self, was: CabinetStatus | None, now: CabinetStatus) -> list[Event]:
        """A report does not say since when its mode is so: the event has the report's time."""
        before = (was.mode, was.mode_source) if was else (None, None)
        if before == (now.mode, now.mode_source):
            return []
        made, at_s = [], now.reported_s
        number, detail = MODE_NUMBER[now.mode], f"{now.mode} by {now.mode_source}"
        if was is not None and (was.mode is Mode.CENTRAL) != (now.mode is Mode.CENTRAL):
            made.append(self._event(Code.TAKE_OVER if now.mode is Mode.CENTRAL else Code.HAND_BACK, at_s, number, detail))
        elif was is not None:
            made.append(self._event(Code.MODE_CHANGE, at_s, number, detail))
        for code, mark in ((Code.UNIT_FLASH_STATUS, _flash), (Code.UNIT_ALARM_STATUS, _alarm)):
            if (mark(*before) if was else mark(None, None)) != mark(now.mode, now.mode_source):
                made.append(self._event(code, at_s, mark(now.mode, now.mode_source), detail))
        if (before[0] is Mode.MANUAL) != (now.mode is Mode.MANUAL):
            made.append(self._event(Code.MANUAL_CONTROL, at_s, int(now.mode is Mode.MANUAL), detail))
        if _powerless(*before) != _powerless(now.mode, now.mode_source):
            made.append(self._event(Code.POWER_FAILURE if now.mode is Mode.DARK else Code.POWER_RESTORED, at_s, 0, detail))
        return made

    def _faults(self, was: CabinetStatus | None, now: CabinetStatus) -> list[Event]:
        before = was.faults if was else frozenset()
        return [self._event(code, now.reported_s, FAULT_NUMBER[fault], fault)
                for code, changed in ((Code.FAULT_BEGAN, now.faults - before), (Code.FAULT_ENDED, before - now.faults))
                for fault in sorted(changed)]

    def _calls(self, was: CabinetStatus | None, now: CabinetStatus) -> list[Event]:
        before = was.call_since_s if was else {}
        made: list[Event] = []
        for group in [*before, *(g for g in now.call_since_s if g not in before)]:
            old_s, new_s = before.get(group), now.call_since_s.get(group)
            if group not in self.junction.group or (was is not None and old_s is not None and new_s is not None and abs(
                    (old_s - was.clock_ahead_s) - (new_s - now.clock_ahead_s)) < SAME_S):
                continue
            if old_s is not None:
                made += self._call(group, now.reported_s if new_s is None else min(new_s, now.reported_s), dropped=True)
            if new_s is not None and math.isfinite(new_s) and new_s + self.epoch_ahead_s > self._after_s:
                made += self._call(group, min(new_s, now.reported_s), dropped=False)
        return made

    def _call(self, group: GroupId, at_s: float, *, dropped: bool) -> list[Event]:
        """People's calls are registered and not dropped: the enumeration has no number for that."""
        phase = phase_of(self.junction, group)
        if self.junction.group[group].for_pedestrians:
            return [] if dropped else [self._event(Code.PED_CALL_REGISTERED, at_s, phase)]
        return [self._event(Code.PHASE_CALL_DROPPED if dropped else Code.PHASE_CALL_REGISTERED, at_s, phase)]


def _flash(mode: Mode | None, source: ModeSource | None) -> int:
    return FLASH[source] if mode is Mode.FLASHING and source is not None else NOT_FLASHING


def _alarm(mode: Mode | None, source: ModeSource | None) -> int:
    if mode is not Mode.FLASHING:
        return 0
    return {ModeSource.FAULT: MONITOR_FLASH, ModeSource.PANEL: LOCAL_FLASH}.get(source, 0) if source else 0


def _powerless(mode: Mode | None, source: ModeSource | None) -> bool:
    return mode is Mode.DARK and source is ModeSource.FAULT
