"""Somebody on foot where vehicles drive, and no crossing is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from detectors.incidents.boxes import covers
from detectors.incidents.incident import IncidentKind, Place
from detectors.incidents.moment import Moment
from detectors.incidents.trail import FOUR_WHEELS, Sample, Trail, apart_m
from detectors.vision.road_users import RoadUser

OUT_S, UNSEEN_S = 0.6, 1.5
"""Who is seen outside for less than the first, or not seen at all for less than the second, has not left the carriageway."""
TOGETHER_M, GOES_MPS = 6.0, 1.5
"""Who joins within so many metres is part of the same incident, and by so much more for each second in which nobody was seen."""
GONE_S = 6.0
ACROSS_COSINE = 0.7


@dataclass(slots=True)
class _Walker:
    first: Sample
    last_s: float
    place: str
    incident: int | None = None

    @property
    def since_s(self) -> float:
        return self.first.time_s


@dataclass(slots=True)
class _Group:
    last: Sample
    last_s: float
    keys: set[int] = field(default_factory=set)


class PedestrianOnCarriageway:
    """Watches for :attr:`IncidentKind.PEDESTRIAN`. The carriageway is what the site file calls so, else all its lanes."""

    def __init__(self) -> None:
        self._walkers: dict[int, _Walker] = {}
        self._groups: dict[int, _Group] = {}

    def forget(self) -> None:
        self._walkers.clear()
        self._groups.clear()

    def see(self, moment: Moment) -> None:
        machines = [t for t in moment.trails.seen.values() if t.kind in (RoadUser.BICYCLE, RoadUser.MOTORCYCLE)]
        vehicles = [t for t in moment.trails.seen.values() if t.kind in FOUR_WHEELS or t.kind is RoadUser.TRAM]
        for key, trail in moment.trails.seen.items():
            if trail.kind is not RoadUser.PEDESTRIAN:
                continue
            place = self._on_carriageway(moment, trail)
            walker = self._walkers.get(key)
            if place is None or _rides(trail, machines) or _sits(trail, vehicles):
                if walker is not None and moment.time_s - walker.last_s > OUT_S:
                    del self._walkers[key]
                continue
            if walker is None or moment.time_s - walker.last_s > max(UNSEEN_S, 2 * moment.step_s):
                walker = self._walkers[key] = _Walker(trail.now, moment.time_s, place,
                                                      walker.incident if walker is not None else None)
            walker.last_s = moment.time_s
            if moment.time_s - walker.since_s >= moment.limits.pedestrian_s and (
                    moment.classifies or _walks(moment, walker.first, trail)):
                self._tell(moment, trail, walker)
        for trail in moment.trails.gone:
            self._walkers.pop(trail.key, None)
        for number, group in list(self._groups.items()):
            if moment.time_s - group.last_s > GONE_S:
                moment.ledger.end(number, group.last_s, "nobody on foot there", {"people": float(len(group.keys))})
                del self._groups[number]

    def _on_carriageway(self, moment: Moment, trail: Trail) -> str | None:
        """The name of the zone or lane it is in by more than the kerb's margin; None on a crossing and elsewhere."""
        scene, limits, px = moment.scene, moment.limits, trail.now.px_per_m
        x, y = trail.now.foot
        deep_px = limits.kerb_m * moment.stretch * px
        zones = scene.of_kind("carriageway")
        if zones:
            zone = scene.zone_at("carriageway", x, y, deep_px)
            name = zone.name if zone else None
        else:
            # Between two lanes is no kerb: who is near the edge of one there is near that of the other.
            near = sorted(((v.outline.inside_px(x, y, deep_px), v.id) for v in scene.lanes), reverse=True)[:2]
            name = near[0][1] if near and (near[0][0] > deep_px or (near[-1][0] > -deep_px and len(near) > 1)) else None
        return None if name is None or self._may_be_there(moment, trail) else name

    def _may_be_there(self, moment: Moment, trail: Trail) -> bool:
        """Whether it is on a crossing, or waits where one may. Where no crossing is drawn there may be one at every stop line."""
        scene, limits, now = moment.scene, moment.limits, trail.now
        (x, y), px = now.foot, now.px_per_m
        if scene.zone_at("waiting", x, y) is not None:
            return True
        if scene.of_kind("crossing"):
            return scene.zone_at("crossing", x, y, -limits.crossing_m * px) is not None
        beside_px = limits.kerb_m * moment.stretch * px
        return any(view.outline.inside_px(x, y, beside_px) > -beside_px
                   and abs(view.beyond_line_m(now.foot, now.place_m, px)) < limits.undrawn_crossing_m for view in scene.lanes)

    def _tell(self, moment: Moment, trail: Trail, walker: _Walker) -> None:
        if walker.incident is None or walker.incident not in self._groups:
            near = [n for n, g in self._groups.items() if apart_m(g.last, trail.now)
                    <= (TOGETHER_M + GOES_MPS * (moment.time_s - g.last_s)) * moment.stretch]
            walker.incident = near[0] if near else self._begin(moment, trail, walker)
        group = self._groups[walker.incident]
        group.last, group.last_s = trail.now, moment.time_s
        group.keys.add(trail.key)

    def _begin(self, moment: Moment, trail: Trail, walker: _Walker) -> int:
        lane = trail.lane.id if trail.lane else None
        number = moment.ledger.begin(
            IncidentKind.PEDESTRIAN, walker.since_s, moment.time_s,
            Place(lane, walker.place if walker.place != lane else None, trail.box, trail.now.place_m),
            min(0.9, 0.4 + 0.5 * trail.score), f"somebody on foot in {walker.place}, on no crossing", track=trail.track,
            detail={"there_s": round(moment.time_s - walker.since_s, 1)})
        self._groups[number] = _Group(trail.now, moment.time_s)
        return number


def _walks(moment: Moment, first: Sample, trail: Trail) -> bool:
    """Whether it has come far enough since ``first``, and across its lane rather than along it."""
    far_m = apart_m(first, trail.now)
    if far_m < moment.limits.walked_m * moment.stretch:
        return False
    lane, now = trail.lane, trail.now
    if lane is None:
        return True
    if lane.line_m is not None and first.place_m is not None and now.place_m is not None:
        ahead, begin, end = lane.normal_m, first.place_m, now.place_m
    else:
        ahead, begin, end = lane.ahead, first.foot, now.foot
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    return abs(dx * ahead[0] + dy * ahead[1]) < ACROSS_COSINE * math.hypot(dx, dy)


def _rides(person: Trail, machines: list[Trail]) -> bool:
    """Whether it sits on, or pushes, a bicycle or motorcycle."""
    return any(covers(m.box, person.box) or covers(person.box, m.box) or math.dist(m.now.foot, person.now.foot)
               <= 0.5 * person.now.px_per_m for m in machines)


def _sits(person: Trail, vehicles: list[Trail]) -> bool:
    """Whether it is seen through a vehicle's windows: almost whole inside its box, with the feet above its wheels."""
    left, top, right, bottom = person.box
    for vehicle in vehicles:
        a, b, c, d = vehicle.box
        wide, high = min(right, c) - max(left, a), min(bottom, d) - max(top, b)
        if wide > 0 and high > 0 and wide * high >= 0.7 * (right - left) * (bottom - top) and bottom <= d - 0.08 * (d - b):
            return True
    return False
