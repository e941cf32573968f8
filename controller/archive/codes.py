"""Event codes: the Indiana enumerations, as far as they are written here, and our own above them.

Source: Sturdevant et al., Indiana Traffic Signal Hi Resolution Data Logger Enumerations, Purdue University and INDOT, 2012
(doi:10.4231/K4RN35SH), as extended in 2020. Numbers 0 to 255 are theirs. Vendors have used 256 to 1000 and analysis tools mark
their own intermediate rows from 901 on, so ours begin at 20001; they still fit the 16 bits that those tools read codes into.
"""

from __future__ import annotations

from enum import IntEnum

OWN = range(20001, 20100)
"""What the Indiana list has no number for; readers of that list pass over it."""


class Code(IntEnum):
    # Phases; the parameter is the phase.
    PHASE_ON = 0
    PHASE_BEGIN_GREEN = 1
    PHASE_MIN_COMPLETE = 3
    PHASE_GAP_OUT = 4
    PHASE_MAX_OUT = 5
    PHASE_FORCE_OFF = 6
    PHASE_GREEN_TERMINATION = 7
    PHASE_BEGIN_YELLOW = 8
    PHASE_END_YELLOW = 9
    PHASE_BEGIN_RED_CLEARANCE = 10
    PHASE_END_RED_CLEARANCE = 11
    PHASE_INACTIVE = 12
    PED_BEGIN_WALK = 21
    PED_BEGIN_CLEARANCE = 22
    PED_BEGIN_SOLID_DONT_WALK = 23
    PHASE_CALL_REGISTERED = 43
    PHASE_CALL_DROPPED = 44
    PED_CALL_REGISTERED = 45

    # Detectors; the parameter is the channel, of the pedestrian ones the phase.
    DETECTOR_OFF = 81
    DETECTOR_ON = 82
    DETECTOR_RESTORED = 83
    DETECTOR_FAULT_OTHER = 84
    DETECTOR_FAULT_WATCHDOG = 85
    DETECTOR_FAULT_STUCK_OFF = 86
    DETECTOR_FAULT_STUCK_ON = 87
    DETECTOR_FAULT_ERRATIC = 88
    PED_DETECTOR_OFF = 89
    PED_DETECTOR_ON = 90

    # Pre-emption, by the number of the call; priority, by the number of the request.
    PREEMPT_ADVANCE_WARNING = 101
    PREEMPT_CALL_ON = 102
    PREEMPT_GATE_DOWN = 103
    PREEMPT_CALL_OFF = 104
    PREEMPT_ENTRY = 105
    PREEMPT_BEGIN_TRACK_CLEARANCE = 106
    PREEMPT_BEGIN_DWELL = 107
    PREEMPT_LINK_ON = 108
    PREEMPT_LINK_OFF = 109
    PREEMPT_MAX_PRESENCE = 110
    PREEMPT_BEGIN_EXIT = 111
    PRIORITY_CHECK_IN = 112
    PRIORITY_EARLY_GREEN = 113
    PRIORITY_EXTEND_GREEN = 114
    PRIORITY_CHECK_OUT = 115

    # Coordination and the unit.
    COORD_PATTERN_CHANGE = 131
    COORD_CYCLE_LENGTH_CHANGE = 132
    COORD_OFFSET_CHANGE = 133
    UNIT_FLASH_STATUS = 173
    UNIT_ALARM_STATUS = 174
    ALARM_GROUP_STATE = 175
    MANUAL_CONTROL = 178
    CLOCK_UPDATED = 181
    POWER_FAILURE = 182
    POWER_RESTORED = 184

    # Our own.
    GUARD_VETO = 20001
    VIOLATION_SEEN = 20002
    LADDER_STEP_DOWN = 20003
    LADDER_STEP_UP = 20004
    CABINET_LOST = 20005
    CABINET_FOUND = 20006
    LATCHED = 20007
    HAND_BACK = 20008
    TAKE_OVER = 20009
    MODE_CHANGE = 20010
    FAULT_BEGAN = 20011
    FAULT_ENDED = 20012
    HEADS_MISSED = 20013
    INCIDENT_BEGAN = 20014
    INCIDENT_ENDED = 20015
    AMBULANCE_SEEN = 20016
    AMBULANCE_GONE = 20017
    CAMERA_QUALITY = 20020
    VALIDATION = 20021

    @property
    def is_own(self) -> bool:
        return self in OWN


def code_of(text: str) -> int | None:
    """Number of a code given as a number or as its name in any case, with dashes, spaces or underscores; None for none."""
    plain = text.strip()
    if plain.isdecimal():
        return int(plain) if int(plain) < 2**15 else None
    found = Code.__members__.get(plain.upper().replace("-", "_").replace(" ", "_"))
    return None if found is None else int(found)
