"""What a vehicle of a usual size covers of the image from each place of a lane: its outline put up on the road and
seen by the lens."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Floats
from detectors.camera.lens import Lens
from detectors.camera.site import Trams
from detectors.lane_traffic.axis import Axis
from detectors.vision.road_users import RoadUser

STEP_M = 0.5
STEP_ROWS = 0.5
"""Places are this far apart, or by as much as shows in the image."""
FIRST_M = -11.0
"""Who has passed the stop line is followed a little further, so that what is seen of him is not taken for somebody else: so far
with the front of a car, and the rear of whoever is longer as far as a car's."""
Index = NDArray[np.intp]


class Roof(NamedTuple):
    """Where the highest part of a vehicle begins and ends, as shares of its length, and how broad it is, of its width."""

    front: float
    rear: float
    width: float


class Solid(NamedTuple):
    """A usual size. ``aside_m`` are the places across the lane, from its middle, at which it drives."""

    kind: RoadUser
    length_m: float
    width_m: float
    height_m: float
    roof: Roof
    aside_m: tuple[float, ...] = (0.0,)


SOLIDS: tuple[Solid, ...] = (
    Solid(RoadUser.VEHICLE, 4.4, 1.75, 1.5, Roof(0.38, 0.85, 0.8), (-0.9, 0.0, 0.9)),
    Solid(RoadUser.MOTORCYCLE, 2.1, 0.6, 1.5, Roof(0.4, 0.7, 0.6), (-1.3, -0.65, 0.0, 0.65, 1.3)),
    Solid(RoadUser.TRUCK, 7.5, 2.3, 2.6, Roof(0.0, 1.0, 1.0), (-0.35, 0.0, 0.35)),
    Solid(RoadUser.BUS, 12.0, 2.5, 3.3, Roof(0.0, 1.0, 1.0), (-0.35, 0.0, 0.35)))
TRAMS: tuple[Solid, ...] = (
    Solid(RoadUser.TRAM, 32.5, 2.65, 3.4, Roof(0.0, 1.0, 1.0)),
    Solid(RoadUser.TRAM, 65.0, 2.65, 3.4, Roof(0.0, 1.0, 1.0)))
"""One set, and two coupled ones as Casablanca's lines have them."""
BEFORE_LENS_M = 1.0
"""What is nearer to the lens, or behind it, is cut off."""
TOUCH_M = 0.05
LARGE = (RoadUser.TRUCK, RoadUser.BUS, RoadUser.TRAM)
BESIDE_M = 0.7
"""On each side of a motorcycle there is so much more of the image that is not its own."""
BLURRED_PX = 1.0
"""Around a vehicle a mask is in motion this far, too: images are blurred before they are compared with the background."""
WAIST = 0.6
"""Up to this share of its height a vehicle is as long and broad as it is."""


class Shape(NamedTuple):
    """One solid on one line of one lane. ``places_m`` (N,) of its front; place i covers ``pixels[starts[i]:starts[i + 1]]`` of
    the flattened image, and ``boxes[i]`` (left, top, right, bottom) is around them; ``row_m`` (N,) is how many metres a row of
    the image is there, ``wide_px`` (N,) how broad its front is."""

    lane: int
    solid: Solid
    aside_m: float
    places_m: Floats
    pixels: Index
    starts: Index
    row_m: Floats
    wide_px: Floats
    boxes: Floats

    def covered(self, i: int) -> Index:
        return self.pixels[self.starts[i]:self.starts[i + 1]]

    @property
    def sizes(self) -> Index:
        return np.diff(self.starts)

    def nearest(self, place_m: float) -> int:
        i = int(np.searchsorted(self.places_m, place_m))
        if i == 0:
            return 0
        if i == len(self.places_m):
            return i - 1
        return i if self.places_m[i] - place_m < place_m - self.places_m[i - 1] else i - 1


def solids_of(trams: Trams) -> tuple[Solid, ...]:
    """Who drives in a lane."""
    return {Trams.NONE: SOLIDS, Trams.SHARED: SOLIDS + TRAMS, Trams.ONLY: TRAMS}[trams]


def shapes_of(lane: int, axis: Axis, lens: Lens, scale: tuple[float, float], size: tuple[int, int],
              solids: tuple[Solid, ...] = SOLIDS) -> list[Shape]:
    """All of one lane, in images of ``size`` (rows, columns) that are ``scale`` (across, down) times the site's."""
    return [_shape(lane, axis, lens, scale, size, solid, aside, _places(axis, lens, scale[1], solid), BLURRED_PX)
            for solid in solids for aside in solid.aside_m]


def without_blur(shape: Shape, axis: Axis, lens: Lens, scale: tuple[float, float], size: tuple[int, int],
                 beside_m: float = 0.0) -> Shape:
    """What ``shape`` covers by itself, with as much beside it on the road."""
    broad = shape.solid._replace(width_m=shape.solid.width_m + 2 * beside_m)
    return _shape(shape.lane, axis, lens, scale, size, broad, shape.aside_m, shape.places_m, 0.0)


def in_the_way(one: Shape, other: Shape) -> bool:
    """Whether two of them cannot be side by side."""
    return one.lane == other.lane and abs(one.aside_m - other.aside_m) < (one.solid.width_m + other.solid.width_m) / 2 - TOUCH_M


def row_m(axis: Axis, lens: Lens, scale_y: float, at: Floats) -> Floats:
    """Metres of road along the lane to one row of the image."""
    points, _ = axis.place(np.concatenate([at - 0.25, at + 0.25]))
    px, _ = lens.pixels(np.column_stack([points, np.zeros(len(points))]))
    n = len(at)
    return np.asarray(0.5 / np.maximum(np.hypot(*(px[:n] - px[n:]).T) * scale_y, 1e-3))


def _places(axis: Axis, lens: Lens, scale_y: float, solid: Solid) -> Floats:
    places = [FIRST_M]
    while places[-1] < axis.reach_m:
        places.append(places[-1] + max(STEP_M, STEP_ROWS * float(row_m(axis, lens, scale_y, np.array(places[-1:]))[0])))
    longer_m = max(0.0, solid.length_m - SOLIDS[0].length_m)
    return np.concatenate([FIRST_M - np.arange(longer_m, 0.0, -STEP_M), places])


def _shape(lane: int, axis: Axis, lens: Lens, scale: tuple[float, float], size: tuple[int, int], solid: Solid, aside: float,
           places: Floats, blurred_px: float) -> Shape:
    nearest_m, farthest_m = _before_lens_m(axis, lens, solid, aside, float(places[0]))
    outlines, before = outlines_px(axis, lens, solid, aside, places, nearest_m, farthest_m)
    found, starts, boxes = list[Index](), [0], list[tuple[float, ...]]()
    for outline, seen in zip(outlines * scale, before, strict=True):
        pixels = _filled(outline, size, blurred_px) if seen else np.empty(0, np.intp)
        found.append(pixels)
        starts.append(starts[-1] + len(pixels))
        boxes.append(_around(pixels, size, blurred_px))
    # Of whose front is no longer in the image the rear tells the place.
    telling = np.where(places >= max(nearest_m, FIRST_M), places, places + solid.length_m)
    return Shape(lane, solid, aside, places, np.concatenate(found), np.array(starts, np.intp),
                 row_m(axis, lens, scale[1], telling), np.maximum(_breadth_px(axis, lens, solid, telling) * scale[0], 1.0),
                 np.array(boxes))


def _around(pixels: Index, size: tuple[int, int], blurred_px: float) -> tuple[float, ...]:
    """The box around what ``pixels`` are of, without the blur; at the image's edges it ends with the image."""
    if not len(pixels):
        return 0.0, 0.0, 0.0, 0.0
    down, across = np.divmod(pixels, size[1])
    low, high = np.array([across.min(), down.min()]), np.array([across.max() + 1, down.max() + 1])
    low, high = low + blurred_px * (low > 0), high - blurred_px * (high < (size[1], size[0]))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _breadth_px(axis: Axis, lens: Lens, solid: Solid, at: Floats) -> Floats:
    """How broad ``solid`` is at places along the lane, in pixels of the site."""
    points, up = axis.place(at)
    aside = np.column_stack([-up[:, 1], up[:, 0]]) * (solid.width_m / 2)
    left, _ = lens.pixels(_upright(points + aside, 0.0))
    right, _ = lens.pixels(_upright(points - aside, 0.0))
    return np.asarray(np.hypot(*(left - right).T))


def _before_lens_m(axis: Axis, lens: Lens, solid: Solid, aside: float, first_m: float) -> tuple[float, float]:
    """From which place on, and up to which, everything of its breadth and height is before the lens. Where traffic drives away
    from the camera that is the far end of the two."""
    marks = np.arange(first_m, axis.reach_m + solid.length_m, STEP_M)
    _, before = outlines_px(axis, lens, solid._replace(length_m=0.0), aside, marks, first_m)
    inner = marks < axis.reach_m
    behind = np.flatnonzero(~before & inner)
    if not len(behind):
        beyond = np.flatnonzero(~before)
        return first_m, float(marks[beyond[0] - 1]) if len(beyond) else math.inf
    if before[0] and not before[inner][-1]:
        return first_m, float(marks[behind[0] - 1])
    return float(marks[min(behind[-1] + 1, int(inner.sum()) - 1)]), math.inf


def outlines_px(axis: Axis, lens: Lens, solid: Solid, aside: float, places: Floats, nearest_m: float,
                farthest_m: float = math.inf) -> tuple[Floats, NDArray[np.bool_]]:
    """(N, 12, 2) corners in pixels of the site, those of the front on the road first, and (N,) if all lie before the lens. What
    is nearer than ``nearest_m`` or beyond ``farthest_m`` is cut off."""
    whole, roof = Roof(0.0, 1.0, 1.0), solid.roof
    corners = []
    for part, high_m in ((whole, 0.0), (whole, WAIST * solid.height_m), (roof, solid.height_m)):
        for back in part[:2]:
            points, up = axis.place(np.clip(places + back * solid.length_m, nearest_m, farthest_m))
            side = np.column_stack([-up[:, 1], up[:, 0]])
            corners += [_upright(points + side * (aside + wide * part.width * solid.width_m / 2), high_m) for wide in (-1.0, 1.0)]
    px, depth = lens.pixels(np.stack(corners, axis=1))
    return px, depth.min(axis=1) > BEFORE_LENS_M


def _upright(ground_m: Floats, high_m: float) -> Floats:
    return np.column_stack([ground_m, np.full(len(ground_m), high_m)])


def _filled(outline: Floats, size: tuple[int, int], blurred_px: float) -> Index:
    """Numbers, along the rows, of the pixels inside the hull of ``outline`` and as far around it as images are blurred."""
    import cv2

    rows, columns = size
    around = outline[:, None] + blurred_px * np.array([(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)])
    hull = cv2.convexHull(np.asarray(np.clip(around.reshape(-1, 2), -4000, 8000), np.float32)).reshape(-1, 2)
    x0, y0 = (max(0, int(v)) for v in np.floor(hull.min(axis=0)))
    x1, y1 = (int(v) + 1 for v in np.ceil(hull.max(axis=0)))
    x1, y1 = min(x1, columns), min(y1, rows)
    if x1 <= x0 or y1 <= y0:
        return np.empty(0, np.intp)
    canvas = np.zeros((y1 - y0, x1 - x0), np.uint8)
    # A pixel's middle is half a pixel from its corner.
    cv2.fillConvexPoly(canvas, np.round((hull - (x0 + 0.5, y0 + 0.5)) * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    inside = np.flatnonzero(canvas)
    return np.asarray((inside // (x1 - x0) + y0) * columns + inside % (x1 - x0) + x0, np.intp)
