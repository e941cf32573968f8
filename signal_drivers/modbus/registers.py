"""The register map: the one definition that drivers, emulators, conformance and ``docs/modbus-map.md`` follow.

One cabinet is one Modbus server, unit 1. Only three functions are used, since every unit in the field has them: read holding
registers (3), read input registers (4; the same registers, for what may only be read) and write multiple registers (16).
"""

from __future__ import annotations

from signal_drivers.modbus.layout import Access, Block, Field, Kind
from signal_drivers.status import Head
from signal_drivers.wire.command import Wanted
from signal_drivers.wire.report import FAULTS, MODES, SOURCES, Answer, DetectorState

UNIT = 1
LONGEST_READ = 125
"""Registers that one answer holds (Modbus Application Protocol 1.1b3, 6.3)."""
MAX_GROUPS, MAX_STAGES, MAX_DETECTORS = 32, 64, 40
AGE_TENTHS = 10
"""Ages of calls are in tenths of a second, one more than they are, so that 0 is left for nobody."""

U16, U32, U64, TEXT = Kind.U16, Kind.U32, Kind.U64, Kind.TEXT
_ANSWERS = tuple(a.name.lower().replace("_", " ") for a in Answer)

IDENTITY = Block("Identity", 0, Access.READ, "Who answers. Read once after connecting; a map version or checksum that is not the "
                 "expected one ends the connection before anything is commanded.", (
    Field("map_version", U16, "Version of this map"),
    Field("checksum", U32, "CRC-32 of the configuration in canonical JSON"),
    Field("groups", U16, "Signal groups configured"),
    Field("stages", U16, "Stages configured"),
    Field("detectors", U16, "Detectors configured"),
    Field("plans", U16, "Local plans stored"),
    Field("name", TEXT, "Junction id, cut off where it is longer"),
))

STATE = Block("State", 100, Access.READ, "The report. A read that begins at its first register takes a new one; a read that "
              "begins later continues the last one taken, so that a long report is never torn.", (
    Field("counter", U16, "Rises with every report made anew"),
    Field("uptime_ms", U64, "Time since the unit started; nobody can set it", "ms"),
    Field("heartbeat_echo", U16, "Last heartbeat received"),
    Field("sequence_echo", U32, "Sequence of the last stage call received"),
    Field("stage_echo", U16, "Stage of the last stage call received"),
    Field("answer", U16, "What became of it", codes=_ANSWERS),
    Field("mode", U16, "What the unit does", codes=tuple(m.value for m in MODES)),
    Field("source", U16, "On whose account", codes=tuple(s.value for s in SOURCES)),
    Field("plan", U16, "Local plan that runs or would run"),
    Field("stage", U16, "Stage whose groups are all green; 0 in a transition and out of service"),
    Field("target", U16, "Stage under way; equal to `stage` when reached"),
    Field("stage_age_ms", U32, "Time since the stage was reached", "ms"),
    Field("cycle_s", U16, "Second of the local plan's cycle", "s"),
    Field("faults", U16, "Faults that stand", codes=tuple(f.value for f in FAULTS), bits=True),
    Field("confirm", U64, "Stage confirm: bit n-1 is Gn, the one of the stage reached; none in a transition", bits=True),
), per="signal group", at_most=MAX_GROUPS, each=(
    Field("head", U16, "Aspect of its heads", codes=tuple(h.name.lower().replace("_", " ") for h in Head)),
    Field("head_age_ms", U32, "Time it has shown it; a green keeps its age when it starts or stops yielding", "ms"),
    Field("call", U16, "1 + tenths of a second somebody has waited; 0 without demand", "0.1 s"),
))

SERVICE = Block("Service", 300, Access.READ, "What changes seldom. Read when something of it was commanded, and now and then.", (
    Field("clock_ms", U64, "Calendar clock, since 1970 in UTC", "ms"),
    Field("clock_echo", U32, "Sequence of the last clock call received"),
    Field("clock_answer", U16, "What became of it", codes=_ANSWERS),
    Field("hurry_echo", U32, "Sequence of the last hurry call received"),
    Field("hurry_answer", U16, "What became of it", codes=_ANSWERS),
    Field("hurry_stage", U16, "Stage of the hurry call that stands; 0 without one"),
))

DETECTORS = Block("Detectors", 400, Access.READ, "One row for each detector. A read that begins at the first register takes them "
                  "anew.", (), per="detector", at_most=MAX_DETECTORS, each=(
    Field("count_veh", U16, "Vehicles passed since the detector was started, modulo 65536", "veh"),
    Field("present_veh", U16, "Vehicles in its range", "veh"),
    Field("occupancy", U16, "Share of its range that is covered", "0.1 %"),
    Field("speed", U16, "Mean speed of those in range", "0.1 m/s"),
    Field("queue", U16, "From the stop line to the tail of those who stand", "0.1 m"),
    Field("quality", U16, "As the unit judges it", codes=tuple(d.name.lower() for d in DetectorState)),
))

STANDING = Block("Standing orders", 1000, Access.WRITE, "Sign of life, and what holds as long as it comes: without a new "
                 "heartbeat for the unit's limit (10 s) all of it is void and the local plan takes over.", (
    Field("heartbeat", U16, "Must differ from the last one"),
    Field("wanted", U16, "Mode asked for", codes=tuple(w.name.lower() for w in Wanted)),
    Field("plan", U16, "Local plan to run while central; 0 leaves the stages to calls"),
), per="signal group", at_most=MAX_GROUPS, each=(
    Field("demand", U16, "1 + tenths of a second somebody has waited; 0 without demand", "0.1 s"),
))

STAGE_CALL = Block("Stage call", 1100, Access.WRITE, "One request for a stage. The answer is in the state block.", (
    Field("sequence", U32, "Must be above the last one"),
    Field("force", U64, "Stage force: bit n-1 is Fn; exactly one may be set", bits=True),
    Field("issued_ms", U64, "When it was made, in the unit's uptime", "ms"),
    Field("life_ms", U16, "How long it may be taken after that", "ms"),
))

HURRY_CALL = Block("Hurry call", 1120, Access.WRITE, "A stage wanted at once for an emergency vehicle, held until the call "
                   "expires.", (
    Field("sequence", U32, "Must be above the last one"),
    Field("stage", U16, "Stage wanted; 0 ends the call that stands"),
    Field("level", U16, "0 to 14; the higher one wins"),
    Field("issued_ms", U64, "When it was made, in the unit's uptime", "ms"),
    Field("life_ms", U32, "How long it stands after that", "ms"),
))

CLOCK_CALL = Block("Clock call", 1140, Access.WRITE, "Sets the calendar clock.", (
    Field("sequence", U32, "Must be above the last one"),
    Field("clock_ms", U64, "Since 1970 in UTC", "ms"),
))

BLOCKS = (IDENTITY, STATE, SERVICE, DETECTORS, STANDING, STAGE_CALL, HURRY_CALL, CLOCK_CALL)
