"""Vehicles that turn out to be of another shape than they were begun with: in another lane, or larger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.lane_traffic.account import Account
from detectors.lane_traffic.fit import Fit, best_fit, taken_away
from detectors.lane_traffic.neighbours import Neighbours
from detectors.lane_traffic.newcomers import LEAST_SHARE
from detectors.lane_traffic.parts import within
from detectors.lane_traffic.silhouettes import LARGE, Shape
from detectors.lane_traffic.vehicle import LaneVehicle
from detectors.vision.road_users import RoadUser

NEAREST_M = 2.0
"""Nearer to the stop line nobody changes lanes any more."""
OTHER_SHAPE, MEMORY = 1.2, 0.8
"""Another shape is taken when it is so many times as good as the present one, on the average of looks of which each weighs the
second as much as the next."""
MOST_BETTER = 3.0
SAME_GAIN = 0.9
"""Who lies within a larger silhouette may be a part of it; the larger one must account for as much as they do together, but for a
little."""
FILLED = {RoadUser.VEHICLE: 0.7, RoadUser.TRUCK: 0.8, RoadUser.BUS: 0.8, RoadUser.TRAM: 0.8}
"""And be filled to this share."""
DARK_WHOLE, DARK_SURE, DARK_MORE, DARK_GAIN = 0.85, 0.12, 1.4, 1.2
"""Nearly all of a dark car can be in doubt, and a motorcycle at its windows accounts for what is sure. It is a car where a car's
silhouette is in motion or in doubt to the first share, in motion to the second, so many times as much as the motorcycle's,
and worth so much more: beside a motorcycle its shadow is in doubt, and nothing is sure."""
LEAST_OPEN = 0.5
EVERY = 3
"""Each vehicle is looked at in one of so many images."""


class Reshape:
    """``shapes`` are all that there are, of all lanes. Where across its lane a large vehicle drives is no other shape of it
    (:class:`~detectors.lane_traffic.large.Large`)."""

    def __init__(self, shapes: Sequence[Shape], lanes: Neighbours) -> None:
        self._shapes = [s for s in shapes if s.solid.kind not in LARGE or s.aside_m == 0.0]
        self._lanes = lanes

    def same_size(self, account: Account, v: LaneVehicle, own: Fit) -> None:
        """Whether ``v``, which ``account`` must not have covered and ``own`` fits, drives beside where it was thought to, or in
        the next lane. Whether it is larger is asked by :meth:`larger`: then others may be parts of it."""
        if v.place_m < NEAREST_M:
            return
        mine = v.shape.solid.kind
        # Two cars close behind each other fill much of a lorry.
        gain = own.gain / 2 if mine in LARGE and own.filled < LEAST_SHARE[mine] else own.gain
        for number, other in enumerate(self._shapes):
            its = other.solid.kind
            if other is v.shape or other.lane not in self._lanes.of(v.shape.lane) or not (
                    its is mine or (mine in LARGE and its is RoadUser.VEHICLE)):
                continue
            if its in LARGE and other.solid is v.shape.solid and other.lane == v.shape.lane:
                continue
            fit = best_fit(account, other, v)
            there = fit.gain if fit.filled >= LEAST_SHARE[its] else 0.0
            v.found(number, min(MOST_BETTER, there / max(gain, 1.0)), MEMORY)
        best = max((n for n in v.better if self._shapes[n].solid.length_m <= v.length_m), key=lambda n: v.better[n], default=None)
        if best is not None and v.better[best] > OTHER_SHAPE:
            v.take(self._shapes[best])

    def larger(self, account: Account, vehicles: list[LaneVehicle], image: int) -> None:
        """Whether somebody is larger than was thought: a bus that was taken for a car and others behind it, a car for two
        motorcycles. Takes those out of ``vehicles`` who were parts of others."""
        for turn, v in enumerate(list(vehicles)):
            if v not in vehicles or v.place_m < 0.0 or (turn + image) % EVERY:
                continue
            for number, other in enumerate(self._shapes):
                if other.lane != v.shape.lane or other.solid.length_m <= v.length_m:
                    continue
                if v.came_to_stand and other.solid.kind in LARGE:
                    # What is behind who waits are those who have joined the queue.
                    continue
                parts = within(account, [w for w in vehicles if w.place_m > v.place_m - 1.0], v, other, self._lanes)
                v.found(number, 2.0 if self._fits(account, v, parts, other) else 0.0, MEMORY)
                if v.better[number] > OTHER_SHAPE:
                    for w in (v, *parts):
                        account.uncover(w.covered)
                    for w in parts:
                        vehicles.remove(w)
                        v.was_also(w)
                    v.take(other)
                    account.cover(v.covered)
                    break

    @staticmethod
    def _fits(account: Account, v: LaneVehicle, parts: Sequence[LaneVehicle], other: Shape) -> bool:
        all_of_them = np.unique(np.concatenate([w.covered for w in (v, *parts)]))
        with taken_away(account, (v, *parts)):
            fit, before = best_fit(account, other, v), account.gain(all_of_them)
            full = fit.filled >= FILLED[other.solid.kind] or (not parts and _dark_car(account, v, other, fit, before))
        return full and fit.open_share >= LEAST_OPEN and fit.gain > 0 and fit.gain >= SAME_GAIN * before


def _dark_car(account: Account, v: LaneVehicle, other: Shape, fit: Fit, before: float) -> bool:
    """Whether a motorcycle ``v`` is what is sure of a dark car, which ``fit`` would be."""
    if v.shape.solid.kind is not RoadUser.MOTORCYCLE or other.solid.kind is not RoadUser.VEHICLE:
        return False
    here = v.shape.nearest(v.place_m)
    own, all_px = float(account.worth(v.shape, here, here).inside[0]), float(other.sizes[other.nearest(fit.place_m)])
    return (fit.whole >= DARK_WHOLE and fit.inside >= max(DARK_SURE * all_px, DARK_MORE * own)
            and fit.gain >= DARK_GAIN * before)
