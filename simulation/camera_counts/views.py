"""Where people put cameras, and the line across the street that they count at."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from detectors.counting.line import CountLine
from signal_drivers.errors import BadInput
from simulation.cameras.pose import Pose

ACROSS_M = 7.5
LONGER = 0.3
"""The line is drawn so much further than the road is broad, at either end, as far as the image goes."""


class View(NamedTuple):
    """``at_m`` the lens; ``heading_deg`` from the street's direction, anticlockwise; ``tilt_deg`` downwards; ``focal`` in widths
    of the image."""

    at_m: tuple[float, float, float]
    heading_deg: float
    tilt_deg: float
    focal: float
    size: tuple[int, int] = (640, 360)
    fps: float = 15.0

    @property
    def pose(self) -> Pose:
        return Pose(*self.at_m, math.radians(self.heading_deg), math.radians(self.tilt_deg), self.focal * self.size[0], self.size)

    @property
    def line(self) -> CountLine:
        """At the middle of the street, from its right side to its left."""
        ends, _ = self.pose.pixels(np.array([(0.0, -ACROSS_M, 0.0), (0.0, ACROSS_M, 0.0)]))
        more = (ends[1] - ends[0]) * LONGER
        (x1, y1), (x2, y2) = np.clip(ends + np.array([-more, more]), 0.0, np.array(self.size) - 1.0)
        return CountLine(float(x1), float(y1), float(x2), float(y2))


ALONG = View((-30.0, 0.0, 8.0), 0.0, 20.0, 0.94)
SIDE = View((0.0, -16.0, 5.0), 90.0, 14.0, 0.66)
VIEWS: dict[str, View] = {
    "along": ALONG, "along-8": ALONG._replace(fps=8.0), "side": SIDE, "side-320": SIDE._replace(size=(320, 180), fps=12.0),
    "oblique": View((-18.0, -14.0, 9.0), 45.0, 24.0, 0.78), "steep": View((-8.0, -6.0, 18.0), 60.0, 58.0, 0.78),
    "low": View((-20.0, -9.0, 4.5), 20.0, 9.0, 0.94), "far": View((-60.0, 3.0, 12.0), -2.0, 10.0, 1.4)}


def views_of(names: list[str]) -> dict[str, View]:
    """Raises :class:`BadInput` for one that there is not."""
    for name in names:
        if name not in VIEWS:
            raise BadInput(f"there is no view {name}", where="--views", mend=f"take some of {', '.join(VIEWS)}")
    return {name: VIEWS[name] for name in names or VIEWS}
