"""A camera's site file in the making: what is known so far, added to one thing at a time, from options or from clicks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from detectors.camera.ground import Floats, Ground
from detectors.camera.lane_view import LanePlane, LaneView, lay
from detectors.camera.quality import Clicked, Quality, judge
from detectors.camera.site import CameraLane, CameraSite, Homography, KnownPoint, LineOfCamera, Trams
from detectors.errors import CameraError

Made = TypeVar("Made")
SAME_PX = 0.5
OPTIONS: Mapping[int | str, str] = {"homography": "--point", "lanes": "--lane", "lines": "--line"}


class Draft:
    """Starts from ``base``, all of which it keeps unless it is told otherwise, and with it the ``comments`` of its file."""

    def __init__(self, base: CameraSite, comments: Sequence[str] = ()) -> None:
        self.base, self.comments = base, tuple(comments)
        self.points: list[KnownPoint] = list(base.homography.points) if base.homography else []
        self.lanes = {lane.id: lane for lane in base.lanes}
        self.lines = {line.name: line for line in base.lines}
        self.view: LaneView | None = None
        self._matrix = base.homography if base.homography and base.homography.matrix is not None else None

    def add_point(self, point: KnownPoint) -> None:
        """A point with the name of one that the site had, or at its pixel, takes its place."""
        kept = self.base.homography.points if self.base.homography else ()
        self.points = [p for p in self.points if p not in kept or not (
            (p.name and p.name == point.name) or math.dist(p.px, point.px) <= SAME_PX)]
        self.points.append(point)

    def add_lane(self, lane: CameraLane) -> None:
        """A lane that is there keeps what was not said again: its group, its speed limit and its trams."""
        was = self.lanes.get(lane.id)
        if was is not None:
            lane = lane.model_copy(update={"group": lane.group or was.group, "speed_limit_mps": was.speed_limit_mps,
                                            "trams": was.trams})
        self.lanes[lane.id] = lane

    def say_trams(self, lane: str, trams: Trams) -> None:
        """Whether trams drive in ``lane``. Raises :class:`CameraError` where there is no such lane."""
        if lane not in self.lanes:
            raise CameraError(f"there is no lane {lane}", where="--trams",
                              mend=f"one of {', '.join(self.lanes)}" if self.lanes else "give it with --lane first")
        self.lanes[lane] = self.lanes[lane].model_copy(update={"trams": trams})

    def add_line(self, line: LineOfCamera) -> None:
        self.lines[line.name] = line

    def see_lane(self, view: LaneView) -> LanePlane:
        """Take the plane from a lane's width in place of all points. Raises :class:`CameraError`."""
        plane = lay(view)
        self.view, self.points, self._matrix = view, [], Homography(matrix=_rows(plane.ground), note=_note(view, plane))
        return plane

    def site(self, *, plane: bool = True) -> CameraSite:
        """As it stands now, without its homography where no ``plane`` is asked for. Raises :class:`CameraError` for the first
        thing that cannot be so."""
        homography = self._matrix if plane else None
        try:
            if plane and len(self.points) >= 4:
                homography = Homography(points=tuple(self.points))
            told = {**dict(self.base), "homography": homography, "lanes": tuple(self.lanes.values()),
                    "lines": tuple(self.lines.values())}
            return CameraSite(**told)
        except ValidationError as fault:
            raise said(fault) from None

    def quality(self) -> Quality:
        """Raises :class:`CameraError`, as :meth:`site`."""
        return judge(self.site(), None if self.view is None else clicked_view(self.view))


def clicked_view(view: LaneView) -> Clicked:
    """What was clicked for a lane's width, and the ground of other clicks."""
    rows = [p for edge in view.edges for p in edge] + list(view.length[:2] if view.length else ())
    given = [view.vanishing] if view.vanishing else []

    def ground(px: Floats) -> Ground:
        at = [(float(x), float(y)) for x, y in px]
        moved = replace(view, edges=((at[0], at[1]), (at[2], at[3])), vanishing=at[-1] if given else None,
                        length=(at[4], at[5], view.length[2]) if view.length else None)
        return lay(moved).ground

    return Clicked(np.array([*rows, *given], np.float64), ground)


def said(fault: ValidationError, options: Mapping[int | str, str] = OPTIONS) -> CameraError:
    """The first of what a model found wrong, by the option that it came with."""
    first: Any = fault.errors()[0]
    loc = first["loc"]
    where = options.get(loc[0], str(loc[0])) if loc else "camera"
    if first["type"] == "camera":
        return CameraError(first["ctx"]["what"], where=where, mend=first["ctx"]["mend"])
    return CameraError(f"{first['msg'].removeprefix('Value error, ')} (got {first['input']!r:.60})", where=where)


def built(make: Callable[..., Made], option: str, *told: Any) -> Made:
    """What ``make`` makes of what an option told. Raises :class:`CameraError` for values that no camera has."""
    try:
        return make(*told)
    except ValidationError as fault:
        raise said(fault, {key: option for one in fault.errors() for key in one["loc"][:1]}) from None


def _rows(ground: Ground) -> Any:
    """Nine digits are far more than anybody clicks."""
    scaled = ground.to_m / np.abs(ground.to_m).max()
    return tuple(tuple(float(f"{v:.9g}") for v in row) for row in scaled)


def _note(view: LaneView, plane: LanePlane) -> str:
    how = (f"and {view.length[2]:g} m along it" if view.length else f"and the camera's height of {view.height_m:g} m"
           if view.height_m else f"and a lens of {plane.view_deg:.0f}°{'' if view.view_deg else ', which is assumed'}")
    return (f"from a lane {view.lane_width_m:g} m wide {how}; vanishing point {plane.vanishing[0]:.0f},{plane.vanishing[1]:.0f}, "
            f"camera {plane.camera_height_m:.1f} m high")
