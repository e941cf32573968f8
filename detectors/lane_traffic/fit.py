"""Where a known vehicle accounts best for the image, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from detectors.lane_traffic.account import Account
from detectors.lane_traffic.silhouettes import Shape
from detectors.lane_traffic.vehicle import LaneVehicle

WINDOW_M = 8.0
"""No further than this from where it is expected."""
TELLS = 0.05
"""Share of the silhouette that must lie open for the image to tell anything of the place."""


class Fit(NamedTuple):
    """``place_m`` with its ``variance``, None where the image does not tell; ``gain`` is what is accounted for there, less what
    should show and does not (pixels); ``shown``, ``filled`` and ``whole`` as :class:`~detectors.lane_traffic.account.Worth` has
    them, ``inside`` its pixels in motion, and ``open_share`` of the silhouette that lies open."""

    place_m: float
    variance: float | None
    gain: float
    shown: float
    filled: float
    whole: float
    inside: float
    open_share: float


@contextmanager
def taken_away(account: Account, vehicles: Sequence[LaneVehicle]) -> Iterator[None]:
    """Meanwhile ``account`` has none of ``vehicles`` covered; afterwards it has each where it is by then."""
    for v in vehicles:
        account.uncover(v.covered)
    yield
    for v in vehicles:
        account.cover(v.covered)


def best_fit(account: Account, shape: Shape, v: LaneVehicle) -> Fit:
    """Of ``v`` if it had ``shape``; ``account`` must not have it covered.

    Each place is weighed by what it accounts for, a row of the image too far costing the vehicle's breadth; the mean is the
    place, and the spread says how flat that is: of who is hidden by others nearly every place is as good.
    """
    row = float(shape.row_m[shape.nearest(v.place_m)])
    reach = min(WINDOW_M + row, max(1.5, 2.0 * v.unsure_m + row))
    first, last = shape.nearest(v.place_m - reach), shape.nearest(v.place_m + reach)
    worth = account.worth(shape, first, last)
    gain = worth.gain
    top = int(gain.argmax())
    places = shape.places_m[first:last + 1]
    step = float(places[min(top + 1, len(places) - 1)] - places[max(top - 1, 0)]) / 2
    weight = np.exp((gain - gain[top]) / (float(shape.wide_px[first + top]) * max(1.0, step / row)))
    weight /= weight.sum()
    mean = float(weight @ places)
    variance = float(weight @ (places - mean) ** 2) + (0.4 * row) ** 2 + 0.04
    open_share = float(worth.open[top]) / max(1, int(shape.sizes[first + top]))
    return Fit(mean, variance if open_share > TELLS else None, float(gain[top]), float(worth.shown[top]),
               float(worth.filled[top]), float(worth.whole[top]), float(worth.inside[top]), open_share)
