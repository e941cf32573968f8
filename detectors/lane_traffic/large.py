"""Trucks, buses and trams: where across their lane they drive, and who is nobody but a part of them.

What is left over of a large vehicle that drives beside the middle of its lane looks like a motorcycle between it and the next;
and of one that drives away from the camera the roof covers the road before it, where a car then seems to be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.camera.lens import Lens
from detectors.lane_traffic.account import Account
from detectors.lane_traffic.axis import Axis
from detectors.lane_traffic.fit import best_fit, taken_away
from detectors.lane_traffic.neighbours import Neighbours
from detectors.lane_traffic.parts import within
from detectors.lane_traffic.silhouettes import LARGE, Shape, in_the_way
from detectors.lane_traffic.vehicle import LaneVehicle
from detectors.vision.road_users import RoadUser

EVERY = 3
"""Each is looked at in one of so many images."""
AS_GOOD = 0.97
"""A place across the lane is taken if, without those who would be parts of it there, it accounts for so much of what it does now
together with them."""
FROM_ITS_END = 0.4
"""Sine of the angle between the lane and the line of sight to the vehicle: seen more from the side than this, some way across the
lane looks like some way along it."""
HEADWAY_S, DRIVES_MPS, HIDDEN_SHARE = 0.5, 6.0, 0.5
"""At more than this speed nobody drives so close before another; who seems to, and is hidden with the last share, is none."""


class Large:
    """``shapes`` are all that there are, of all lanes; ``away`` by lane, above 0 where distances rise away from the camera."""

    def __init__(self, shapes: Sequence[Shape], axes: Sequence[Axis], lens: Lens, away: Sequence[float],
                 lanes: Neighbours) -> None:
        self._shapes, self._axes, self._above_m, self._away, self._lanes = shapes, axes, np.array(lens.above_m), away, lanes

    def see(self, account: Account, vehicles: list[LaneVehicle], image: int) -> None:
        """Takes those out of ``vehicles`` who were parts of others."""
        for turn, v in enumerate(list(vehicles)):
            if v.shape.solid.kind in LARGE and (turn + image) % EVERY == 0:
                self._across(account, vehicles, v)
                self._before(account, vehicles, v)

    def _across(self, account: Account, vehicles: list[LaneVehicle], v: LaneVehicle) -> None:
        """Where in its lane it drives, if somebody seems to ride beside it."""
        riders = [w for w in vehicles if w.shape.solid.kind is RoadUser.MOTORCYCLE]
        if not riders or not self._from_its_end(v):
            return
        best: tuple[float, Shape, list[LaneVehicle]] | None = None
        for other in self._shapes:
            if other.lane != v.shape.lane or other.solid is not v.shape.solid or other is v.shape:
                continue
            parts = within(account, riders, v, other, self._lanes)
            if not parts:
                continue
            with taken_away(account, (v, *parts)):
                gain = best_fit(account, other, v).gain
                together = account.gain(np.unique(np.concatenate([w.covered for w in (v, *parts)])))
            if gain > AS_GOOD * max(together, 1.0) and (best is None or gain > best[0]):
                best = gain, other, parts
        if best is not None:
            with taken_away(account, (v,)):
                v.shape = best[1]
            _remove(account, vehicles, best[2])

    def _from_its_end(self, v: LaneVehicle) -> bool:
        (middle,), (up,) = self._axes[v.shape.lane].place(v.place_m + v.length_m / 2)
        sight = middle - self._above_m
        return abs(float(sight[0] * up[1] - sight[1] * up[0])) <= FROM_ITS_END * float(np.hypot(*sight))

    def _before(self, account: Account, vehicles: list[LaneVehicle], v: LaneVehicle) -> None:
        """Who seems to drive close before it at speed, and is hidden by it."""
        if v.speed_mps < DRIVES_MPS or self._away[v.shape.lane] > 0:
            return
        close_m = HEADWAY_S * v.speed_mps
        close = [w for w in vehicles if w.shape.solid.kind not in LARGE and in_the_way(w.shape, v.shape)
                 and v.place_m - close_m < w.tail_m and w.place_m < v.place_m]
        _remove(account, vehicles, within(account, close, v, v.shape, self._lanes, HIDDEN_SHARE))


def _remove(account: Account, vehicles: list[LaneVehicle], parts: Sequence[LaneVehicle]) -> None:
    for w in parts:
        account.uncover(w.covered)
        vehicles.remove(w)
