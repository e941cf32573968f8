"""Clicks on an image become points, lanes and lines of a draft; what a page needs to know, and nothing of pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detectors.camera.agreement import crosses_itself
from detectors.camera.fit import ground_of
from detectors.camera.overlay import Kind, Label, Stroke, overlay
from detectors.camera.quality import Quality
from detectors.camera.site import CameraLane, CameraSite, KnownPoint, LaneRole, LineOfCamera
from detectors.errors import CameraError
from simulation.calibration.draft import Draft, built

Pixel = tuple[float, float]


class Tool(StrEnum):
    POINT = "point"
    LANE = "lane"
    EXIT = "exit"
    LINE = "line"


@dataclass
class Mark:
    """A point that was clicked; its metres are typed afterwards."""

    px: Pixel
    x_m: float | None = None
    y_m: float | None = None
    name: str = ""

    @property
    def whole(self) -> bool:
        return self.x_m is not None and self.y_m is not None


class Clicks:
    """``marks`` are the draft's known points and those that are still without metres; ``pending`` what was clicked of a lane or
    a line that is not finished."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.marks = [Mark(p.px, p.m[0], p.m[1], p.name) for p in draft.points]
        self.tool = Tool.POINT
        self.pending: list[Pixel] = []

    def choose(self, tool: Tool) -> None:
        self.tool, self.pending = tool, []

    def click(self, x: float, y: float) -> bool:
        """Whether there is a new mark. Tenths of a pixel are finer than any hand."""
        size = self.draft.base.image
        at = (round(min(max(x, 0.0), float(size.width)), 1), round(min(max(y, 0.0), float(size.height)), 1))
        if self.tool is Tool.POINT:
            self.marks.append(Mark(at))
            return True
        self.pending.append(at)
        if self.tool is Tool.LINE:
            self.pending = self.pending[-2:]
        return False

    def undo(self) -> None:
        """Take the last click back."""
        if self.pending:
            self.pending.pop()
        elif self.tool is Tool.POINT and self.marks:
            self.marks.pop()

    def finish(self, name: str) -> str:
        """Make a lane or a line of what was clicked; says what it has become. Raises :class:`CameraError`."""
        name = name.strip()
        if not name:
            raise CameraError(f"the {self.tool.value} has no name", where="name", mend="give the one that controllers know")
        if self.tool is Tool.LINE:
            self._line(name)
        else:
            self._lane(name)
        made, self.pending = f"{self.tool.value} {name}", []
        return made

    def _line(self, name: str) -> None:
        if len(self.pending) != 2:
            raise CameraError("a line has two ends", where="line", mend="click both")
        first, last = self.pending
        self.draft.add_line(built(LineOfCamera.model_validate, "line", {"name": name, "points": (first, last)}))

    def _lane(self, name: str) -> None:
        """The first two clicks are the stop line, the others go on round the lane from its second end."""
        if len(self.pending) < 4:
            raise CameraError(f"{len(self.pending)} clicks are too few for a lane", where=self.tool.value,
                              mend="both ends of the stop line, then the far corners")
        stop, others = (self.pending[0], self.pending[1]), self.pending[2:]
        area = (*stop, *others)
        if crosses_itself(area):
            area = (stop[1], stop[0], *others)
        role = LaneRole.EXIT if self.tool is Tool.EXIT else LaneRole.APPROACH
        self.draft.add_lane(built(CameraLane.model_validate, "lane", {"id": name, "area": area, "stop_line": stop, "role": role}))

    def remove(self, what: CameraLane | LineOfCamera) -> None:
        if isinstance(what, CameraLane):
            self.draft.lanes.pop(what.id, None)
        else:
            self.draft.lines.pop(what.name, None)

    def site(self) -> CameraSite:
        """As it stands. Raises :class:`CameraError`, also while some but not enough points are known."""
        self._take_marks()
        if 0 < len(self.draft.points) < 4:
            raise CameraError(f"{len(self.draft.points)} points have metres, four are needed", where="points",
                              mend="without any the camera still counts")
        return self.draft.site()

    def judged(self) -> tuple[CameraSite, Quality]:
        site = self.site()
        return site, self.draft.quality()

    def shapes(self, grid: bool = True) -> list[Stroke | Label]:
        """All that can be drawn now, however unfinished."""
        try:
            self._take_marks()
            site = self.draft.site()
            ground = ground_of(site)
        except CameraError:
            site, ground = self._without_plane(), None
        known = [KnownPoint(px=m.px, m=(0.0, 0.0), name=m.name or ("" if m.whole else "?")) for m in self.marks]
        whole = ground is not None and site.homography is not None and len(site.homography.points) == len(known)
        shapes = overlay(site, ground)
        if not whole:
            bare = overlay(site.model_copy(update={"homography": None, "lanes": (), "lines": (), "zones": ()}), None, known)
            shapes = [s for s in shapes if s.kind is not Kind.KNOWN] + bare
        if not grid:
            shapes = [s for s in shapes if s.kind not in (Kind.GRID, Kind.GRID_BOLD)]
        if len(self.pending) > 1:
            shapes.append(Stroke(Kind.STOP, tuple(self.pending[:2])))
            shapes.append(Stroke(Kind.LINE if self.tool is Tool.LINE else Kind.LANE, tuple(self.pending[1:])))
        return shapes + [Stroke(Kind.FITTED, (p,)) for p in self.pending]

    def _without_plane(self) -> CameraSite:
        try:
            return self.draft.site(plane=False)
        except CameraError:
            return self.draft.base

    def _take_marks(self) -> None:
        self.draft.points = [built(KnownPoint.model_validate, "points", {"px": m.px, "m": (m.x_m, m.y_m), "name": m.name})
                             for m in self.marks if m.whole]
