"""Signal groups as phases and lanes as detector channels.

A group's phase is its place in ``Junction.groups``, from 1. Pedestrian groups are phases of their own, and have pedestrian
events only: here they run beside several vehicle groups in turn, so that none of them is "theirs", and measures of walks and
of waiting for them go by phase alone. A lane's place in ``Junction.lanes``, from 1, is the channel of its first zone, and 100
and 200 more those of the others. What phase a lane counts for is the first group that releases it: cameras do not know who will
turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, LaneId
from signal_drivers.junction import Junction

MOST_LANES = 99


class Zone(IntEnum):
    """Parts of a lane that a camera tells apart, by what is added to the lane's place."""

    PRESENCE = 0
    """Just before the stop line: on while somebody stands there."""
    ADVANCE = 100
    """Where the camera's view begins: who arrives."""
    CROSSING = 200
    """The stop line itself: who leaves."""


FUNCTION = {Zone.PRESENCE: "Presence", Zone.ADVANCE: "Advance", Zone.CROSSING: "Yellow_Red"}
"""What analysis tools call a detector of that kind."""


class DetectorRow(NamedTuple):
    """One row of the table that tells such a tool what a channel is: columns DeviceId, Phase, Parameter, Function."""

    device: int
    phase: int
    channel: int
    function: str


def phase_of(junction: Junction, group: GroupId) -> int:
    """1 for the first group. Raises KeyError for a group it does not have."""
    return junction.index[group] + 1


def channel_of(junction: Junction, lane: LaneId, zone: Zone) -> int:
    """Channel of one zone of a lane. Raises :class:`InvalidValue` for an unknown lane, or one after the 99th."""
    for place, known in enumerate(junction.lanes, start=1):
        if known.id == lane:
            if place > MOST_LANES:
                raise InvalidValue(f"lane {lane} is its {place}th; channels are there for {MOST_LANES}",
                                   where=f"junction {junction.label}")
            return place + zone
    raise InvalidValue(f"lane {lane} is unknown", where=f"junction {junction.label}")


def detector_rows(junction: Junction, device: int) -> tuple[DetectorRow, ...]:
    """Every channel with its phase and function, lane by lane."""
    return tuple(DetectorRow(device, phase_of(junction, lane.groups[0]), channel_of(junction, lane.id, zone), FUNCTION[zone])
                 for lane in junction.lanes for zone in Zone)


def detector_table(rows: Iterable[DetectorRow]) -> dict[str, list[int] | list[str]]:
    """The same as columns, under the names that the tools want."""
    made = list(rows)
    return {"DeviceId": [r.device for r in made], "Phase": [r.phase for r in made], "Parameter": [r.channel for r in made],
            "Function": [r.function for r in made]}


def clearance_s(junction: Junction, group: GroupId) -> float:
    """Seconds from the end of a group's green until all that conflict with it may run, as far as it is concerned."""
    return max(junction.intergreens.after(group).values(), default=0.0)
