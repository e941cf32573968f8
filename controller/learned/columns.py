"""What the numbers of a signal group, and of a stage, stand for: columns of :class:`controller.learned.observation.Seen`.

Scales are in :mod:`controller.learned.features`. Another order, or another meaning, is another version of the observation.
"""

from __future__ import annotations

UPTO_S = (1, 4, 8, 14, 22, 32, 45, 60)
"""Arrivals are told cumulated up to these seconds from now; those who stand have arrived in the first."""
LOADS_S = (1, 14, 45)
"""For the lane of a group that needs most green: how long the vehicles up to these seconds take at saturation flow."""

IS_VEHICLE, IS_PEOPLE, IS_TRAM = 0, 1, 2
PROTECTED, YIELDING = 3, 4
"""What its head shows; neither at red."""
GREEN_FOR, ENDED_FOR, RED_FOR = 5, 6, 7
"""Since it went green; since its last green ended; how much of the maximum red somebody has waited."""
MIN_GREEN_LEFT, MIN_GREEN = 8, 9
PEOPLE_WAITING, PEOPLE_COMING = 10, 11
ARRIVALS = 12
"""The first of as many as :data:`UPTO_S`."""
LOADS = ARRIVALS + len(UPTO_S)
"""The first of as many as :data:`LOADS_S`."""
AT_THE_HEAD = LOADS + len(LOADS_S)
"""How surely the first in line is of this group, where lanes are shared."""
ROOM_BEHIND, DRAIN_BEHIND = AT_THE_HEAD + 1, AT_THE_HEAD + 2
"""Room on the fullest road it leads to; how fast the fastest of them drains."""
FOES_COMING = DRAIN_BEHIND + 1
"""Vehicles it would have to give way to."""
LANES, FLOW, LARGEST_SHARE = FOES_COMING + 1, FOES_COMING + 2, FOES_COMING + 3
"""Its lanes, what they release in all, and how much of one it has to itself."""
GROUP_FEATURES = LARGEST_SHARE + 1

DEMAND = (RED_FOR, PEOPLE_WAITING, PEOPLE_COMING, *range(ARRIVALS, AT_THE_HEAD + 1))
"""Who waits and who comes."""

PRESENT, SAME_BASE, WHOLE = 0, 1, 2
"""Whether it runs now; is a variant of what runs now; is no variant."""
SETTLES_IN, ASKED_IN, LEAST_GREEN = 3, 4, 5
"""How long the change to it takes; when it may be asked for; how long it stays at least."""
GROUPS_LET_GO, PROTECTS, INSIDE = 6, 7, 8
"""How many; whether a turn that yields now goes protected then; vehicles that stand inside the junction."""
STAGE_FEATURES = INSIDE + 1
