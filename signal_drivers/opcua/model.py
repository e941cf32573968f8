"""The OPC UA information model: the one definition that driver, emulator and the published nodeset follow.

A cabinet is one object, ``Cabinet`` of type ``CabinetType``, under Objects. Its variables are the report, its methods the
commands; node ids are strings, ``Cabinet.<name>``, so that nobody has to browse. Arrays follow the junction's signal groups or
detectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from signal_drivers.status import Head
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import FAULTS, MODES, SOURCES, Answer, DetectorReport, DetectorState, Identity, Report

NAMESPACE = "urn:mourour:cabinet:1"
OBJECT, OBJECT_TYPE = "Cabinet", "CabinetType"
NO_CALL = 0
"""In an array of ages of calls: nobody waits. Others are one more than they are."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``kind`` names the built-in data type; ``each`` says what an array has one value for, empty for a scalar. ``seldom`` marks
    what a centre need not be told every second."""

    name: str
    kind: str
    meaning: str
    get: Callable[[Report], Any]
    each: str = ""
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    kind: str
    meaning: str
    array: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """Every method returns one ``Answer``, see :class:`~signal_drivers.wire.report.Answer`."""

    name: str
    meaning: str
    arguments: tuple[Argument, ...]


def _codes(values: Any) -> str:
    return ", ".join(f"{i} {getattr(v, 'value', v)}" for i, v in enumerate(values))


_ANSWERS = ", ".join(f"{a.value} {a.name.lower().replace('_', ' ')}" for a in Answer)

IDENTITY: tuple[tuple[str, str, str], ...] = (
    ("MapVersion", "UInt16", "Version of this model"),
    ("Checksum", "UInt32", "CRC-32 of the configuration in canonical JSON"),
    ("GroupCount", "UInt16", "Signal groups configured"),
    ("StageCount", "UInt16", "Stages configured"),
    ("DetectorCount", "UInt16", "Detectors configured"),
    ("PlanCount", "UInt16", "Local plans stored"),
    ("JunctionName", "String", "Junction id"),
)
"""Read once after connecting; in the order of :class:`~signal_drivers.wire.report.Identity`."""

VARIABLES: tuple[Variable, ...] = (
    Variable("Counter", "UInt16", "Rises with every report made anew; the last to be written of one", lambda r: r.counter),
    Variable("Uptime", "UInt64", "Time since the unit started, ms; nobody can set it", lambda r: r.uptime_ms),
    Variable("HeartbeatEcho", "UInt16", "Last heartbeat received", lambda r: r.heartbeat_echo),
    Variable("SequenceEcho", "UInt32", "Sequence of the last stage call received", lambda r: r.sequence_echo),
    Variable("StageEcho", "UInt16", "Stage of the last stage call received", lambda r: r.stage_echo),
    Variable("StageAnswer", "UInt16", f"What became of it: {_ANSWERS}", lambda r: int(r.answer)),
    Variable("Mode", "UInt16", f"What the unit does: {_codes(MODES)}", lambda r: MODES.index(r.mode)),
    Variable("ModeSource", "UInt16", f"On whose account: {_codes(SOURCES)}", lambda r: SOURCES.index(r.source)),
    Variable("Plan", "UInt16", "Local plan that runs or would run", lambda r: r.plan),
    Variable("Confirm", "UInt64", "Stage confirm: bit n-1 is Gn, the one of the stage reached; none in a transition",
             lambda r: 1 << r.stage - 1 if r.stage else 0),
    Variable("Target", "UInt16", "Stage under way", lambda r: r.target),
    Variable("StageSince", "UInt64", "Uptime at which the stage was reached, ms", lambda r: r.stage_since_ms),
    Variable("CycleSecond", "UInt16", "Second of the local plan's cycle", lambda r: r.cycle_s, seldom=True),
    Variable("Faults", "UInt16", f"Faults that stand, a bit each: {_codes(FAULTS)}",
             lambda r: sum(1 << i for i, fault in enumerate(FAULTS) if fault in r.faults)),
    Variable("Heads", "UInt16", f"Aspect of each group's heads: {_codes([h.name.lower() for h in Head])}",
             lambda r: list(map(int, r.heads)), "signal group"),
    Variable("HeadSince", "UInt64", "Uptime since which they have shown it, ms; a green keeps its age when it starts or stops "
             "yielding", lambda r: list(r.head_since_ms), "signal group"),
    Variable("CallSince", "UInt64", "1 + uptime since which somebody has waited, ms; 0 without demand",
             lambda r: [NO_CALL if ms is None else 1 + max(0, ms) for ms in r.call_since_ms], "signal group"),
    Variable("HurryEcho", "UInt32", "Sequence of the last hurry call received", lambda r: r.hurry_echo, seldom=True),
    Variable("HurryAnswer", "UInt16", "What became of it", lambda r: int(r.hurry_answer), seldom=True),
    Variable("HurryStage", "UInt16", "Stage of the hurry call that stands; 0 without one", lambda r: r.hurry_stage, seldom=True),
    Variable("Clock", "UInt64", "Calendar clock, ms since 1970 in UTC", lambda r: r.clock_ms, seldom=True),
    Variable("ClockEcho", "UInt32", "Sequence of the last clock call received", lambda r: r.clock_echo, seldom=True),
    Variable("ClockAnswer", "UInt16", "What became of it", lambda r: int(r.clock_answer), seldom=True),
    Variable("DetectorCounts", "UInt16", "Vehicles passed since the detector was started, modulo 65536",
             lambda r: [d.count_veh & 0xFFFF for d in r.detectors], "detector"),
    Variable("DetectorPresent", "UInt16", "Vehicles in range", lambda r: [d.present_veh for d in r.detectors], "detector"),
    Variable("DetectorOccupancy", "Float", "Share of the range that is covered, 0 to 1",
             lambda r: [d.occupancy for d in r.detectors], "detector"),
    Variable("DetectorSpeed", "Float", "Mean speed of those in range, m/s", lambda r: [d.speed_mps for d in r.detectors],
             "detector"),
    Variable("DetectorQueue", "Float", "From the stop line to the tail of those who stand, m",
             lambda r: [d.queue_m for d in r.detectors], "detector"),
    Variable("DetectorQuality", "UInt16", f"As the unit judges it: {_codes([d.name.lower() for d in DetectorState])}",
             lambda r: [int(d.state) for d in r.detectors], "detector"),
)

STANDING = Method("Standing", "Sign of life, and what holds as long as it comes.", (
    Argument("Heartbeat", "UInt16", "Must differ from the last one"),
    Argument("Wanted", "UInt16", "0 local, 1 central, 2 flashing"),
    Argument("Plan", "UInt16", "Local plan to run while central; 0 leaves the stages to calls"),
    Argument("CallAge", "UInt64", "For each group 1 + ms somebody has waited; 0 without demand", array=True),
))
STAGE_CALL = Method("CallStage", "One request for a stage.", (
    Argument("Sequence", "UInt32", "Must be above the last one"),
    Argument("Force", "UInt64", "Stage force: bit n-1 is Fn; exactly one may be set"),
    Argument("Issued", "UInt64", "When it was made, in the unit's uptime, ms"),
    Argument("Life", "UInt32", "How long it may be taken after that, ms"),
))
HURRY_CALL = Method("CallHurry", "A stage wanted at once for an emergency vehicle, held until the call expires.", (
    Argument("Sequence", "UInt32", "Must be above the last one"),
    Argument("Stage", "UInt16", "Stage wanted; 0 ends the call that stands"),
    Argument("Level", "UInt16", "0 to 14; the higher one wins"),
    Argument("Issued", "UInt64", "When it was made, in the unit's uptime, ms"),
    Argument("Life", "UInt32", "How long it stands after that, ms"),
))
CLOCK_CALL = Method("SetClock", "Sets the calendar clock.", (
    Argument("Sequence", "UInt32", "Must be above the last one"),
    Argument("Clock", "UInt64", "ms since 1970 in UTC"),
))
METHODS = (STANDING, STAGE_CALL, HURRY_CALL, CLOCK_CALL)


def to_identity(values: Mapping[str, Any]) -> Identity:
    """Raises :class:`Garbled` where a value is missing."""
    try:
        return Identity(*(values[name] for name, _, _ in IDENTITY))
    except KeyError as error:
        raise Garbled(f"identity has no {error}") from error


def to_report(v: Mapping[str, Any]) -> Report:
    """The report that the variables' values make. Raises :class:`Garbled` for one that cannot be."""
    try:
        confirm = int(v["Confirm"])
        if confirm & (confirm - 1):
            raise ValueError(f"confirm bits are {confirm:#x}")
        if v["Faults"] >> len(FAULTS):
            raise ValueError(f"fault bits are {v['Faults']:#x}")
        return Report(
            v["Counter"], v["Uptime"], v["Clock"], v["HeartbeatEcho"], v["SequenceEcho"], v["StageEcho"],
            Answer(v["StageAnswer"]), MODES[v["Mode"]], SOURCES[v["ModeSource"]], v["Plan"], confirm.bit_length(), v["Target"],
            v["StageSince"], v["CycleSecond"], frozenset(f for i, f in enumerate(FAULTS) if v["Faults"] >> i & 1),
            tuple(map(Head, v["Heads"])), tuple(v["HeadSince"]),
            tuple(None if ms == NO_CALL else ms - 1 for ms in v["CallSince"]), v["HurryEcho"],
            Answer(v["HurryAnswer"]), v["HurryStage"], v["ClockEcho"], Answer(v["ClockAnswer"]), _detectors(v))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise Garbled(f"{type(error).__name__}: {error}") from error


def _detectors(v: Mapping[str, Any]) -> tuple[DetectorReport, ...]:
    columns = (v["DetectorCounts"], v["DetectorPresent"], v["DetectorOccupancy"], v["DetectorSpeed"], v["DetectorQueue"],
               v["DetectorQuality"])
    return tuple(DetectorReport(count, present, occupancy, speed, queue, DetectorState(state))
                 for count, present, occupancy, speed, queue, state in zip(*columns, strict=True))
