"""A queue that stands in the junction. Turners wait there for a gap: they are told apart by the exit, which is free."""

from __future__ import annotations

import math
from dataclasses import dataclass

from detectors.incidents.incident import IncidentKind, Place
from detectors.incidents.moment import Moment
from detectors.incidents.scene import LaneView, ZoneView
from detectors.incidents.trail import Trail

CLEAR_S = 3.0
TOWARDS_COSINE = 0.3


@dataclass(slots=True)
class _Case:
    incident: int | None = None
    clear_s: float | None = None


class SpillBack:
    """Watches for :attr:`IncidentKind.SPILL_BACK`; one incident for each zone of kind ``junction``."""

    def __init__(self) -> None:
        self._cases: dict[str, _Case] = {}

    def forget(self) -> None:
        self._cases.clear()

    def see(self, moment: Moment) -> None:
        zones = moment.scene.of_kind("junction")
        if not zones:
            return
        blocked = _blocked_exits(moment)
        for zone in zones:
            self._look(moment, zone, blocked)

    def _look(self, moment: Moment, zone: ZoneView, blocked: dict[LaneView, list[Trail]]) -> None:
        case = self._cases.setdefault(zone.name, _Case())
        standing = [t for t in moment.trails.everyone() if t.four_wheels and t.stands() and t.came
                    and zone.inside_m(t.now.foot, t.now.place_m, t.now.px_per_m) > moment.limits.box_m]
        if case.incident is not None:
            self._perhaps_over(moment, case, standing)
            return
        exits_known = any(not lane.approach for lane in moment.scene.lanes)
        if exits_known:
            # Who does not drive towards a full exit waits for a gap; and nobody waits for himself, with his front in the exit.
            standing = [t for t in standing if any(_towards(t, lane) and any(o is not t for o in there)
                                                   for lane, there in blocked.items())]
        needed_s = moment.limits.spill_back_s if blocked else moment.limits.spill_back_alone_s
        long = [t for t in standing if t.standing_s >= needed_s]
        if not long:
            return
        first = max(long, key=lambda t: t.standing_s)
        left, top, right, bottom = zip(*(t.box for t in standing), strict=True)
        exits = [lane.id for lane in blocked]
        why = f"exit {', '.join(exits)} is full" if blocked else "it does not clear"
        case.incident = moment.ledger.begin(
            IncidentKind.SPILL_BACK, first.anchor.time_s, moment.time_s,
            Place(exits[0] if exits else None, zone.name, (min(left), min(top), max(right), max(bottom)),
                  first.now.place_m),
            min(0.95, (0.6 if blocked else 0.45) + 0.1 * len(standing)),
            f"vehicles that stand in {zone.name}: {len(standing)}; {why}",
            track=first.track, detail={"standing_veh": float(len(standing)), "standing_s": round(first.standing_s, 1)})

    def _perhaps_over(self, moment: Moment, case: _Case, standing: list[Trail]) -> None:
        if standing:
            case.clear_s = None
            return
        case.clear_s = moment.time_s if case.clear_s is None else case.clear_s
        if moment.time_s - case.clear_s >= CLEAR_S and case.incident is not None:
            moment.ledger.end(case.incident, case.clear_s, "nobody stands in the junction")
            case.incident, case.clear_s = None, None


def _towards(trail: Trail, exit_lane: LaneView) -> bool:
    if trail.heading is None:
        return True
    dx, dy = exit_lane.line[0] - trail.now.foot[0], exit_lane.line[1] - trail.now.foot[1]
    return trail.heading[0] * dx + trail.heading[1] * dy > TOWARDS_COSINE * math.hypot(dx, dy)


def _blocked_exits(moment: Moment) -> dict[LaneView, list[Trail]]:
    """Exits in whose first metres vehicles stand, and these."""
    found: dict[LaneView, list[Trail]] = {}
    for trail in moment.trails.everyone():
        lane = trail.lane
        if lane is None or lane.approach or not trail.four_wheels or not trail.stands() or not trail.moved:
            continue
        if abs(trail.beyond_line_m(lane)) <= moment.limits.exit_mouth_m * moment.stretch:
            found.setdefault(lane, []).append(trail)
    return found
