"""Everybody in view and those hidden for a while. Trackers lose who is hidden and number them anew; a vehicle that stands is
known again by its place."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from detectors.counting.results import SeenTrack
from detectors.incidents.boxes import area_px, covers, overlap
from detectors.incidents.incident import Box
from detectors.incidents.limits import IncidentLimits
from detectors.incidents.scene import Scene
from detectors.incidents.trail import Sample, Trail, apart_boxes_m, apart_m, sample_of

SETTLED_S = 1.0
"""Who comes into being at a hidden vehicle's place has to stand there so long before it is that vehicle."""
LEAP_MPS = 40.0
SWAP_S = 2.0
"""Where a vehicle stood no other stands so soon after: the tracker has swapped their numbers."""
BESIDE_M = 6.0
"""So near was one who drove past when the two numbers were swapped."""
LIKE_AREA = 2.0
FORGET_S = 3.0
"""Who was moving when last seen is forgotten after so long."""


@dataclass(slots=True, eq=False)
class Hidden:
    """A vehicle that stood and is not seen. ``bare_s``: for how long nothing has been in front of its place."""

    trail: Trail
    bare_s: float = 0.0


class Departed(NamedTuple):
    """The number of a vehicle that stood at ``anchor`` has driven away; perhaps the vehicle has not."""

    trail: Trail
    anchor: Sample
    box: Box
    at_s: float


class Trails:
    """``seen`` by the key of each trail; ``hidden`` those that stood when last seen; ``gone`` those forgotten now."""

    def __init__(self, scene: Scene, limits: IncidentLimits) -> None:
        self._scene, self._limits = scene, limits
        self._ignored = scene.of_kind("ignored")
        self._by_track: dict[int, Trail] = {}
        self._fresh: set[int] = set()
        self._departed: list[Departed] = []
        self._next = 0
        self._last_s = -math.inf
        self.seen: dict[int, Trail] = {}
        self.hidden: dict[int, Hidden] = {}
        self.gone: list[Trail] = []

    def forget(self) -> None:
        """Nobody seen before is known any more."""
        self.gone = list({id(t): t for t in (*self._by_track.values(), *(h.trail for h in self.hidden.values()))}.values())
        self._by_track.clear()
        self._fresh.clear()
        self._departed.clear()
        self.hidden.clear()
        self.seen = {}

    def see(self, now_s: float, tracks: Iterable[SeenTrack]) -> None:
        """Those in view at ``now_s``."""
        self.gone, self.seen = [], {}
        for seen in tracks:
            if any(zone.outline.inside_px(*seen.foot) > 0 for zone in self._ignored):
                continue
            trail = self._follow(seen, sample_of(now_s, seen, self._scene.at_edge(seen.box)))
            named = self._scene.lane.get(seen.lane) if seen.lane is not None else None
            trail.lane = named or self._scene.lane_at(*seen.foot)
            self.seen[trail.key] = trail
        self._meet_again(now_s)
        for trail in [t for t in self._by_track.values() if t.now.time_s < now_s]:
            self._miss(trail, now_s)
        self._wait_for_hidden(now_s - self._last_s if math.isfinite(self._last_s) else 0.0, now_s)
        self._last_s = now_s

    def _follow(self, seen: SeenTrack, sample: Sample) -> Trail:
        trail = self._by_track.get(seen.track)
        if trail is not None and _leapt(trail.now, sample):
            self._fresh.discard(trail.key)
            (self._hide if _stood(trail) else self.gone.append)(trail)
            trail = None
        if trail is None:
            trail = self._by_track[seen.track] = Trail.begun(self._next, seen, sample)
            self._fresh.add(trail.key)
            self._next += 1
            return trail
        anchor, box, stood = trail.anchor, trail.box, trail.standing_s > 3 * SETTLED_S
        trail.see(seen, sample, self._limits)
        if stood and trail.anchor is not anchor:
            self._departed.append(Departed(trail, anchor, box, sample.time_s))
        if sample.time_s - trail.born.time_s > FORGET_S:
            self._fresh.discard(trail.key)
        return trail

    def _hide(self, trail: Trail) -> None:
        self.hidden.setdefault(trail.key, Hidden(trail))

    def _miss(self, trail: Trail, now_s: float) -> None:
        if _stood(trail):
            self._hide(trail)
        if now_s - trail.now.time_s > FORGET_S:
            del self._by_track[trail.track]
            self._fresh.discard(trail.key)
            if not _stood(trail):
                self.gone.append(trail)

    def _meet_again(self, now_s: float) -> None:
        """Gives the key of a vehicle that was lost to who stands in its place now, unless it took its time to drive there."""
        self._departed = [d for d in self._departed if now_s - d.at_s <= FORGET_S]
        for key, trail in list(self.seen.items()):
            self.hidden.pop(key, None)
            born_here = key in self._fresh and apart_m(trail.born, trail.anchor) <= self._limits.still_m
            if not trail.four_wheels or trail.standing_s < SETTLED_S or not (self.hidden or self._departed):
                continue
            came_s = -math.inf if born_here else trail.anchor.time_s - SWAP_S
            # A parked car stands close beside the queue: the one whose box was most like it.
            lost = max((h.trail for h in self.hidden.values() if h.trail.four_wheels and came_s <= h.trail.now.time_s
                        and _alike(h.trail.anchor, h.trail.box, trail, self._limits)),
                       key=lambda t: overlap(t.box, trail.box), default=None)
            if lost is not None:
                del self.hidden[lost.key]
                if self._by_track.get(lost.track) is lost:
                    del self._by_track[lost.track]
                # Nobody has this key any more: whoever noted something under it is told.
                self.gone.append(replace(trail))
                trail.takes_after(lost, lost.anchor)
            else:
                left = next((d for d in self._departed if d.trail is not trail and came_s <= d.at_s
                             and _alike(d.anchor, d.box, trail, self._limits) and self._somebody_vanished(d)), None)
                if left is None:
                    continue
                self._departed.remove(left)
                other, taken = left.trail, left.trail.key
                trail.takes_after(other, left.anchor)
                other.key, other.born = key, other.now
                if taken in self.seen:
                    self.seen[key] = other
            self._fresh.discard(key)
            if self.seen.get(key) is trail:
                del self.seen[key]
            self.seen[trail.key] = trail

    def _somebody_vanished(self, left: Departed) -> bool:
        """Whether one who drove past just then is not seen any more: it goes on under the number of the one that stood."""
        return any(t.now.time_s <= left.at_s and left.at_s - t.now.time_s <= SWAP_S and t is not left.trail and not _stood(t)
                   and apart_m(t.now, left.anchor) <= BESIDE_M for t in self._by_track.values())

    def _wait_for_hidden(self, step_s: float, now_s: float) -> None:
        for key, one in list(self.hidden.items()):
            # Who follows vehicles along their lanes knows who is hidden, and has lost this one.
            if one.trail.followed or not any(covers(t.box, one.trail.box) for t in self.seen.values()):
                one.bare_s += step_s
            if one.bare_s > self._limits.lost_s or now_s - one.trail.now.time_s > self._limits.hidden_s:
                del self.hidden[key]
                if self._by_track.get(one.trail.track) is one.trail:
                    del self._by_track[one.trail.track]
                self.gone.append(one.trail)

    def come_with(self, boxes: Trails) -> None:
        """Who begins to be followed within a box that has driven there has driven there."""
        drove = [t.box for t in boxes.seen.values() if t.moved]
        for trail in self.seen.values():
            if trail.followed and not trail.moved and trail.now.time_s - trail.born.time_s <= SETTLED_S:
                trail.moved = any(covers(box, trail.box) for box in drove)

    def everyone(self) -> Iterable[Trail]:
        """Those seen now and those hidden."""
        yield from self.seen.values()
        for key, one in self.hidden.items():
            if key not in self.seen:
                yield one.trail


def _stood(trail: Trail) -> bool:
    # A motorcycle hidden behind a bus keeps waiting there, and so does who waits behind it.
    return trail.waits and trail.standing_s >= SETTLED_S


def _leapt(was: Sample, now: Sample) -> bool:
    """Whether it came here as no vehicle can: the tracker has taken it for another."""
    far_m = apart_boxes_m(was, now)
    return far_m > 3.0 and far_m / max(now.time_s - was.time_s, 0.05) > LEAP_MPS


def _alike(anchor: Sample, box: Box, new: Trail, limits: IncidentLimits) -> bool:
    # By size, since the same vehicle is a car in one image and a truck in the next.
    like = 1 / LIKE_AREA <= (area_px(box) / max(1.0, area_px(new.box))) <= LIKE_AREA
    return like and (overlap(box, new.box) >= 0.55 or apart_m(anchor, new.anchor) <= 0.8 * limits.still_m)
