"""A feed made worse on purpose: cameras that fail, overlook, count twice and measure badly.

Everything is drawn from the seed and from names and times, never from the order in which anybody asks: the same run with
the same seed is degraded in the same way, and a larger share fails the same detectors as a smaller one and some more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from detectors.degradation import Degradation
from detectors.observation import (
    NO_COUNTS,
    ConflictAreaObservation,
    CrossingObservation,
    DetectorFeed,
    ExitObservation,
    Frame,
    LaneObservation,
    Quality,
    SeenVehicle,
    VehicleClass,
    queue_of,
)

OUTAGE_S = 120.0
"""A junction that goes dark stays dark this long: a cabinet restarting, a link that comes back."""
HOLD_S = 5.0
"""What hides a vehicle, or makes two of it, does so for some seconds: trackers do not change their mind every frame."""
MOST_DRAWN = 50
"""People (and vehicles that stand inside) beyond this many are taken as they are: a crowd's miscounts cancel out."""


class Place(NamedTuple):
    """What the cameras of one junction look at."""

    junction: str
    lanes: tuple[str, ...]
    exits: tuple[str, ...] = ()
    crossings: tuple[str, ...] = ()


class DegradedFeed:
    """``feed`` with the faults of ``degradation`` at ``places``. ``start_s`` is when its interval begins to count.

    Its frames raise KeyError for what nobody watches (any more) and nothing else that ``feed``'s own frames do not raise.
    """

    def __init__(self, feed: DetectorFeed, places: Sequence[Place], degradation: Degradation, *, seed: int = 0,
                 start_s: float = 0.0) -> None:
        self._feed, self.what, self.seed, self._start_s = feed, degradation, seed, start_s
        self._bias: dict[str, float] = {}
        lanes = list(dict.fromkeys(lane for place in places for lane in place.lanes))
        self.missing = self._drawn("lane", lanes, degradation.missing) | set(degradation.lanes)
        self.bad = self._drawn("lane", lanes, degradation.missing + degradation.bad) - self.missing
        lost = degradation.missing + degradation.bad
        exits = list(dict.fromkeys(lane for place in places for lane in place.exits))
        self.missing_exits = self._drawn("exit", exits, lost)
        self.missing_crossings = self._drawn("crossing", [f"{p.junction}/{g}" for p in places for g in p.crossings], lost)
        self.watched_by = _owners((lane, p.junction) for p in places for lane in p.lanes)
        self.exit_watched_by = _owners((lane, p.junction) for p in places for lane in p.exits)

    def observe(self, now_s: float) -> DegradedFrame:
        return DegradedFrame(self, self._feed.observe(now_s))

    def failing(self, time_s: float) -> bool:
        """Whether failures (not errors of measuring) happen at ``time_s``."""
        return self.what.from_s <= time_s - self._start_s < self.what.until_s

    def dark(self, junction: str, time_s: float) -> bool:
        """Whether ``junction`` sees nothing at ``time_s``; the interval is the caller's to ask for."""
        if junction in self.what.junctions:
            return True
        return self.what.outage > 0 and self.dice("outage", junction, time_s, OUTAGE_S).random() < self.what.outage

    def dice(self, what: str, name: str, time_s: float | None = None, hold_s: float = 1.0) -> Random:
        """A random source of its own for one thing: the same for ``hold_s`` at a time, or for good without a time."""
        slot = "" if time_s is None or not math.isfinite(time_s) else str(math.floor(time_s / hold_s))
        return Random(f"{self.seed}/{what}/{name}/{slot}")

    def bias(self, name: str) -> float:
        """Factor by which the counts of ``name`` are wrong: too high or too low, by the toss of a coin, for the whole run."""
        known = self._bias.get(name)
        if known is None:
            known = self._bias[name] = 1.0 + self.what.miscount * self.dice("bias", name).choice((-1.0, 1.0))
        return known

    def _drawn(self, kind: str, names: Sequence[str], share: float) -> set[str]:
        # A count, not a coin for each: of eight lanes a tenth would often be none, and would differ with the seed.
        if share <= 0:
            return set()
        order = sorted(names, key=lambda name: (self.dice(f"missing {kind}", name).random(), name))
        return set(order[:max(1, round(share * len(names)))])


def _owners(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for lane, junction in pairs:
        found[lane] = (*found.get(lane, ()), junction)
    return found


class DegradedFrame:
    """One moment, as bad cameras see it; what was said once is said again."""

    __slots__ = ("_crossings", "_exits", "_failing", "_feed", "_frame", "_lanes")

    def __init__(self, feed: DegradedFeed, frame: Frame) -> None:
        self._feed, self._frame = feed, frame
        self._failing = feed.failing(frame.time_s)
        self._lanes: dict[str, LaneObservation] = {}
        self._exits: dict[str, ExitObservation] = {}
        self._crossings: dict[tuple[str, str], CrossingObservation] = {}

    @property
    def time_s(self) -> float:
        return self._frame.time_s

    def lane(self, lane: str) -> LaneObservation:
        seen = self._lanes.get(lane)
        if seen is None:
            if self._failing and (lane in self._feed.missing or self._dark(self._feed.watched_by.get(lane, ()))):
                raise KeyError(lane)
            whole = self._frame.lane(lane)
            if self._failing and lane in self._feed.bad:
                seen = LaneObservation(lane, whole.time_s, whole.range_m, (), 0, 0.0, 0.0, NO_COUNTS, Quality.BAD,
                                       "detector declared unreliable")
            else:
                seen = _worse(self._feed, whole, self.time_s)
            self._lanes[lane] = seen
        return seen

    def exit(self, lane: str) -> ExitObservation:
        seen = self._exits.get(lane)
        if seen is None:
            if self._failing and (lane in self._feed.missing_exits or self._dark(self._feed.exit_watched_by.get(lane, ()))):
                raise KeyError(lane)
            seen = self._frame.exit(lane)
            if self._feed.what.miscount and seen.entered is not None:
                seen = replace(seen, entered=_counted(seen.entered, self._feed.bias(f"exit {lane}")))
            self._exits[lane] = seen
        return seen

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        seen = self._crossings.get((junction, group))
        if seen is None:
            name = f"{junction}/{group}"
            if self._failing and (name in self._feed.missing_crossings or self._dark((junction,))):
                raise KeyError(group)
            seen = self._frame.crossing(junction, group)
            if self._feed.what.miscount and seen.waiting > 0:
                waiting = self._recounted("people", name, seen.waiting)
                seen = replace(seen, waiting=waiting, longest_wait_s=seen.longest_wait_s if waiting else 0.0)
            self._crossings[junction, group] = seen
        return seen

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        """Blind with its junction; who stands inside is miscounted like people at a crossing."""
        if self._failing and self._dark((junction,)):
            raise KeyError(junction)
        seen = self._frame.conflict_area(junction)
        if self._feed.what.miscount and seen.standing_veh > 0:
            standing = self._recounted("inside", junction, seen.standing_veh)
            seen = replace(seen, standing_veh=standing, longest_s=seen.longest_s if standing else 0.0)
        return seen

    def _recounted(self, what: str, name: str, count: int) -> int:
        """``count`` with each overlooked or seen twice; those beyond :data:`MOST_DRAWN` as they are."""
        dice = self._feed.dice(what, name, self.time_s, HOLD_S)
        drawn = min(count, MOST_DRAWN)
        return count - drawn + sum(_times(dice, self._feed.what.miscount) for _ in range(drawn))

    def _dark(self, junctions: tuple[str, ...]) -> bool:
        """Seen from none of the junctions that look at it."""
        return bool(junctions) and all(self._feed.dark(j, self.time_s) for j in junctions)


def _worse(feed: DegradedFeed, seen: LaneObservation, now_s: float) -> LaneObservation:
    """``seen`` with its vehicles miscounted and mismeasured, and everything that follows from them made to agree."""
    what = feed.what
    if seen.quality is Quality.BAD or not (what.miscount or what.position_m or what.speed_mps):
        return seen
    if not all(math.isfinite(value) for v in seen.vehicles for value in (v.distance_m, v.speed_mps, v.length_m)):
        # What is absurd already is handed on as it is.
        return seen
    vehicles = list(seen.vehicles)
    if what.miscount:
        dice = feed.dice("view", seen.lane, now_s, HOLD_S)
        vehicles = [v for v in vehicles for _ in range(_times(dice, what.miscount))]
    if what.position_m or what.speed_mps:
        noise = feed.dice("noise", seen.lane, now_s).gauss
        vehicles = sorted((_moved(v, noise, what, seen.range_m) for v in vehicles), key=lambda v: v[:4])
    passed: Mapping[VehicleClass, int] = seen.passed
    if what.miscount and passed:
        bias = feed.bias(f"lane {seen.lane}")
        passed = {kind: _counted(count, bias) for kind, count in passed.items()}
    found = tuple(vehicles)
    queue_veh, queue_m = queue_of(found)
    covered_m = sum(max(0.0, v.length_m) for v in found)
    occupancy = min(1.0, covered_m / seen.range_m) if seen.range_m > 0 else seen.occupancy
    return LaneObservation(seen.lane, seen.time_s, seen.range_m, found, queue_veh, max(0.0, queue_m), occupancy, passed,
                           seen.quality, seen.reason)


def _times(dice: Random, miscount: float) -> int:
    """How often one vehicle is seen: overlooked and doubled are equally likely, ``miscount`` together."""
    at = dice.random()
    return 0 if at < miscount / 2 else 2 if at < miscount else 1


def _moved(v: SeenVehicle, noise: Callable[[float, float], float], what: Degradation, range_m: float) -> SeenVehicle:
    # Both are drawn, whichever is wanted, so that one kind of noise does not change the other.
    along, faster = noise(0.0, what.position_m), noise(0.0, what.speed_mps)
    farthest, nearest = max(range_m, v.distance_m), min(0.0, v.distance_m)
    return v._replace(distance_m=min(max(v.distance_m + along, nearest), farthest),
                      speed_mps=max(v.speed_mps + faster, min(0.0, v.speed_mps)))


def _counted(count: int, bias: float) -> int:
    # A running total rounded down never falls, so it stays a count.
    return math.floor(count * bias)
