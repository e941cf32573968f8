"""Driving against the direction: a sustained way of some metres, never a trembling box nor a metre of reversing.

In a lane of the site file against its direction; without a site file against the learnt one. A driver who meets the lane's
traffic is soon one box with it: who is followed along the lanes one by one is watched for himself, too, and goes back along his.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from detectors.incidents.flow import FlowField
from detectors.incidents.incident import NOTHING, IncidentKind
from detectors.incidents.moment import Moment, place_of
from detectors.incidents.scene import LaneView
from detectors.incidents.trail import Sample, Trail, apart_m
from detectors.vision.road_users import RoadUser

AGAINST_COSINE = -0.7
EVEN_SHARE = 0.5
"""At least this share of the looks must have seen it go on against the direction."""
LEAST_CELLS = 2
WIDEST_LANES = 1.75
"""A box so many times as wide as its lane is of somebody long, seen from aside: the middle of its lower edge is not where it
drives. A tram that leaves on the next track covered the approach's own."""
FAR_END_SHARE, UP_OR_DOWN = 0.1, 0.5
"""The far end of a tram that leaves on the next track hardly moves in the image while its near end comes away: of a lorry, seen
from two metres above its roof, it moves more than this share of what the near end does, up or down the image. Asked where a lane
leads up or down as steeply as the second."""
SURE_M = 15.0
"""Whose way is shorter must have been that fast all along it: people beside a queue, now in one box with it and now not, wander
back some metres."""
LEFT_M = 4.0
"""Where somebody of its lane stood before it came, and stands still, nobody drove: the box round both has come apart."""
FOLLOWED_S, FOLLOWED_M, FOLLOWED_BOXES = 3.0, 15.0, 1.5
"""So long, so far, and so many times its own box, has gone back who is followed along a lane, and goes on: he is moved back a
little where others turn out to be ahead of him, and slides along a queue that he was taken for a part of."""
TOGETHER_M, TOGETHER_S, TOGETHER = 3.0, 1.0, 2
"""Where so many others have gone back so far, too, until so long ago, the camera turns."""
ADRIFT_S, ADRIFT_M = 6.0, 60.0
"""Trackers lose whom they follow: who comes against the direction so soon after and so near is the same driver."""
REVERSED, AHEAD_M = 3, 5.0
"""After so many against a lane, with not one for each of them who drove so far along it, it is drawn the wrong way round."""


@dataclass(slots=True)
class _Case:
    """``turned`` is where it was when it had come furthest in the right direction."""

    lane: LaneView | None
    turned: Sample
    furthest: Sample
    last: Sample
    furthest_m: float = 0.0
    looks: int = 0
    against: int = 0
    incident: int | None = None
    began: Sample | None = None
    """Where it came in; None once it has driven on from there as it should."""


class WrongWay:
    """Watches for :attr:`IncidentKind.WRONG_WAY`."""

    def __init__(self, width: int, height: int) -> None:
        self._flow = FlowField(width, height)
        self._box_cases: dict[int, _Case] = {}
        self._each_cases: dict[int, _Case] = {}
        self._held: Counter[int] = Counter()
        """How many cases are of each driver whose incident is open: one of boxes, one of who is followed."""
        self._at: dict[int, Sample] = {}
        """Where each of them was last seen, also while no case is of him."""
        self._against: Counter[str] = Counter()
        self._ahead: Counter[str] = Counter()
        """How many were told in each lane, and how many drove along it as they should."""

    def forget(self) -> None:
        for all_of_them in (self._box_cases, self._each_cases, self._held, self._at, self._against, self._ahead):
            all_of_them.clear()
        self._flow.forget()

    def see(self, moment: Moment) -> None:
        self._watch(moment, moment.trails.seen, self._box_cases)
        for trail in moment.trails.gone:
            if self._gone(trail, self._box_cases):
                self._flow.drop(trail)
            else:
                self._flow.learn(trail)
        if moment.each is not None:
            self._watch(moment, {key: t for key, t in moment.each.seen.items() if t.followed}, self._each_cases)
            for trail in moment.each.gone:
                self._gone(trail, self._each_cases)
        for number, last in list(self._at.items()):
            if not self._held[number] and moment.time_s - last.time_s > ADRIFT_S:
                self._close(moment, number, last.time_s, "left the view")

    def _watch(self, moment: Moment, trails: Mapping[int, Trail], cases: dict[int, _Case]) -> None:
        for key, trail in trails.items():
            if trail.kind is RoadUser.PEDESTRIAN:
                continue
            case = cases.get(key)
            if case is not None and case.incident is not None:
                self._at[case.incident] = trail.now
            lane, ahead = self._expected(moment, trail)
            if case is not None and not moment.scene.lanes and len(trail.history) > 1:
                self._flow.follow(trail, case.last)
            # Numbers change hands; a way is one only where each step follows on the last.
            one_way = case is not None and len(trail.history) > 1 and trail.history[-2] is case.last
            # A queue in one box goes back as it drives off at its front.
            queue = trail.track in moment.shared
            if case is None or ((lane is not case.lane or not one_way or queue) and case.incident is None):
                case = cases[key] = _Case(lane, trail.now, trail.now, trail.now, began=trail.now)
            elif trail.now.cut or ahead is None:
                case.last = trail.now
            else:
                self._judge(moment, trail, case, ahead)

    def _gone(self, trail: Trail, cases: dict[int, _Case]) -> bool:
        """Whether he who is seen no more had driven against the direction."""
        case = cases.pop(trail.key, None)
        if case is None or case.incident is None:
            return False
        self._held[case.incident] -= 1
        return True

    def _expected(self, moment: Moment, trail: Trail) -> tuple[LaneView | None, tuple[float, float] | None]:
        if moment.scene.lanes:
            return trail.lane, trail.lane.ahead if trail.lane else None
        return None, self._flow.direction(trail.now)

    def _judge(self, moment: Moment, trail: Trail, case: _Case, ahead: tuple[float, float]) -> None:
        now, last, limits = trail.now, case.last, moment.limits
        case.last = now
        step_px = _along(last, now, ahead)
        case.looks += 1
        case.against += step_px < 0
        back_m = limits.wrong_way_back_m * moment.stretch
        if _along(case.turned, now, ahead) >= 0:
            # As far as ever in the right direction.
            if case.incident is not None and apart_m(case.furthest, now) >= back_m:
                self._end(moment, case, "turned round")
            if case.incident is None:
                case.turned = case.furthest = now
                case.furthest_m, case.looks, case.against = 0.0, 0, 0
            if case.lane is not None and case.began is not None and apart_m(case.began, now) >= AHEAD_M:
                self._ahead[case.lane.id] += 1
                case.began = None
            return
        far_m = apart_m(case.turned, now)
        if far_m >= case.furthest_m:
            case.furthest, case.furthest_m = now, far_m
        elif apart_m(case.furthest, now) > back_m and _along(case.furthest, now, ahead) > 0:
            if case.incident is not None:
                self._end(moment, case, "turned round")
            case.turned = case.furthest = now
            case.furthest_m, case.looks, case.against = 0.0, 0, 0
            return
        if case.incident is None and self._is_one(moment, trail, case, ahead, far_m):
            case.incident = next((n for n, last in self._at.items() if apart_m(last, now) <= ADRIFT_M), None)
            if case.incident is not None:
                self._held[case.incident] += 1
                return
            if trail.lane is not None:
                if self._against[trail.lane.id] >= max(REVERSED, self._ahead[trail.lane.id]):
                    return
                self._against[trail.lane.id] += 1
            where = f"lane {trail.lane.id}" if trail.lane else "the direction that others drive in"
            case.incident = moment.ledger.begin(
                IncidentKind.WRONG_WAY, case.turned.time_s, moment.time_s, place_of(trail),
                min(0.95, 0.6 + 0.02 * far_m) * (1.0 if moment.scene.calibrated else 0.85),
                f"a {trail.kind} drives against {where}", track=trail.track,
                detail={"against_m": round(far_m, 1), "against_s": round(now.time_s - case.turned.time_s, 1)})
            self._held[case.incident], self._at[case.incident] = 1, now

    def _is_one(self, moment: Moment, trail: Trail, case: _Case, ahead: tuple[float, float], far_m: float) -> bool:
        now, limits = trail.now, moment.limits
        if now.time_s - case.turned.time_s < limits.wrong_way_s or case.against < EVEN_SHARE * case.looks:
            return False
        if (trail.speed_mps(limits.wrong_way_s) or 0.0) < limits.wrong_way_mps:
            return False
        if _came_apart(moment, trail, case):
            return False
        if far_m < min(SURE_M, limits.wrong_way_mps * (now.time_s - case.turned.time_s)):
            return False
        if trail.lane is not None:
            lane_px = trail.lane.outline.across_px(*now.foot)
            if 0.0 < lane_px * WIDEST_LANES < trail.box[2] - trail.box[0]:
                return False
        # In pixels it must be a way too, of a box's length and more: far off, a pixel is metres.
        box_px = max(trail.box[2] - trail.box[0], trail.box[3] - trail.box[1])
        px = -_along(case.turned, now, ahead)
        if far_m < limits.wrong_way_m * moment.stretch or px < (1.0 if moment.scene.calibrated else 2.0) * box_px:
            return False
        if trail.followed and (far_m < FOLLOWED_M or px < FOLLOWED_BOXES * box_px or now.time_s - case.turned.time_s < FOLLOWED_S
                               or (trail.speed_mps() or 0.0) < limits.wrong_way_mps or self._together(now.time_s, case)):
            return False
        # A box that grows at its lower edge only, because what hid it goes away, has not driven.
        top = ((now.top[0] - case.turned.top[0]) * ahead[0] + (now.top[1] - case.turned.top[1]) * ahead[1])
        if -top < 0.3 * px:
            return False
        dx, dy = now.foot[0] - case.turned.foot[0], now.foot[1] - case.turned.foot[1]
        if abs(ahead[1]) >= UP_OR_DOWN and (now.top[1] - case.turned.top[1]) * dy < FAR_END_SHARE * dy * dy:
            return False
        if (dx * ahead[0] + dy * ahead[1]) / ((dx * dx + dy * dy) ** 0.5 or 1.0) > AGAINST_COSINE:
            return False
        if moment.scene.lanes:
            return True
        cells = {self._flow.cell(s) for s in trail.history
                 if s.time_s >= case.turned.time_s and self._flow.direction(s) is not None}
        return len(cells) >= LEAST_CELLS

    def _together(self, now_s: float, case: _Case) -> bool:
        return sum(c is not case and c.furthest_m >= TOGETHER_M and now_s - c.furthest.time_s <= TOGETHER_S
                   for c in self._each_cases.values()) >= TOGETHER

    def _end(self, moment: Moment, case: _Case, why: str) -> None:
        if case.incident is None:
            return
        self._held[case.incident] -= 1
        if not self._held[case.incident]:
            self._close(moment, case.incident, moment.time_s, why, {"against_m": round(case.furthest_m, 1)})
        case.incident = None

    def _close(self, moment: Moment, number: int, at_s: float, why: str, detail: Mapping[str, float] = NOTHING) -> None:
        del self._held[number], self._at[number]
        moment.ledger.end(number, at_s, why, detail)


def _came_apart(moment: Moment, trail: Trail, case: _Case) -> bool:
    """Whether whoever is followed by himself where its way began has not moved since before."""
    return moment.each is not None and any(
        other.followed and other.lane is trail.lane and other.stands() and other.anchor.time_s <= case.turned.time_s
        and apart_m(other.now, case.turned) <= LEFT_M for other in moment.each.seen.values())


def _along(a: Sample, b: Sample, ahead: tuple[float, float]) -> float:
    return (b.foot[0] - a.foot[0]) * ahead[0] + (b.foot[1] - a.foot[1]) * ahead[1]
