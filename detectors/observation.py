"""The observation contract: what a camera can honestly say of a lane, a crossing and an exit.

Never a vehicle's route nor its turn intention; strategies learn turning proportions from counts. The one exception,
``SeenVehicle.next_road``, is filled only under ``--view full``, which exists for comparison and is marked in every output.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol


class VehicleClass(StrEnum):
    CAR = "car"
    TAXI = "taxi"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    BUS = "bus"
    TRUCK = "truck"
    TRAM = "tram"


class Quality(StrEnum):
    GOOD = "good"
    DEGRADED = "degraded"
    BAD = "bad"

    @property
    def level(self) -> int:
        """0 good, 1 degraded, 2 bad: the higher the worse."""
        return list(Quality).index(self)


class ObservationError(ValueError):
    """An observation that contradicts itself; the message quotes the bad value."""


class SeenVehicle(NamedTuple):
    """One vehicle in view: ``distance_m`` from its front to the stop line, along the lane."""

    distance_m: float
    speed_mps: float
    kind: VehicleClass
    length_m: float
    next_road: str | None = None
    """Road it will leave by; None unless the view is ``full``."""


NO_COUNTS: Mapping[VehicleClass, int] = MappingProxyType({})
QUEUE_SPEED_MPS = 5 / 3.6
"""Below this a vehicle counts as queued (HCM and SUMO's jam detectors use 5 km/h)."""


class _LaneFields(NamedTuple):
    lane: str
    time_s: float
    range_m: float
    vehicles: tuple[SeenVehicle, ...]
    queue_veh: int
    queue_m: float
    occupancy: float
    passed: Mapping[VehicleClass, int]
    quality: Quality
    reason: str


class LaneObservation(_LaneFields):
    """What one detector saw of one lane at ``time_s``.

    ``vehicles`` in view, nearest first. ``queue_veh`` stand or crawl in one unbroken chain of vehicles slower than 5 km/h;
    ``queue_m`` is the distance from the stop line to the tail of the last of them. ``passed`` counts vehicles that crossed
    the stop line since the detector was started, by class. ``occupancy`` is the share of the range covered, 0 to 1.
    Raises :class:`ObservationError` for values that contradict themselves.

    A tuple underneath, because a city's feed makes thousands a second; :meth:`trusted` skips the checks for a feed that
    computes the values itself.
    """

    __slots__ = ()

    def __new__(cls, lane: str, time_s: float, range_m: float, vehicles: tuple[SeenVehicle, ...], queue_veh: int,
                queue_m: float, occupancy: float, passed: Mapping[VehicleClass, int] = NO_COUNTS,
                quality: Quality = Quality.GOOD, reason: str = "") -> LaneObservation:
        if not 0 <= queue_veh <= len(vehicles):
            raise ObservationError(f"lane {lane}: queue_veh is {queue_veh!r} of {len(vehicles)} vehicles in view")
        if not (queue_m >= 0 and math.isfinite(queue_m)):
            raise ObservationError(f"lane {lane}: queue_m is {queue_m!r}")
        if not 0 <= occupancy <= 1:
            raise ObservationError(f"lane {lane}: occupancy is {occupancy!r}, must be within 0..1")
        if quality is not Quality.GOOD and not reason:
            raise ObservationError(f"lane {lane}: quality {quality} without a reason")
        return tuple.__new__(cls, (lane, time_s, range_m, vehicles, queue_veh, queue_m, occupancy, passed, quality, reason))

    @classmethod
    def trusted(cls, lane: str, time_s: float, range_m: float, vehicles: tuple[SeenVehicle, ...], queue_veh: int,
                queue_m: float, occupancy: float, passed: Mapping[VehicleClass, int]) -> LaneObservation:
        """A good observation whose values are known to agree with each other."""
        return tuple.__new__(cls, (lane, time_s, range_m, vehicles, queue_veh, queue_m, occupancy, passed, Quality.GOOD, ""))


@dataclass(frozen=True, slots=True)
class ExitObservation:
    """What is seen of an exit lane from the junction outwards: ``free_m`` is the room from the junction to the tail of the
    last standing vehicle in range, or the range itself. ``entered`` counts the vehicles that came in over the lane's
    beginning since the detector was started; None where nobody counts."""

    lane: str
    time_s: float
    range_m: float
    vehicles: int
    queue_veh: int
    free_m: float
    entered: int | None = None


@dataclass(frozen=True, slots=True)
class CrossingObservation:
    """People waiting to use a pedestrian crossing, and for how long the first of them has."""

    group: str
    time_s: float
    waiting: int
    longest_wait_s: float


@dataclass(frozen=True, slots=True)
class ConflictAreaObservation:
    """Vehicles that stand between a junction's stop lines and its exits: ``standing_veh`` of them have not moved for some
    seconds, the first for ``longest_s``. Turners wait there for a gap; they have to be out before others are let in."""

    junction: str
    time_s: float
    standing_veh: int
    longest_s: float


class Frame(Protocol):
    """All that is seen at one moment. Values are made when asked for and kept until the next moment.

    Raises KeyError for a lane, crossing or junction nobody watches.
    """

    @property
    def time_s(self) -> float: ...

    def lane(self, lane: str) -> LaneObservation: ...

    def exit(self, lane: str) -> ExitObservation: ...

    def crossing(self, junction: str, group: str) -> CrossingObservation: ...

    def conflict_area(self, junction: str) -> ConflictAreaObservation: ...


class DetectorFeed(Protocol):
    """Where frames come from: SUMO, a camera, a recording."""

    def observe(self, now_s: float) -> Frame: ...


def queue_of(vehicles: tuple[SeenVehicle, ...], *, max_gap_m: float = 15.0) -> tuple[int, float]:
    """Number of queued vehicles and metres from the stop line to the queue's tail, for vehicles sorted nearest first.

    The chain starts at the first queued vehicle and breaks at a moving vehicle or at a gap of more than ``max_gap_m``.
    """
    count, tail_m = 0, 0.0
    for v in vehicles:
        if v.speed_mps >= QUEUE_SPEED_MPS:
            if count:
                break
            continue
        if count and v.distance_m - tail_m > max_gap_m:
            break
        count += 1
        tail_m = v.distance_m + v.length_m
    return count, tail_m
