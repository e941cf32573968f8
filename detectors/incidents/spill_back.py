"""A queue that stands in the junction. Turners wait there for a gap: they are told apart by the exit, which is free."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.incidents.incident import IncidentKind, Place
from detectors.incidents.moment import Moment
from detectors.incidents.scene import ZoneView
from detectors.incidents.trail import Trail

CLEAR_S = 3.0


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

    def _look(self, moment: Moment, zone: ZoneView, blocked: list[str]) -> None:
        case = self._cases.setdefault(zone.name, _Case())
        standing = [t for t in moment.trails.everyone() if t.four_wheels and t.stands()
                    and zone.outline.inside_px(*t.now.foot) > 0 and t.moved]
        if case.incident is not None:
            self._perhaps_over(moment, case, standing)
            return
        # A turner in a junction whose exit is full may wait for a gap all the same, but then both are in the way.
        exits_known = any(not lane.approach for lane in moment.scene.lanes)
        needed_s = moment.limits.spill_back_s if blocked else moment.limits.spill_back_alone_s
        long = [t for t in standing if t.standing_s >= needed_s]
        if not long or (exits_known and not blocked):
            return
        first = max(long, key=lambda t: t.standing_s)
        left, top, right, bottom = zip(*(t.box for t in standing), strict=True)
        why = f"exit {', '.join(blocked)} is full" if blocked else "it does not clear"
        case.incident = moment.ledger.begin(
            IncidentKind.SPILL_BACK, first.anchor.time_s, moment.time_s,
            Place(blocked[0] if blocked else None, zone.name, (min(left), min(top), max(right), max(bottom)), first.now.place_m),
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


def _blocked_exits(moment: Moment) -> list[str]:
    """Exits in whose first metres a vehicle stands."""
    found = []
    for lane in moment.scene.lanes:
        if lane.approach:
            continue
        for trail in moment.trails.everyone():
            if trail.lane is not lane or not trail.four_wheels or not trail.stands() or not trail.moved:
                continue
            if trail.distance_m is not None:
                inside_m = abs(trail.distance_m)
            else:
                inside_m = abs(lane.onward_px(*trail.now.foot)) / trail.now.px_per_m
            if inside_m <= moment.limits.exit_mouth_m * moment.stretch:
                found.append(lane.id)
                break
    return found
