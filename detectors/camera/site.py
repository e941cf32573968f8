"""A camera's site file: what it looks at, in pixels, and how pixels lie on the road. Written by hand or by
``mourour calibrate``, read by everything that counts."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

Pixel = Annotated[tuple[float, float], Field(description="x to the right, y downwards, from the upper left corner")]
Metre = Annotated[tuple[float, float], Field(description="any two axes at right angles on the road")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ImageSize(_Strict):
    width: PositiveInt
    height: PositiveInt


class KnownPoint(_Strict):
    """A mark on the road whose place is known in the image and on the ground."""

    px: Pixel
    m: Metre
    name: str = ""


class Homography(_Strict):
    """Four or more known points, no three of the first four on a line; or the matrix itself, row by row."""

    points: tuple[KnownPoint, ...] = ()
    matrix: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Homography:
        if self.matrix is None and len(self.points) < 4:
            raise ValueError(f"{len(self.points)} known points are given, four are needed")
        return self


class LaneRole(StrEnum):
    APPROACH = "approach"
    EXIT = "exit"


class CameraLane(_Strict):
    """A lane in view: ``area`` its outline on the road; traffic of an approach drives towards its ``stop_line`` and over it,
    traffic of an exit comes in over it. ``id`` is the lane of the junction's network."""

    id: str
    area: tuple[Pixel, ...] = Field(min_length=3)
    stop_line: tuple[Pixel, Pixel]
    role: LaneRole = LaneRole.APPROACH
    group: str | None = None
    """Signal group that serves it; incidents of standing vehicles wait for its green."""
    speed_limit_mps: PositiveFloat = 13.9


class LineOfCamera(_Strict):
    """A line at which is counted, beside the stop lines."""

    name: str
    points: tuple[Pixel, Pixel]


class Zone(_Strict):
    """A part of the image with a meaning: a ``crossing`` where people wait or walk, the ``carriageway`` where they should
    not be, the ``junction`` box that queues should not stand in, or what is to be ``ignored`` (parked cars, a clock)."""

    name: str
    kind: Literal["crossing", "waiting", "carriageway", "junction", "ignored"]
    area: tuple[Pixel, ...] = Field(min_length=3)
    group: str | None = None


class Privacy(_Strict):
    """Nothing of the image is kept unless ``clips`` says so; clips are blurred and thrown away after ``keep_days``."""

    clips: bool = False
    keep_days: Annotated[float, Field(gt=0, le=90)] = 7.0
    before_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    after_s: Annotated[float, Field(ge=0, le=60)] = 5.0


class CameraSite(_Strict):
    """One camera. Pixels are those of ``image``; a source of another size is scaled."""

    camera: str = "camera"
    image: ImageSize
    junction: str | None = None
    source: str | None = None
    homography: Homography | None = None
    range_m: PositiveFloat = 100.0
    """Beyond this from the stop line nothing is measured, however well it is seen."""
    lanes: tuple[CameraLane, ...] = ()
    lines: tuple[LineOfCamera, ...] = ()
    zones: tuple[Zone, ...] = ()
    privacy: Privacy = Privacy()

    @model_validator(mode="after")
    def _agrees(self) -> CameraSite:
        for what, names in (("lane", [lane.id for lane in self.lanes]), ("line", [line.name for line in self.lines]),
                            ("zone", [zone.name for zone in self.zones])):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]} stands there twice")
        width, height = self.image.width, self.image.height
        for what, area in (*((f"lane {x.id}", x.area) for x in self.lanes), *((f"zone {x.name}", x.area) for x in self.zones)):
            if abs(_area_px(area)) < 1.0:
                raise ValueError(f"{what} has no area: its corners lie on one line")
            if not any(0 <= x <= width and 0 <= y <= height for x, y in area) and not _covers(area, width, height):
                raise ValueError(f"{what} lies outside the image of {width} × {height}: {_shown(area)}")
        for what, points in (*((f"stop line of lane {x.id}", x.stop_line) for x in self.lanes),
                             *((f"line {x.name}", x.points) for x in self.lines)):
            if math.dist(*points) < 1.0:
                raise ValueError(f"{what} has no length: {_shown(points)}")
            if max(x for x, _ in points) < 0 or min(x for x, _ in points) > width or (
                    max(y for _, y in points) < 0 or min(y for _, y in points) > height):
                raise ValueError(f"{what} lies outside the image of {width} × {height}: {_shown(points)}")
        return self


def _shown(points: tuple[Pixel, ...]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points[:6])


def _area_px(corners: tuple[Pixel, ...]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)) / 2


def _covers(area: tuple[Pixel, ...], width: float, height: float) -> bool:
    """Whether the outline goes round the image, or part of it, though none of its corners is in it."""
    xs, ys = [p[0] for p in area], [p[1] for p in area]
    return min(xs) < width and max(xs) > 0 and min(ys) < height and max(ys) > 0
