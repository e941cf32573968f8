"""What a camera's site file says that cannot all be so: names that stand twice, lanes that are nowhere, points on one line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from detectors.camera.ground import Ground
from detectors.camera.spread import why_no_plane
from detectors.errors import CameraError

if TYPE_CHECKING:
    from detectors.camera.site import CameraSite, Pixel

Loc = tuple[int | str, ...]


class Disagreement(NamedTuple):
    """``loc`` is the entry of the file, as keys and numbers from its top."""

    loc: Loc
    what: str
    mend: str


def disagreements(site: CameraSite) -> list[Disagreement]:
    """Everything, in the order of the file."""
    return [*_homography(site), *_twice(site), *_areas(site), *_lines(site)]


def _homography(site: CameraSite) -> Iterator[Disagreement]:
    told = site.homography
    if told is None:
        return
    if told.matrix is not None:
        try:
            Ground.of(told.matrix)  # type: ignore[arg-type]
        except CameraError as error:
            yield Disagreement(("homography", "matrix"), error.what, "fit it anew with mourour calibrate")
        return
    for i, point in enumerate(told.points):
        if not _inside(site, point.px):
            yield Disagreement(("homography", "points", i, "px"), f"point {i + 1} lies outside the image of {site.image.width} × "
                               f"{site.image.height}: {_shown([point.px])}", "give it in pixels of that image")
            return
    fault = why_no_plane([p.px for p in told.points], [p.m for p in told.points])
    if fault is not None:
        where: Loc = ("homography", "points") if fault.point is None else ("homography", "points", fault.point)
        yield Disagreement(where, fault.what, fault.mend)


def _twice(site: CameraSite) -> Iterator[Disagreement]:
    for what, key, name, names in (("lane", "lanes", "id", [lane.id for lane in site.lanes]),
                                   ("line", "lines", "name", [line.name for line in site.lines]),
                                   ("zone", "zones", "name", [zone.name for zone in site.zones])):
        for i, one in enumerate(names):
            if one in names[:i]:
                yield Disagreement((key, i, name), f"{what} {one} stands there twice", "give each its own")
    lanes = {lane.id for lane in site.lanes}
    for i, line in enumerate(site.lines):
        if line.name in lanes:
            yield Disagreement(("lines", i, "name"), f"a lane is called {line.name} as well as a line, and counts go by names",
                               "give each its own")


def _areas(site: CameraSite) -> Iterator[Disagreement]:
    size = f"the image of {site.image.width} × {site.image.height}"
    rows = (*((("lanes", i), f"lane {x.id}", x.area) for i, x in enumerate(site.lanes)),
            *((("zones", i), f"zone {x.name}", x.area) for i, x in enumerate(site.zones)))
    for loc, what, area in rows:
        at: Loc = (*loc, "area")
        if crosses_itself(area):
            yield Disagreement(at, f"the outline of {what} crosses itself: {_shown(area)}", "give its corners in order")
        elif abs(area_px2(area)) < 1.0:
            yield Disagreement(at, f"{what} has no area: its corners lie on one line", "give corners all round it")
        elif not any(_inside(site, p) for p in area) and not _reaches_in(site, area):
            yield Disagreement(at, f"{what} lies outside {size}: {_shown(area)}", "give it in pixels of that image")


def _lines(site: CameraSite) -> Iterator[Disagreement]:
    size = f"the image of {site.image.width} × {site.image.height}"
    rows = (*((("lanes", i, "stop_line"), f"the stop line of lane {x.id}", x.stop_line) for i, x in enumerate(site.lanes)),
            *((("lines", i, "points"), f"line {x.name}", x.points) for i, x in enumerate(site.lines)))
    for loc, what, points in rows:
        if math.dist(*points) < 1.0:
            yield Disagreement(loc, f"{what} has no length: {_shown(points)}", "give its two ends")
        elif not _reaches_in(site, points):
            yield Disagreement(loc, f"{what} lies outside {size}: {_shown(points)}", "give it in pixels of that image")


def area_px2(corners: Sequence[Pixel]) -> float:
    """Signed area of an outline."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)) / 2


def crosses_itself(corners: Sequence[Pixel]) -> bool:
    """Whether two sides of the outline that are not neighbours cross."""
    n = len(corners)
    sides = [(corners[i], corners[(i + 1) % n]) for i in range(n)]
    return any(_cross(*sides[i], *sides[j]) for i in range(n) for j in range(i + 2, n) if (j + 1) % n != i)


def _cross(a: Pixel, b: Pixel, c: Pixel, d: Pixel) -> bool:
    def side(p: Pixel, q: Pixel, r: Pixel) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _inside(site: CameraSite, p: Pixel) -> bool:
    return 0 <= p[0] <= site.image.width and 0 <= p[1] <= site.image.height


def _reaches_in(site: CameraSite, points: Sequence[Pixel]) -> bool:
    """Whether the image and the smallest upright box round the points have something in common: an area may go round the image,
    though none of its corners is in it."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) <= site.image.width and max(xs) >= 0 and min(ys) <= site.image.height and max(ys) >= 0


def _shown(points: Sequence[Pixel]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points[:6])
