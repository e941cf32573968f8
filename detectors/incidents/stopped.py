"""A vehicle that stands where it should drive.

Not one that waits, for its green or behind others that wait. Where the signal is known, a vehicle must have stood through a
green with its way free. Where it is not, others must have passed it in its own lane or direction, or it must have stood for
longer than any red. One that was never seen to drive may have broken down before the camera was switched on, or be parked: it
takes longer, has to stand in the midst of a lane and alone, and is told with little confidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detectors.incidents.boxes import within
from detectors.incidents.incident import IncidentKind
from detectors.incidents.moment import Moment, place_of
from detectors.incidents.queues import along_m, at_line, beside_m, in_queue, way_free
from detectors.incidents.trail import Trail, apart_m
from detectors.vision.road_users import RoadUser

FREE_ROAD_VEHICLES = 20
"""So many drove through and none ever stood: here nobody waits for a signal."""
PASSED_M = 3.0
BESIDE_M = 5.0


@dataclass(slots=True)
class _Case:
    """What is noted of one vehicle while it stands."""

    since_s: float
    behind: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)
    with_it: set[int] = field(default_factory=set)
    """Whose box it was in: what becomes of such a box proves nothing of anybody's way."""
    free_green_s: float = 0.0
    through_green: bool = False
    free_s: float = 0.0
    free_road: bool = False
    incident: int | None = None
    moved_s: float | None = None


class StoppedVehicles:
    """Watches for :attr:`IncidentKind.STOPPED_VEHICLE`."""

    def __init__(self) -> None:
        self._cases: dict[int, _Case] = {}
        self._driven: set[int] = set()
        self._stood = False

    def forget(self) -> None:
        self._cases.clear()
        self._driven.clear()
        self._stood = False

    def see(self, moment: Moment) -> None:
        exits_clear = not any(t.stands(5.0) and t.moved and t.four_wheels and moment.scene.zone_at("junction", *t.now.foot)
                              for t in moment.trails.everyone())
        for key, trail in moment.trails.seen.items():
            if not trail.four_wheels:
                continue
            if trail.moved and len(self._driven) < FREE_ROAD_VEHICLES:
                self._driven.add(key)
            case = self._cases.get(key)
            if case is None:
                if not trail.stands():
                    continue
                case = self._cases[key] = _Case(
                    trail.anchor.time_s, free_road=not self._stood and len(self._driven) >= FREE_ROAD_VEHICLES)
                self._stood = self._stood or trail.moved
            if abs(trail.anchor.time_s - case.since_s) > 0.01 or not trail.stands(0.0):
                self._moves(moment, key, case, trail)
                continue
            case.moved_s = None
            self._note(moment, trail, case, exits_clear)
            if case.incident is None and moment.scene.zone_at("junction", *trail.now.foot) is None:
                (self._judge if trail.moved else self._judge_found)(moment, trail, case)
        for trail in moment.trails.gone:
            gone = self._cases.pop(trail.key, None)
            if gone is not None and gone.incident is not None:
                moment.ledger.end(gone.incident, trail.now.time_s, "no longer seen", {"stood_s": trail.standing_s})

    def _moves(self, moment: Moment, key: int, case: _Case, trail: Trail) -> None:
        # A push of a metre or two does not clear the road, and a number that drives away may be another vehicle's.
        case.moved_s = moment.time_s if case.moved_s is None else case.moved_s
        if moment.time_s - case.moved_s < moment.limits.drove_on_s:
            return
        if case.incident is None:
            del self._cases[key]
            return
        if trail.stands():
            case.since_s, case.moved_s = trail.anchor.time_s, None
            return
        moment.ledger.end(case.incident, case.moved_s, "drove on", {"stood_s": case.moved_s - case.since_s})
        del self._cases[key]

    def _note(self, moment: Moment, trail: Trail, case: _Case, exits_clear: bool) -> None:
        for key, other in moment.trails.seen.items():
            if other is trail or not other.four_wheels or not other.moved or key in case.passed or key in case.with_it:
                continue
            if not moment.classifies and not other.followed and within(trail.box, other.box):
                case.with_it.add(key)
                continue
            along = along_m(trail, other)
            if along < -PASSED_M and self._same_way(moment, trail, other):
                case.behind.add(key)
            elif along > PASSED_M and key in case.behind and beside_m(trail, other) <= 2 * BESIDE_M:
                case.passed.add(key)
        free = exits_clear and way_free(moment, trail)
        green = moment.green_of(trail.lane)
        if free and green is not False and _joined_ahead(moment, trail):
            return
        case.free_s = case.free_s + moment.step_s if free else 0.0
        if green:
            case.free_green_s = case.free_green_s + moment.step_s if free else 0.0
        elif green is False:
            case.through_green = case.through_green or case.free_green_s >= moment.limits.green_least_s
            case.free_green_s = 0.0

    def _same_way(self, moment: Moment, trail: Trail, other: Trail) -> bool:
        """Whether it would prove something if ``other`` drove on ahead of ``trail``."""
        if trail.lane is None:
            return beside_m(trail, other) <= BESIDE_M
        if other.lane is None:
            return False
        # At the line the lane beside may have its own green; further back there is nothing to wait for.
        return trail.lane.serves_like(other.lane) if at_line(moment, trail) else trail.lane.goes_like(other.lane)

    def _judge(self, moment: Moment, trail: Trail, case: _Case) -> None:
        limits, stood_s = moment.limits, trail.standing_s
        detail = {"standing_s": round(stood_s, 1), "passed_veh": float(len(case.passed))}
        sure = 1.0 if moment.scene.calibrated else 0.85
        needed_s = limits.bus_after_s if trail.kind is RoadUser.BUS else limits.passed_after_s
        waits_perhaps = trail.lane is None and not case.free_road
        if waits_perhaps:
            needed_s = limits.long_s
        place = f"in lane {trail.lane.id}" if trail.lane else "where others drive"
        if moment.green_of(trail.lane) is not None:
            if not (case.through_green or case.free_green_s >= limits.green_stood_s) or stood_s < needed_s:
                return
            cause, confidence = f"stands {place} through its green with nobody ahead", 0.9
        elif len(case.passed) >= limits.passed_least and stood_s >= needed_s and case.free_s >= needed_s / 2:
            cause = f"stands {place} and {len(case.passed)} vehicles have passed it"
            confidence = min(0.95, 0.65 + 0.1 * len(case.passed))
        elif stood_s >= limits.long_s and case.free_s >= limits.long_s / 2 and not in_queue(moment, trail):
            cause, confidence = f"stands {place} for longer than any red", 0.5 if at_line(moment, trail) else 0.65
        else:
            return
        if trail.lane is None and not self._on_road(moment, trail, case):
            return
        case.incident = moment.ledger.begin(
            IncidentKind.STOPPED_VEHICLE, case.since_s, moment.time_s, place_of(trail), confidence * sure,
            f"a {trail.kind} {cause}", track=trail.track, detail=detail)

    def _judge_found(self, moment: Moment, trail: Trail, case: _Case) -> None:
        """One that was never seen to drive."""
        limits = moment.limits
        if trail.lane is None or trail.standing_s < limits.found_s:
            return
        if not _in_the_midst(moment, trail) or _parked_near(moment, trail):
            return
        known = moment.green_of(trail.lane) is not None
        if known and not (case.through_green or case.free_green_s >= limits.green_stood_s):
            return
        if len(case.passed) < (limits.passed_least if known else limits.found_passed):
            return
        case.incident = moment.ledger.begin(
            IncidentKind.STOPPED_VEHICLE, case.since_s, moment.time_s, place_of(trail),
            0.4 * (1.0 if moment.scene.calibrated else 0.85),
            f"a {trail.kind} stands in lane {trail.lane.id} since before it was first looked at, and {len(case.passed)} vehicles "
            "have passed it", track=trail.track,
            detail={"standing_s": round(trail.standing_s, 1), "passed_veh": float(len(case.passed))})

    def _on_road(self, moment: Moment, trail: Trail, case: _Case) -> bool:
        """Outside all known lanes a vehicle stands in the way only where the site file says that the place is carriageway.
        Without any lanes, only where traffic passes close to it and nobody waits with it."""
        if moment.scene.zone_at("carriageway", *trail.now.foot) is not None:
            return True
        return not moment.scene.lanes and not in_queue(moment, trail) and len(case.passed) > moment.limits.passed_least


def _joined_ahead(moment: Moment, trail: Trail) -> bool:
    """Whether the first at the line is one box with somebody further on: who stands beyond the line is in no lane, and who is in
    it may have to wait for him. He may as well just be driving by: that says nothing of its way."""
    return trail.followed and at_line(moment, trail) and any(
        not t.followed and along_m(trail, t) > PASSED_M and within(trail.box, t.box) for t in moment.trails.seen.values())


def _in_the_midst(moment: Moment, trail: Trail) -> bool:
    """Whether it stands in its lane with all its wheels."""
    deep_px = moment.limits.found_deep_m * moment.stretch * trail.now.px_per_m
    return trail.lane is not None and trail.lane.outline.inside_px(*trail.now.foot) >= deep_px


def _parked_near(moment: Moment, trail: Trail) -> bool:
    """Whether another stands near it that was never seen to drive either: a row of parked cars."""
    near_m = moment.limits.queue_gap_m * moment.stretch
    return any(t is not trail and t.four_wheels and not t.moved and t.stands(moment.limits.long_s)
               and apart_m(t.now, trail.now) <= near_m for t in moment.trails.everyone())
