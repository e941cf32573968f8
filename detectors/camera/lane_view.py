"""The road plane from one lane's width: for streets nobody has measured, but whose lane marks are seen.

The camera is taken for a pinhole with square pixels and its axis through the middle of the image, held level (the horizon is a
row of the image). Pixels below are measured from the middle of the image; ``f`` is the focal length in pixels, ``h`` the
height over the road, ``(u, v)`` the vanishing point of the road. With ``q = f² + v²`` and ``D² = q + u²``, the ray through
pixel (x, y) meets the road at

    across = h / (f·D) · (q·(x - u)/(y - v) - u·v)          along = h·√q / (f·D) · (x·u + y·v + f²)/(y - v)

(the ray ``(x, y, f)`` cut with the plane at right angles to ``(0, f, -v)``, the direction ``(u, v, f)`` of the road being along
it; Hartley and Zisserman, *Multiple View Geometry*, 2nd ed., §8.6). An edge of a lane runs through the vanishing point, so
``k = (x - u)/(y - v)`` is one number all along it, and a lane of width ``w`` between k₁ and k₂ gives the height,

    h = w·f·D / (|k₁ - k₂|·q)

What is left is f. A length ``L`` along the road, between rows y₁ and y₂, gives it: with τ = |1/(y₁ - v) - 1/(y₂ - v)|,

    L = w·τ·(q + u²) / (|k₁ - k₂|·√q),   a quadratic in √q, whose larger root is the one for roads within 45° of the view;

or the height does, from the equation for h; or else it is assumed. In the words of Kanhere and Birchfield (*A Taxonomy and
Analysis of Camera Calibration Methods for Traffic Monitoring Applications*, IEEE Trans. ITS 11(2), 2010) these are VWL and VWH.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.camera.ground import Floats, Ground
from detectors.errors import CameraError

Pixel = tuple[float, float]
Edge = tuple[Pixel, Pixel]
ASSUMED_VIEW_DEG = 60.0
"""Across the image, where nothing is known of the lens: between the 4 mm and 6 mm lenses of usual street cameras."""
ASLANT = 0.15
LIKELY_VIEWS_DEG = (40.0, 90.0)


@dataclass(frozen=True, slots=True)
class LaneView:
    """What is known. ``edges`` are the two edges of one lane, each two pixels; where ``vanishing`` is given they may be any two
    pixels of an edge, and the same one twice. ``length``: two pixels along the road and the metres between them."""

    width: int
    height: int
    lane_width_m: float
    edges: tuple[Edge, Edge]
    vanishing: Pixel | None = None
    length: tuple[Pixel, Pixel, float] | None = None
    height_m: float | None = None
    view_deg: float | None = None


@dataclass(frozen=True, slots=True)
class LanePlane:
    """What follows: pixels of the whole image again. ``across_m`` and ``along_m`` of ``ground`` start below the camera;
    ``length_range`` is by which factors lengths along the road would change between the narrowest and the widest likely lens,
    None where the lens was found and not assumed."""

    ground: Ground
    vanishing: Pixel
    focal_px: float
    camera_height_m: float
    view_deg: float
    tilt_deg: float
    length_range: tuple[float, float] | None = None


def lay(view: LaneView) -> LanePlane:
    """Raises :class:`CameraError` where what is known contradicts itself."""
    vanishing = view.vanishing or vanishing_point(view.edges)
    cx, cy = view.width / 2, view.height / 2
    u, v = vanishing[0] - cx, vanishing[1] - cy
    slopes = [_slope(edge, vanishing) for edge in view.edges]
    apart = abs(slopes[0] - slopes[1])
    if apart < 1e-3:
        raise CameraError("both edges are one line: nothing lies between them", where="lane", mend="give the lane's two edges")
    if not view.lane_width_m > 0:
        raise CameraError(f"a lane is not {view.lane_width_m:g} m wide", where="lane", mend="give its width in metres")
    ratio = view.lane_width_m / apart
    length_range = None
    if view.length is not None:
        focal = _focal_of_length(view.length, vanishing, u, v, ratio)
    elif view.height_m is not None:
        focal = _focal_of_height(view.height_m / ratio, u, v)
    else:
        focal = focal_px(view.view_deg or ASSUMED_VIEW_DEG, view.width)
        if view.view_deg is None:
            lengths = [_stretch(focal_px(deg, view.width), u, v) / _stretch(focal, u, v) for deg in LIKELY_VIEWS_DEG]
            length_range = (min(lengths), max(lengths))
    q = focal**2 + v**2
    d = math.sqrt(q + u**2)
    height_m = ratio * focal * d / q
    scale = height_m / (focal * d)
    to_m = scale * np.array([[q, -u * v, u * v**2 - q * u],
                             [math.sqrt(q) * u, math.sqrt(q) * v, math.sqrt(q) * focal**2],
                             [0.0, 1.0 / scale, -v / scale]])
    shift = np.array([[1.0, 0.0, -cx], [0.0, 1.0, -cy], [0.0, 0.0, 1.0]])
    road = (vanishing[0], max(vanishing[1] + 1.0, float(view.height)))
    ground = Ground.of(to_m @ shift, road_px=road)
    if view.length is not None:
        _refuse_aslant(ground.metres(view.length[:2]))
    return LanePlane(ground, vanishing, focal, height_m,
                     math.degrees(2 * math.atan(view.width / 2 / focal)), math.degrees(math.atan2(-v, focal)), length_range)


def focal_px(view_deg: float, width: int) -> float:
    """Focal length of a lens that sees ``view_deg`` degrees across an image of ``width`` pixels."""
    return width / 2 / math.tan(math.radians(view_deg) / 2)


def vanishing_point(edges: Sequence[Edge]) -> Pixel:
    """Where two edges meet. Raises :class:`CameraError` where they do not, or meet below what is seen of them."""
    lines = [_line(edge) for edge in edges]
    met = np.cross(lines[0], lines[1])
    if abs(met[2]) < 1e-3:
        raise CameraError("the two edges run side by side in the image and meet nowhere", where="lane edges",
                          mend="a road seen from far above has no vanishing point: give four known points")
    return float(met[0] / met[2]), float(met[1] / met[2])


def _line(edge: Edge) -> Floats:
    (x1, y1), (x2, y2) = edge
    size = math.hypot(x2 - x1, y2 - y1)
    if size < 2.0:
        raise CameraError(f"an edge has no length: both its ends are at {x1:g},{y1:g}", where="lane edges",
                          mend="give two points far apart on it")
    return np.array([y1 - y2, x2 - x1, x1 * y2 - x2 * y1], np.float64) / size


def _slope(edge: Edge, vanishing: Pixel) -> float:
    """Sideways pixels a row of an edge: of its middle, seen from the vanishing point."""
    x, y = (edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2
    if min(edge[0][1], edge[1][1]) <= vanishing[1]:
        raise CameraError(f"the vanishing point {vanishing[0]:.0f},{vanishing[1]:.0f} is not above the lane's edges",
                          where="lane edges", mend="is it a lane of another direction, or are its edges exchanged?")
    return (x - vanishing[0]) / (y - vanishing[1])


def _focal_of_length(length: tuple[Pixel, Pixel, float], vanishing: Pixel, u: float, v: float, ratio: float) -> float:
    (_, y1), (_, y2), metres = length
    if not metres > 0:
        raise CameraError(f"a length of {metres:g} m is none", where="length", mend="give metres along the road")
    if min(y1, y2) <= vanishing[1] or abs(y1 - y2) < 2.0:
        raise CameraError("the known length does not run along the road", where="length",
                          mend="give its two ends, both below the vanishing point, one nearer than the other")
    turns = abs(1 / (y1 - vanishing[1]) - 1 / (y2 - vanishing[1]))
    a = metres / (ratio * turns)
    inner = a * a - 4 * u * u
    root = (a + math.sqrt(inner)) / 2 if inner >= 0 else math.nan
    if not root > abs(v):
        raise CameraError(f"a length of {metres:g} m there does not go with a lane of that width: no lens sees both so",
                          where="length", mend="is it longer, or the lane narrower; or is the road not straight and flat?")
    return math.sqrt(root * root - v * v)


def _refuse_aslant(ends: Floats) -> None:
    across_m, along_m = np.abs(ends[1] - ends[0])
    if across_m > ASLANT * along_m:
        raise CameraError(f"the length runs {across_m:.1f} m sideways in {along_m:.1f} m along the road", where="length",
                          mend="give both ends on one lane mark or kerb")


def _focal_of_height(told: float, u: float, v: float) -> float:
    """From ``told`` = h·|k₁ - k₂|/w = f·D/q, squared: (1 - told²)·q² + (u² - v²)·q - u²·v² = 0."""
    roots = np.roots([1 - told * told, u * u - v * v, -u * u * v * v]) if abs(told - 1.0) > 1e-12 else np.array([np.nan])
    good = [float(q.real) for q in roots if abs(q.imag) < 1e-6 * max(1.0, abs(q.real)) and q.real > v * v * (1 + 1e-9)]
    if len(good) != 1:
        raise CameraError("the camera's height does not go with a lane of that width", where="height",
                          mend="a length along the road, or --view-deg of the lens, says more")
    return math.sqrt(good[0] - v * v)


def _stretch(focal: float, u: float, v: float) -> float:
    """Lengths along the road, for a given lane, are proportional to this."""
    q = focal**2 + v**2
    return (q + u * u) / math.sqrt(q)
