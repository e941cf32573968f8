"""One emergency under way: its vehicle, its way, what its posts say of it, and when it will be where."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from controller.preemption.arrival import Arrival, arrivals
from controller.preemption.emergency import Emergency, Lifecycle
from controller.preemption.settings import PreemptionSettings
from controller.preemption.track import Track
from controller.service.geometry import Follower, StreetRoute
from controller.service.told import FRENCH_STATES, EmergencyStatus, Moved, Passing, Where, maybe_moment, moment
from detectors.unseen import Unseen

CLOCKS_COMPARED = 20
"""Positions by which a vehicle's clock is set against ours."""
FRESH_S = 10.0
"""What a post said of an emergency counts for so long."""
OFF = "off its way, and no other is known: its signals wait for it no more"
FURTHEST = (Lifecycle.ACTIVATED, Lifecycle.QUEUED, Lifecycle.COOLDOWN)
"""Of the words of several posts the first of these is the emergency's."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last position, as it was taken in."""

    lon: float
    lat: float
    time_s: float
    at_m: float
    off_m: float
    speed_mps: float


@dataclass(slots=True)
class Branch:
    """What would be known of a vehicle if the positions that are just being judged were stored."""

    follower: Follower
    last: Heard | None
    judged_s: float


@dataclass(frozen=True, slots=True)
class PostWord:
    """What one post says of the emergency; arrivals (s since 1970, vehicles in front) by junction."""

    heard_s: float
    state: Lifecycle
    why: str = ""
    way: int = 1
    arrivals: dict[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Live:
    """``state`` and ``why`` are what has been stored; :meth:`look` says what they should be now."""

    vehicle: str
    by: str
    received_s: float
    sent: StreetRoute
    follower: Follower
    track: Track
    way: int = 1
    last: Heard | None = None
    posts: dict[str, PostWord] = field(default_factory=dict)
    state: Lifecycle = Lifecycle.RECEIVED
    why: str = ""
    ended_s: float | None = None
    told_s: float = float("-inf")
    """When listeners were last told everything of it."""
    judged_s: float = float("-inf")
    """The time of the newest position that was taken in."""
    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while positions are judged and stored: those that come meanwhile are judged by what has been stored."""

    _behind_s: deque[float] = field(default_factory=lambda: deque(maxlen=CLOCKS_COMPARED))

    def ours_s(self, time_s: float, received_s: float) -> float:
        """A moment of the vehicle's clock on ours, for how old its position is. Whatever lies between only ever delays one: the
        smallest difference of late is the truest, and a clock that has been put right counts soon."""
        self._behind_s.append(received_s - time_s)
        return time_s + min(self._behind_s)

    @property
    def emergency(self) -> Emergency:
        return self.track.emergency

    @property
    def id(self) -> str:
        return self.track.emergency.id

    @property
    def junctions(self) -> list[str]:
        return list(dict.fromkeys(s.junction for s in self.sent.route.signals))

    def look(self, now_s: float, settings: PreemptionSettings) -> tuple[Lifecycle, str]:
        """Where it stands: what clock and positions say goes before what posts say."""
        if self.state.over:
            return self.state, self.why
        self.track.look(now_s, settings)
        if self.track.state.over or self.track.state is Lifecycle.STALE:
            return self.track.state, self.track.why
        words = [w for w in self.posts.values() if now_s - w.heard_s <= FRESH_S]
        for state in FURTHEST:
            for word in words:
                if word.state is state:
                    return state, word.why
        return Lifecycle.RECEIVED, OFF if self.track.lost else self.track.why if self.track.missed else ""

    def branch(self) -> Branch:
        return Branch(self.follower.fork(), self.last, self.judged_s)

    def follow(self, branch: Branch) -> None:
        """What it was judged by has been stored."""
        self.follower, self.last, self.judged_s = branch.follower, branch.last, branch.judged_s

    def go(self, way: StreetRoute) -> None:
        """It is on another way from now on; the track's place comes with the next position."""
        self.sent, self.way = way, self.way + 1
        self.track.route, self.track.at_m = way.route, 0.0

    def status(self, now_s: float, settings: PreemptionSettings) -> EmergencyStatus:
        said = self.emergency
        place_m = self.track.place_m(now_s, settings)
        free = [] if self.state.over else arrivals(self.sent.route, place_m, self.track.speed_mps, now_s, Unseen(now_s), settings,
                                                   lambda signal: 0.0, self.track.departs_s)
        return EmergencyStatus(
            id=said.id, vehicle=self.vehicle, kind=said.kind.name.lower(), priority=said.priority, state=self.state.value,
            state_fr=FRENCH_STATES[self.state], why=self.why, by=self.by, received_at=moment(self.received_s),
            departs_at=maybe_moment(said.departs_s),
            expires_at=moment(said.expires_s), ended_at=maybe_moment(self.ended_s), way=self.way,
            length_m=round(self.sent.route.length_m, 1), position=_where(self.last),
            junctions=self._passings(place_m, now_s, free),
            arrival=None if self.state.over else moment(self._end_s(place_m, now_s, free)))

    def _end_s(self, place_m: float, now_s: float, free: Sequence[Arrival]) -> float:
        """When it is at its destination: behind the last signal, and never before it is there."""
        begins_s = max(now_s, self.track.departs_s or now_s)
        at_m, at_s = (free[-1].signal.stop_line_m, free[-1].eta_s) if free else (place_m, begins_s)
        return at_s + self.sent.route.free_s(max(at_m, place_m), self.sent.destination_m)

    def _passings(self, place_m: float, now_s: float, expected: Sequence[Arrival]) -> list[Passing]:
        if self.state.over:
            return [Passing(junction=s.junction, distance_m=round(s.stop_line_m, 1), passed=s.stop_line_m <= place_m,
                            arrival=None, arrival_from="") for s in self.sent.route.signals]
        free = {a.signal: a.eta_s for a in expected}
        better: dict[str, tuple[float, int]] = {}
        for word in self.posts.values():
            if word.way == self.way and now_s - word.heard_s <= FRESH_S:
                better |= word.arrivals
        rows = []
        for s in self.sent.route.signals:
            passed = s.stop_line_m <= place_m
            told = None if passed else better.get(s.junction)
            at_s = None if passed else told[0] if told is not None else free.get(s)
            rows.append(Passing(junction=s.junction, distance_m=round(s.stop_line_m, 1), passed=passed,
                                arrival=maybe_moment(at_s),
                                arrival_from="" if passed else "post" if told is not None else "free-flow",
                                queue_veh=told[1] if told is not None else None))
        return rows

    def moved(self, now_s: float, settings: PreemptionSettings) -> Moved | None:
        """Its last position and the signal ahead; None before there is one."""
        where = _where(self.last)
        if where is None:
            return None
        place_m = self.track.place_m(now_s, settings)
        ahead = next((s for s in self.sent.route.signals if s.stop_line_m > place_m), None)
        passing = None
        if ahead is not None:
            free_s = self.sent.route.free_s(place_m, ahead.stop_line_m)
            passing = Passing(junction=ahead.junction, distance_m=round(ahead.stop_line_m, 1), passed=False,
                              arrival=moment(now_s + free_s), arrival_from="free-flow")
        return Moved(id=self.id, state=self.state.value, way=self.way, position=where, next=passing)

    def feature(self) -> dict[str, object]:
        """Its way as a GeoJSON feature."""
        return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [list(p) for p in self.sent.asked_line()]},
                "properties": {"emergency": self.id, "way": self.way, "length_m": round(self.sent.route.length_m, 1)}}


def _where(last: Heard | None) -> Where | None:
    return None if last is None else Where(lon=last.lon, lat=last.lat, time=moment(last.time_s), at_m=round(last.at_m, 1),
                                           off_m=round(last.off_m, 1), speed_mps=round(last.speed_mps, 2))
