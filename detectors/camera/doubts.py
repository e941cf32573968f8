"""What of a camera's site can hardly be meant, though it contradicts nothing: lanes as wide as a hall, stop lines in the middle
of their lanes, lanes under other lanes, lanes of which nothing is seen. Said when it is calibrated, and again when it is counted
with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from detectors.camera.agreement import area_px2
from detectors.camera.ground import Ground
from detectors.camera.lens import HIGHEST_M, LOWEST_M, lens_of
from detectors.camera.painted import painted
from detectors.camera.site import CameraLane, CameraSite, LaneRole, Pixel

NARROWEST_LANE_M, WIDEST_LANE_M = 1.5, 9.0
"""Tram tracks and cycle lanes are narrower than a car's lane; two are drawn as one now and then, with slanted stop lines."""
SHORTEST_LANE_M = 12.0
"""At 50 km/h somebody is in a lane of this length for 0.9 s: too short to be followed in. He is counted by his box."""
BEYOND = 0.25
"""A stop line with more of its lane's area than this on its far side is in the middle of the lane."""
HIDDEN = 0.3
"""Neighbouring lanes drawn by hand overlap at their borders; a lane of which so much lies under others is not a neighbour."""


def doubts(site: CameraSite, ground: Ground | None) -> tuple[str, ...]:
    """One line for each fault, with the lanes that have it. ``ground`` is that of ``site``, None where it is not calibrated."""
    words = []
    middle = [lane.id for lane in site.lanes if _beyond(lane) > BEYOND]
    if middle:
        words.append(f"the stop line runs through the middle of {_lanes(middle)}, so that nobody knows which way traffic leaves: "
                     "end the area at the stop line")
    under = [f"{lane} ({share:.0%})" for lane, share in _hidden(site) if share > HIDDEN]
    if under:
        words.append(f"lanes named before it lie over a part of {_lanes(under)}: who drives there is counted in those")
    if ground is None or not site.lanes:
        return tuple(words)
    lens = lens_of(ground, (site.image.width, site.image.height))
    if lens is None:
        words.append(f"the road plane tells no camera between {LOWEST_M:g} and {HIGHEST_M:g} m high: vehicles in its lanes are "
                     "measured by their boxes, and a queue may be one box; are the metres right?")
    measured = [(lane, *_measured_m(lane, ground)) for lane in site.lanes]
    odd = [f"{lane.id} ({width_m:.1f} m)" for lane, width_m, _ in measured
           if width_m < math.inf and not NARROWEST_LANE_M <= width_m <= WIDEST_LANE_M]
    if odd:
        words.append(f"no lane is as wide as the stop line of {_lanes(odd)}: are the known points given in metres, and does the "
                     "line end where the lane does?")
    # Nobody is followed without a lens.
    short = [f"{lane.id} ({long_m:.1f} m)" for lane, _, long_m in measured
             if lens is not None and lane.role is LaneRole.APPROACH and long_m < SHORTEST_LANE_M]
    if short:
        words.append(f"too little is drawn of {_lanes(short)} for vehicles that drive on to be followed before the stop line: "
                     f"they are counted by their boxes; draw {SHORTEST_LANE_M:g} m and more")
    return tuple(words)


def _lanes(names: Sequence[str]) -> str:
    return f"lane{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _hidden(site: CameraSite) -> Iterator[tuple[str, float]]:
    """Of each lane the share of its area in the image that belongs to lanes named before it."""
    size, areas = (site.image.width, site.image.height), [np.array(lane.area) for lane in site.lanes]
    whose = painted(size, areas)
    for number, (lane, area) in enumerate(zip(site.lanes, areas, strict=True), start=1):
        # Those named after it have painted below it.
        whole = int(np.count_nonzero(painted(size, [area])))
        yield lane.id, (whole - int(np.count_nonzero(whose == number))) / max(1, whole)


def _measured_m(lane: CameraLane, ground: Ground) -> tuple[float, float]:
    """Length of the stop line, and how far upstream of it the area reaches at right angles; infinite above the horizon."""
    (ax, ay), (bx, by) = ground.metres(lane.stop_line).tolist()
    width_m = math.hypot(bx - ax, by - ay) if math.isfinite(ax + ay + bx + by) else math.inf
    if not 0.0 < width_m < math.inf:
        return math.inf, math.inf
    away_m = [((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / width_m for x, y in ground.metres(lane.area).tolist()]
    if not all(math.isfinite(d) for d in away_m):
        return width_m, math.inf
    # Upstream is where the middle of the corners is.
    mx, my = (sum(v) / len(lane.area) for v in zip(*lane.area, strict=True))
    (x, y), = ground.metres([(mx, my)]).tolist()
    upstream = (x - ax) * (by - ay) - (y - ay) * (bx - ax) >= 0.0
    return width_m, max(0.0, max(away_m) if upstream else -min(away_m))


def _beyond(lane: CameraLane) -> float:
    """The share of the area that lies on the smaller side of the stop line, drawn out both ways."""
    (ax, ay), (bx, by) = lane.stop_line
    whole = abs(area_px2(lane.area))

    def side(p: Pixel) -> float:
        return (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)

    kept: list[Pixel] = []
    for p, q in zip(lane.area, (*lane.area[1:], lane.area[0]), strict=True):
        at, then = side(p), side(q)
        if at >= 0:
            kept.append(p)
        if at * then < 0:
            share = at / (at - then)
            kept.append((p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share))
    part = abs(area_px2(kept)) / whole if len(kept) > 2 else 0.0
    return min(part, 1.0 - part)
