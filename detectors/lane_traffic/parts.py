"""Who may be nobody but a part of somebody larger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.lane_traffic.account import Account
from detectors.lane_traffic.neighbours import Neighbours
from detectors.lane_traffic.silhouettes import Shape
from detectors.lane_traffic.vehicle import LaneVehicle

PART_SHARE = 0.65
"""Who lies within a larger silhouette with this share may be a part of it."""


def within(account: Account, vehicles: Sequence[LaneVehicle], v: LaneVehicle, shape: Shape,
           lanes: Neighbours, share: float = PART_SHARE) -> list[LaneVehicle]:
    """Those of ``vehicles`` who lie with ``share`` within ``v``, if it were of ``shape``, and have not passed the stop line."""
    beside = lanes.of(v.shape.lane)
    near = [w for w in vehicles if w is not v and not w.passed and w.shape.lane in beside and len(w.covered)]
    if not near:
        return []
    flag = np.zeros(account.size, bool)
    flag[shape.covered(shape.nearest(v.place_m))] = True
    return [w for w in near if float(flag[w.covered].mean()) >= share]
