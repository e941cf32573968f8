"""How far a camera's calibration can be believed: at its known points, and at the far end of every lane."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from detectors.camera.agreement import area_px2
from detectors.camera.doubts import doubts
from detectors.camera.fit import PointError, fit_points, ground_of, least_squares, point_errors
from detectors.camera.ground import Floats, Ground
from detectors.camera.site import CameraLane, CameraSite, KnownPoint
from detectors.errors import CameraError

POOR_RMS_M, POOR_POINT_M, POOR_LEFT_OUT_M = 0.5, 1.0, 2.0
COARSE_M_PER_PX = 1.0
POOR_CLICK = 0.1
"""A click one pixel off may change the distance of a lane's far end by this share of it."""
FAR_STOP = 0.1
"""A stop line farther from its lane than this share of the image's height is another's."""
SMALL_PART = 0.02
"""Known points that span less than this share of the image are all in one corner of it."""


class Clicked(NamedTuple):
    """What somebody clicked, (N, 2) pixels, and the ground that follows from it."""

    px: Floats
    ground: Callable[[Floats], Ground]


class LaneReach(NamedTuple):
    """One lane on the ground. ``far_m`` from the middle of its stop line to the farthest corner that is measured, at ``far_px``;
    there one pixel of height is ``m_per_px`` metres, and where everything clicked is one pixel off ``far_m`` is ``click_m`` off
    (one standard deviation; None for a matrix, of which nobody knows what was clicked). ``to_horizon``: it has no far end."""

    lane: str
    far_m: float
    far_px: tuple[float, float]
    m_per_px: float
    click_m: float | None
    to_horizon: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """``rms_m`` and ``worst_m`` over ``points``, None where there are none."""

    points: tuple[PointError, ...] = ()
    lanes: tuple[LaneReach, ...] = ()
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def rms_m(self) -> float | None:
        return math.sqrt(sum(p.error_m**2 for p in self.points) / len(self.points)) if self.points else None

    @property
    def worst_m(self) -> float | None:
        return max((p.error_m for p in self.points), default=None)


def judge(site: CameraSite, clicks: Clicked | None = None) -> Quality:
    """The quality of ``site``'s homography; of its known points unless ``clicks`` says what it was made from. Raises
    :class:`CameraError` where there is no plane at all."""
    ground, told = ground_of(site), site.homography
    if ground is None or told is None:
        none = "no homography: this camera counts, but measures neither metres nor speeds"
        return Quality(warnings=(none, *doubts(site, None), *_of_stop_lines(site)))
    if told.points:
        metres = np.array([p.m for p in told.points], np.float64)
        clicks = Clicked(np.array([p.px for p in told.points], np.float64), lambda px: least_squares(px, metres))
    points = point_errors(told.points, ground) if told.points else ()
    lanes = tuple(_reach(lane, site, ground, clicks) for lane in site.lanes)
    quality = Quality(points, lanes)
    remarks = ("four points fit exactly, right or wrong: a fifth would check them",) if len(points) == 4 else ()
    warnings = (*_of_points(site, quality), *doubts(site, ground), *_of_lanes(site, ground, lanes), *_of_stop_lines(site))
    return Quality(points, lanes, warnings, remarks)


def doubtful(site: CameraSite) -> tuple[str, ...]:
    """Of :func:`judge`'s warnings those that make what is counted with ``site`` wrong, not only its far end uncertain."""
    ground, told = ground_of(site), site.homography
    quality = Quality(point_errors(told.points, ground) if ground is not None and told is not None and told.points else ())
    poor = quality.rms_m is not None and quality.rms_m > POOR_RMS_M
    return (*(_of_points(site, quality) if poor else ()), *doubts(site, ground))


def _reach(lane: CameraLane, site: CameraSite, ground: Ground, clicks: Clicked | None) -> LaneReach:
    stop = ground.metres([_middle(lane)])[0]
    corners = ground.metres(lane.area)
    seen = np.isfinite(corners).all(axis=1)
    if not np.isfinite(stop).all() or not seen.any():
        return LaneReach(lane.id, math.inf, lane.area[0], math.inf, None, True)
    away = np.hypot(*(corners[seen] - stop).T)
    far = corners[seen][away.argmax()]
    if not seen.all() or away.max() > site.range_m:
        # Beyond the range nothing is measured, so that what a pixel is worth there is of no interest.
        far = stop + (far - stop) * (site.range_m / max(float(away.max()), 1e-9))
    px = ground.pixels([far])[0]
    if not np.isfinite(px).all():
        return LaneReach(lane.id, math.inf, lane.area[0], math.inf, None, True)
    far_px = (float(px[0]), float(px[1]))
    far_m = float(np.hypot(*(far - stop)))
    click_m = None if clicks is None else _click_m(lane, far_px, far_m, clicks)
    return LaneReach(lane.id, far_m, far_px, ground.metres_per_px(*far_px), click_m, not bool(seen.all()))


def _click_m(lane: CameraLane, far_px: tuple[float, float], far_m: float, clicks: Clicked) -> float:
    """By how much the distance between two places in the image changes where each click is one pixel off, at random."""
    squares = 0.0
    for place in np.ndindex(*clicks.px.shape):
        moved = clicks.px.copy()
        moved[place] += 1.0
        try:
            stop, far = clicks.ground(moved).metres([_middle(lane), far_px])
        except CameraError:
            return math.inf
        if not np.isfinite([stop, far]).all():
            return math.inf
        squares += (float(np.hypot(*(far - stop))) - far_m) ** 2
    return math.sqrt(squares)


def _middle(lane: CameraLane) -> tuple[float, float]:
    (x1, y1), (x2, y2) = lane.stop_line
    return (x1 + x2) / 2, (y1 + y2) / 2


def _of_points(site: CameraSite, quality: Quality) -> list[str]:
    points, told = quality.points, site.homography
    if not points or told is None or quality.rms_m is None:
        return []
    words = []
    if quality.rms_m > POOR_RMS_M:
        words.append(f"the points are {quality.rms_m:.2f} m off in the mean: is one of them mistaken, the road not flat, or the "
                     "lens not straight?")
    for i, error in enumerate(points):
        name = f"point {i + 1}" + (f" ({told.points[i].name})" if told.points[i].name else "")
        if error.error_m > POOR_POINT_M:
            words.append(f"{name} is {error.error_m:.2f} m off")
        elif error.left_out_m is not None and error.left_out_m > POOR_LEFT_OUT_M:
            words.append(f"{name} would be {error.left_out_m:.1f} m off without itself: nothing near it checks it")
    if words and (suspect := _suspect(told.points, quality.rms_m)) is not None:
        words.append(f"without point {suspect + 1} the others agree: is it mistyped, or its mark mistaken?")
    share = _span([p.px for p in told.points]) / (site.image.width * site.image.height)
    if share < SMALL_PART:
        words.append(f"the points span {share:.1%} of the image: everything outside them is guessed from them")
    return words


def _suspect(points: tuple[KnownPoint, ...], rms_m: float) -> int | None:
    """The one point without which the others, still more than enough, fit at least three times better. (The point that is off
    by most need not be it: a far one follows a near one's error many times over.)"""
    if len(points) < 6:
        return None
    without = []
    for i in range(len(points)):
        others = [*points[:i], *points[i + 1:]]
        try:
            errors = point_errors(others, fit_points([p.px for p in others], [p.m for p in others]))
        except CameraError:
            return None
        without.append(math.sqrt(sum(e.error_m**2 for e in errors) / len(errors)))
    return without.index(min(without)) if min(without) < rms_m / 3 else None


def _of_lanes(site: CameraSite, ground: Ground, lanes: tuple[LaneReach, ...]) -> list[str]:
    words = []
    known = np.array([p.m for p in site.homography.points], np.float64) if site.homography and site.homography.points else None
    for lane in lanes:
        if lane.to_horizon:
            words.append(f"lane {lane.lane} reaches up to the horizon: end its area where vehicles can still be seen")
        if lane.m_per_px > COARSE_M_PER_PX and math.isfinite(lane.m_per_px):
            words.append(f"at the far end of lane {lane.lane}, {lane.far_m:.0f} m from its stop line, one pixel is "
                         f"{lane.m_per_px:.1f} m: distances and speeds there are rough")
        if lane.click_m is not None and lane.click_m > max(1.0, POOR_CLICK * lane.far_m):
            words.append(f"clicks one pixel off move the far end of lane {lane.lane} by {lane.click_m:.1f} m of {lane.far_m:.0f} "
                         "m: known points farther apart, or nearer to it, would hold it")
        if known is not None and math.isfinite(lane.far_m):
            gap = float(np.hypot(*(known - ground.metres([lane.far_px])[0]).T).min())
            extent = float(np.hypot(*(known[:, None] - known[None]).transpose(2, 0, 1)).max())
            if gap > extent:
                words.append(f"the far end of lane {lane.lane} is {gap:.0f} m from the nearest known point, and those are no "
                             f"more than {extent:.0f} m apart: it is extrapolated")
    return words


def _of_stop_lines(site: CameraSite) -> list[str]:
    import cv2

    words = []
    for lane in site.lanes:
        away = -cv2.pointPolygonTest(np.array(lane.area, np.float32), _middle(lane), True)
        if away > FAR_STOP * site.image.height:
            words.append(f"the stop line of lane {lane.id} lies {away:.0f} px from its area: whose is it?")
    return words


def _span(points: list[tuple[float, float]]) -> float:
    """Area of the convex hull."""
    import cv2

    hull = cv2.convexHull(np.array(points, np.float32)).reshape(-1, 2)
    return abs(area_px2([(float(x), float(y)) for x, y in hull]))
