"""What a cabinet says of itself, before anybody's clock or names are put to it. Modbus and OPC UA both carry exactly this.

Times are milliseconds of the cabinet's own uptime, which nobody can set and which begins anew when it restarts; ``clock_ms`` is
its calendar clock, which only its plans follow. Groups, stages and detectors are told by their place in the junction's
configuration, stages and plans counted from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from signal_drivers.status import Fault, Head, Mode, ModeSource

MODES = (Mode.DARK, Mode.FLASHING, Mode.LOCAL, Mode.CENTRAL, Mode.MANUAL)
"""Place in this tuple is the code on the wire; never reorder, only append. The same holds for the next two."""
SOURCES = (ModeSource.START_UP, ModeSource.TIMETABLE, ModeSource.CENTRE, ModeSource.PANEL, ModeSource.FAULT)
FAULTS = (Fault.LAMP, Fault.DETECTOR, Fault.CONFLICT, Fault.DOOR, Fault.MAINS, Fault.CLOCK)
"""Place in this tuple is the bit on the wire."""


class Answer(IntEnum):
    """What became of a command that has a sequence number."""

    NONE = 0
    TAKEN = 1
    NOT_CENTRAL = 2
    UNKNOWN = 3
    """no such stage or plan, or not exactly one stage asked for"""
    EXPIRED = 4
    OLD_SEQUENCE = 5
    IN_TRANSITION = 6
    MINIMUM_GREEN = 7
    NOT_ALLOWED = 8


class DetectorState(IntEnum):
    """Quality of a detector as the cabinet judges it."""

    BAD = 0
    DEGRADED = 1
    GOOD = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers: ``checksum`` is :func:`signal_drivers.wire.checksum.checksum` of the configuration it runs."""

    map_version: int
    checksum: int
    groups: int
    stages: int
    detectors: int
    plans: int
    name: str


@dataclass(frozen=True, slots=True)
class DetectorReport:
    """``count_veh`` since the detector was started, modulo 65536; ``present_veh`` in its range now, ``queue_m`` from the stop
    line to the tail of those who stand."""

    count_veh: int = 0
    present_veh: int = 0
    occupancy: float = 0.0
    speed_mps: float = 0.0
    queue_m: float = 0.0
    state: DetectorState = DetectorState.GOOD


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``counter`` rises with every one made anew (modulo 65536), so that a unit whose socket answers while its
    program stands still is found out. The echoes are of the last command of each kind, taken or not."""

    counter: int
    uptime_ms: int
    clock_ms: int
    heartbeat_echo: int
    sequence_echo: int
    stage_echo: int
    answer: Answer
    mode: Mode
    source: ModeSource
    plan: int
    stage: int
    """the stage whose groups are all green; 0 in a transition and out of service"""
    target: int
    stage_since_ms: int
    cycle_s: int
    faults: frozenset[Fault]
    heads: tuple[Head, ...]
    head_since_ms: tuple[int, ...]
    call_since_ms: tuple[int | None, ...]
    hurry_echo: int = 0
    hurry_answer: Answer = Answer.NONE
    hurry_stage: int = 0
    """stage of the hurry call that stands; 0 without one"""
    clock_echo: int = 0
    clock_answer: Answer = Answer.NONE
    detectors: tuple[DetectorReport, ...] = field(default=())
