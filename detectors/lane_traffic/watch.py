"""Vehicles of one camera's lanes, followed by how well boxes on the road account for what moves in its image.

Seen from a mast, vehicles of a queue hide each other and stand as one blob, which no box around it parts. What does part it is
that vehicles have known sizes, keep to lanes and do not pass each other in them: each known vehicle is moved along its lane to
where, with all the others in their places, it accounts best for the image; what is then left over is somebody new; who has
nothing left that shows is gone. In this a vehicle that comes up to a queue alone stays one when it has joined it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Ground
from detectors.camera.lens import Lens, lens_of
from detectors.camera.site import CameraSite, LaneRole
from detectors.counting.results import SeenTrack
from detectors.lane_traffic.account import Account
from detectors.lane_traffic.axis import Axis, ExitAxis, axis_of
from detectors.lane_traffic.fit import best_fit, taken_away
from detectors.lane_traffic.flow import LaneFlow
from detectors.lane_traffic.followed import seen_in_lane
from detectors.lane_traffic.large import Large
from detectors.lane_traffic.neighbours import Neighbours
from detectors.lane_traffic.newcomers import Newcomers, may_be_new
from detectors.lane_traffic.reshape import Reshape
from detectors.lane_traffic.silhouettes import BESIDE_M, Index, Shape, in_the_way, shapes_of, solids_of, without_blur
from detectors.lane_traffic.vehicle import FASTEST_MPS, LaneVehicle
from detectors.observation import SeenVehicle
from detectors.vision.road_users import AS_VEHICLE, RoadUser

MOST_BEGUN = 8
"""In one image."""
SHOWN_SHARE = {RoadUser.VEHICLE: 0.4, RoadUser.MOTORCYCLE: 0.4, RoadUser.TRUCK: 0.5, RoadUser.BUS: 0.5,
               RoadUser.TRAM: 0.5}
SHOWN_OPEN = 0.15
"""Whose silhouette holds less than the first, where at least the second share of it lies open, does not show."""
LEAST_BESIDE = 0.45
"""Nor does a motorcycle of which no more than this share lies open."""
GONE_S, FLICKER_S = 0.7, 0.3
"""Who has not shown for so long is gone; the second before anybody was told of him."""
HIDDEN_S, HIDDEN_TIMES = 2.0, 3.0
"""Who was seen for a moment and is hidden by others ever since, for so long and so many times that moment, was a part of them."""
SURE_S = {RoadUser.VEHICLE: 0.5, RoadUser.MOTORCYCLE: 1.0, RoadUser.TRUCK: 0.5, RoadUser.BUS: 0.5,
          RoadUser.TRAM: 1.5}
"""Seen for so long before anybody is told; a tram until it is known which way it goes."""
GAP_M = 0.5
PASSED_M, MOVED_M = -0.8, 1.0
"""Has passed whose front is so far beyond the stop line, and who has driven so far."""
KNOWN_S, KNOWN_M = 2.5, 10.0
"""And whoever was begun just before the line must have been known for so long, or else have driven so far: when a queue starts,
what comes apart from a vehicle is soon taken for one."""
LONGEST_S = 5.0
"""After so long without an image everybody is somewhere else."""
SAME_M, SAME_SHARE = 2.5, 0.06
"""Who is seen so near to where somebody is known, and this share of the distance more, is the same."""
BEGIN_SCORE = 0.5
"""Score from which a detector's word is enough for somebody new."""
FIRST_SHARE = 0.6
"""Of the speed limit, a vehicle is taken to come at first."""
PARKED_S = 240.0
"""Who has stood for so long is parked."""
SLOW_MPS = 0.3
"""Slower is the tremble of what is measured."""


class Passage(NamedTuple):
    """A vehicle went over the stop line of ``lane``."""

    lane: str
    kind: RoadUser
    number: int


class Sighting(NamedTuple):
    """A vehicle that a detector found by its looks, in ``lane`` and ``distance_m`` from the stop line."""

    lane: str
    distance_m: float
    kind: RoadUser
    score: float


class LaneTraffic:
    """``shape`` (rows, columns) of the masks to come. The lanes of one ``role`` are followed: of exits distances are from the far
    end (:class:`~detectors.lane_traffic.axis.ExitAxis`). ``numbers`` are given to vehicles, one after the other."""

    def __init__(self, site: CameraSite, ground: Ground, lens: Lens, shape: tuple[int, int], *,
                 role: LaneRole = LaneRole.APPROACH, numbers: Iterator[int] | None = None) -> None:
        self._nobody_waits = role is LaneRole.EXIT
        rows, columns = shape
        scale = columns / site.image.width, rows / site.image.height
        lanes = [lane for lane in site.lanes if lane.role is role]
        self.lanes = tuple(lane.id for lane in lanes)
        self._axes = [axis_of(lane, ground, site.range_m) for lane in lanes]
        self._limits = [lane.speed_limit_mps for lane in lanes]
        self._away = [_leads_away(axis, lens) for axis in self._axes]
        self._shapes = [shapes_of(i, axis, lens, scale, shape, solids_of(lane.trams))
                        for i, (lane, axis) in enumerate(zip(lanes, self._axes, strict=True))]
        self._every = [s for of_lane in self._shapes for s in of_lane]
        self._flow = LaneFlow(ground, lens, self._axes, (site.image.width, site.image.height))
        self.size, self._site_size, self._lens = shape, (site.image.width, site.image.height), lens
        begun = {n: s for n, s in enumerate(self._every) if may_be_new(s)}
        bare = {n: without_blur(s, self._axes[s.lane], lens, scale, shape) for n, s in begun.items()}
        broad = {n: without_blur(s, self._axes[s.lane], lens, scale, shape, BESIDE_M) for n, s in begun.items()
                 if s.solid.kind is RoadUser.MOTORCYCLE}
        self._newcomers = Newcomers(self._every, bare, broad, [axis.reach_m for axis in self._axes], rows * columns)
        neighbours = Neighbours(self._axes)
        self._reshape = Reshape(self._every, neighbours)
        self._large = Large(self._every, self._axes, lens, self._away, neighbours)
        self._numbers = numbers if numbers is not None else count(1)
        self.forget()

    def forget(self) -> None:
        """Nobody is known any more; numbers go on."""
        self._vehicles: list[LaneVehicle] = []
        self._flow.forget()
        self._last_s: float | None = None
        self._images = 0

    def see(self, time_s: float, image: NDArray[np.uint8], mask: NDArray[np.uint8] | None,
            sightings: Sequence[Sighting] = (), others: Sequence[Index] = ()) -> list[Passage]:
        """One ``image``, and its ``mask`` (rows, columns) of what is not background, None where that is not known; ``sightings``
        where a detector knows vehicles by their looks; ``others`` the pixels of those who are followed elsewhere. Who passed a
        stop line."""
        by_s = 0.0 if self._last_s is None else time_s - self._last_s
        if not 0.0 <= by_s <= LONGEST_S:
            self.forget()
            by_s = 0.0
        self._last_s = time_s
        self._images += 1
        measured = self._flow.speeds(image, time_s)
        for v in self._vehicles:
            v.go_on(by_s)
            v.stood_s = v.stood_s + by_s if v.speed_mps < SLOW_MPS else 0.0
        for told in measured:
            if abs(told.speed_mps) < FASTEST_MPS:
                told.vehicle.speed_was(told.speed_mps, told.variance, by_s)
        if mask is None:
            return self._passages(time_s)
        account = Account(mask)
        for pixels in others:
            account.cover(pixels)
        for v in self._vehicles:
            account.cover(v.covered)
        self._vehicles.sort(key=lambda v: v.place_m)
        for i, v in enumerate(self._vehicles):
            self._fit(account, v, by_s, may_change=(i + self._images) % 3 == 0)
        self._reshape.larger(account, self._vehicles, self._images)
        self._large.see(account, self._vehicles, self._images)
        self._in_order(account)
        self._sighted(account, sightings, time_s)
        self._leave(account, time_s)
        self._begin(account, time_s)
        passed = self._passages(time_s)
        self._flow.mark(self._vehicles, self._owners(others))
        return passed

    def _owners(self, others: Sequence[Index]) -> NDArray[np.int16]:
        """(rows, columns) number of the vehicle that is seen at each pixel, -1 for none: the nearer hide the farther."""
        owners = np.full(self.size[0] * self.size[1], -1, np.int16)
        order = sorted(range(len(self._vehicles)), key=lambda i: -self._far_m(self._vehicles[i]))
        for i in order:
            owners[self._vehicles[i].covered] = i
        for pixels in others:
            owners[pixels] = -1
        return owners.reshape(self.size)

    def followed(self, image_size: tuple[int, int]) -> dict[str, tuple[SeenTrack, ...]]:
        """By lane, who is in it or comes into it, in pixels of images of ``image_size`` (width, height)."""
        (rows, columns), (width, height) = self.size, image_size
        mask_to_image, site_to_image = (width / columns, height / rows), (width / self._site_size[0], height / self._site_size[1])
        there = [v for v in self._vehicles if v.told and not v.over_line]
        return {name: seen_in_lane([v for v in there if v.shape.lane == i], name, self._axes[i], self._lens, mask_to_image,
                                   site_to_image, leads_away=self._away[i] > 0) for i, name in enumerate(self.lanes)}

    def reach_m(self, lane: str) -> float:
        """How far from its stop line ``lane`` is known."""
        return self._axes[self.lanes.index(lane)].reach_m

    @property
    def covered(self) -> list[Index]:
        """Pixels of the masks that each vehicle covers."""
        return [v.covered for v in self._vehicles]

    def larger(self) -> NDArray[np.bool_]:
        """(rows, columns) where somebody is who is larger than a motorcycle: people are taken for one of those now and then."""
        return self._where(lambda v: v.sure and v.shape.solid.kind is not RoadUser.MOTORCYCLE)

    def taken(self) -> NDArray[np.bool_]:
        """(rows, columns) where somebody is."""
        return self._where(lambda v: True)

    def along_m(self, lane: str, outwards_m: float) -> float:
        """Where in an exit somebody is whose front is ``outwards_m`` from its beginning."""
        axis = self._axes[self.lanes.index(lane)]
        return axis.long_m - outwards_m if isinstance(axis, ExitAxis) else outwards_m

    def vehicles(self, lane: str) -> tuple[SeenVehicle, ...]:
        """Of ``lane``, nearest first."""
        i = self.lanes.index(lane)
        reach = self._axes[i].reach_m
        found = [SeenVehicle(max(0.0, v.place_m), v.speed_mps if v.speed_mps > SLOW_MPS else 0.0,
                             AS_VEHICLE[v.shape.solid.kind], v.length_m)
                 for v in self._vehicles if v.told and not v.over_line and v.shape.lane == i and v.place_m <= reach]
        return tuple(sorted(found, key=lambda v: v.distance_m))

    def standing(self) -> NDArray[np.uint8]:
        """(rows, columns) not 0 where somebody is who drove there: the road behind him is not to be learnt anew. Whoever never
        drove may be the hole that a parked car left, and whoever has not moved for minutes is parked."""
        return np.where(self._where(lambda v: v.sure and v.came and v.stood_s < PARKED_S), np.uint8(255), np.uint8(0))

    def _where(self, holds: Callable[[LaneVehicle], bool]) -> NDArray[np.bool_]:
        """(rows, columns) where somebody is of whom that holds."""
        there = np.zeros(self.size[0] * self.size[1], bool)
        for v in self._vehicles:
            if holds(v):
                there[v.covered] = True
        return there.reshape(self.size)

    def _fit(self, account: Account, v: LaneVehicle, by_s: float, *, may_change: bool) -> None:
        with taken_away(account, (v,)):
            fit = best_fit(account, v.shape, v)
            if may_change:
                self._reshape.same_size(account, v, fit)
            if fit.variance is not None:
                v.place_is(fit.place_m, fit.variance)
            if v.shape.solid.kind is RoadUser.MOTORCYCLE and fit.open_share < LEAST_BESIDE:
                # What others account for mostly was a part of them.
                v.missed_s += by_s
            elif fit.open_share < SHOWN_OPEN:
                if self._nobody_waits and self._must_show(account, v):
                    v.missed_s += by_s
                else:
                    v.hidden_s += by_s
            else:
                v.shown_s, v.hidden_s = v.shown_s + by_s, 0.0
                if fit.shown >= SHOWN_SHARE[v.shape.solid.kind]:
                    v.missed_s = max(0.0, v.missed_s - by_s)
                else:
                    v.missed_s += by_s

    def _must_show(self, account: Account, v: LaneVehicle) -> bool:
        """Whether ``v``, which ``account`` must not have covered, does not show though nobody nearer hides it: of two at nearly
        the same place each is covered by the other, also when both have driven off. In a queue at a red light it is as well that
        they keep each other: there vehicles fade into the background, and are counted when they drive on."""
        behind = [w for w in self._vehicles if w is not v and self._far_m(w) > self._far_m(v)]
        here = v.shape.nearest(v.place_m)
        with taken_away(account, behind):
            worth = account.worth(v.shape, here, here)
        open_share = float(worth.open[0]) / max(1, int(v.shape.sizes[here]))
        return open_share >= SHOWN_OPEN and float(worth.shown[0]) < SHOWN_SHARE[v.shape.solid.kind]

    def _far_m(self, v: LaneVehicle) -> float:
        """Rises with the distance from the camera, among those of lanes that lead the same way."""
        return self._away[v.shape.lane] * v.place_m

    def _sighted(self, account: Account, sightings: Sequence[Sighting], time_s: float) -> None:
        free = list(self._vehicles)
        for told in sorted(sightings, key=lambda s: -s.score):
            if told.lane not in self.lanes:
                continue
            lane = self.lanes.index(told.lane)
            same_m = SAME_M + SAME_SHARE * max(0.0, told.distance_m)
            here = [v for v in free if v.shape.lane == lane and abs(v.place_m - told.distance_m) <= same_m]
            if here:
                v = min(here, key=lambda v: abs(v.place_m - told.distance_m))
                free.remove(v)
                with taken_away(account, (v,)):
                    v.place_is(told.distance_m, (0.5 + 0.03 * max(0.0, told.distance_m)) ** 2)
                v.missed_s = 0.0
            elif told.score >= BEGIN_SCORE and 0.0 <= told.distance_m <= self._axes[lane].reach_m:
                # Models often call a car a lorry.
                kind = told.kind if told.kind in (RoadUser.MOTORCYCLE, RoadUser.BUS) else RoadUser.VEHICLE
                shape = next((s for s in self._shapes[lane] if s.solid.kind is kind and s.aside_m == 0.0), None)
                if shape is not None:
                    self._add(account, shape, told.distance_m, time_s)

    def _in_order(self, account: Account) -> None:
        """Nobody drives through who is before him in the lane; of two who would, the younger never was."""
        for lane in range(len(self.lanes)):
            here = sorted((v for v in self._vehicles if v.shape.lane == lane), key=lambda v: v.place_m)
            for ahead, behind in pairwise(here):
                if not in_the_way(ahead.shape, behind.shape):
                    continue
                least = ahead.tail_m + GAP_M
                if behind.place_m < least:
                    if behind.place_m < ahead.place_m + 0.5 * ahead.length_m:
                        behind.missed_s += 0.2
                    with taken_away(account, (behind,)):
                        behind.not_before(least, ahead.speed_mps + 0.5)

    def _leave(self, account: Account, time_s: float) -> None:
        kept = []
        for v in self._vehicles:
            missed = v.missed_s > (GONE_S if v.sure else FLICKER_S) or v.hidden_s > HIDDEN_S + HIDDEN_TIMES * v.shown_s
            if missed or v.place_m <= v.shape.places_m[0] + 0.5:
                account.uncover(v.covered)
                continue
            if not v.sure and time_s - v.begun_s >= SURE_S[v.shape.solid.kind] and v.missed_s == 0.0:
                v.sure = True
            kept.append(v)
        self._vehicles = kept

    def _begin(self, account: Account, time_s: float) -> None:
        for _ in range(MOST_BEGUN):
            found = self._newcomers.best(account, self._vehicles)
            if found is None:
                return
            if found.approaches:
                self._add(account, found.shape, found.place_m, time_s)
            else:
                account.cover(found.shape.covered(found.place))

    def _add(self, account: Account, shape: Shape, place_m: float, time_s: float) -> None:
        unsure_m = max(0.5, float(shape.row_m[shape.nearest(place_m)]))
        v = LaneVehicle.begun(next(self._numbers), shape, place_m, unsure_m, FIRST_SHARE * self._limits[shape.lane], time_s)
        self._vehicles.append(v)
        account.cover(v.covered)

    def _passages(self, now_s: float) -> list[Passage]:
        found = []
        for v in self._vehicles:
            if v.sure and not v.passed and v.place_m < PASSED_M and v.driven_m > MOVED_M:
                v.passed = True
                if v.driven_m > KNOWN_M or now_s - v.begun_s >= KNOWN_S:
                    found.append(Passage(self.lanes[v.shape.lane], v.shape.solid.kind, v.number))
        return found


def _leads_away(axis: Axis, lens: Lens) -> float:
    """1 where distances along ``axis`` rise away from the camera, else -1."""
    ends, _ = axis.place(np.array([0.0, axis.reach_m]))
    near, far = np.hypot(*(ends - np.array(lens.above_m)).T)
    return 1.0 if far >= near else -1.0


def traffic_of(site: CameraSite, ground: Ground | None, shape: tuple[int, int], role: LaneRole = LaneRole.APPROACH,
               numbers: Iterator[int] | None = None) -> LaneTraffic | None:
    """Of the lanes of ``role``. None where the site has none, or its ground plane does not tell where the camera hangs."""
    if ground is None or not any(lane.role is role for lane in site.lanes):
        return None
    lens = lens_of(ground, (site.image.width, site.image.height))
    return LaneTraffic(site, ground, lens, shape, role=role, numbers=numbers) if lens is not None else None
