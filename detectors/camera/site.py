"""A camera's site file: what it looks at, in pixels, and how pixels lie on the road. Written by hand or by
``mourour calibrate``, read by everything that counts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from detectors.camera.agreement import disagreements

LARGEST_PX, LARGEST_M = 100_000.0, 20_000_000.0
"""Beyond these a number is a slip of the hand: map coordinates reach ten million metres."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
Pixel = Annotated[tuple[Annotated[float, Field(ge=-LARGEST_PX, le=LARGEST_PX)], Annotated[float, Field(
    ge=-LARGEST_PX, le=LARGEST_PX)]], Field(description="x to the right, y downwards, from the upper left corner")]
Metre = Annotated[tuple[Annotated[float, Field(ge=-LARGEST_M, le=LARGEST_M)], Annotated[float, Field(
    ge=-LARGEST_M, le=LARGEST_M)]], Field(description="any two axes at right angles on the road")]
Side = Annotated[int, Field(gt=0, le=LARGEST_PX)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ImageSize(_Strict):
    width: Side
    height: Side


class KnownPoint(_Strict):
    """A mark on the road whose place is known in the image and on the ground."""

    px: Pixel
    m: Metre
    name: str = ""


class Homography(_Strict):
    """Four or more known points, of which four have no three on a line; or the matrix itself, row by row, from homogeneous
    pixels to homogeneous metres. ``note`` says how the matrix was come by."""

    points: tuple[KnownPoint, ...] = Field(default=(), max_length=60)
    matrix: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]] | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Homography:
        if self.matrix is None and len(self.points) < 4:
            raise ValueError(f"{len(self.points)} known points are given, four are needed")
        if self.matrix is not None and self.points:
            raise ValueError("both points and a matrix are given, and only one of them can be meant")
        return self


class LaneRole(StrEnum):
    APPROACH = "approach"
    EXIT = "exit"


class Trams(StrEnum):
    """Whether trams drive in a lane: none, beside other traffic, or nobody else."""

    NONE = "none"
    SHARED = "shared"
    ONLY = "only"


class CameraLane(_Strict):
    """A lane in view: ``area`` its outline on the road; traffic of an approach drives towards its ``stop_line`` and over it,
    traffic of an exit comes in over it. ``id`` is the lane of the junction's network."""

    id: Name
    area: tuple[Pixel, ...] = Field(min_length=3)
    stop_line: tuple[Pixel, Pixel]
    role: LaneRole = LaneRole.APPROACH
    group: str | None = None
    """Signal group that serves it; incidents of standing vehicles wait for its green."""
    speed_limit_mps: PositiveFloat = 13.9
    trams: Trams = Trams.NONE
    """A track beside the lanes is a lane of its own: what is seen on it is then not looked for in the lanes beside it."""


class LineOfCamera(_Strict):
    """A line at which is counted, beside the stop lines."""

    name: Name
    points: tuple[Pixel, Pixel]


class Zone(_Strict):
    """A part of the image with a meaning: a ``crossing`` where people wait or walk, the ``carriageway`` where they should
    not be, the ``junction`` box that queues should not stand in, or what is to be ``ignored`` (parked cars, a clock)."""

    name: Name
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

    camera: Name = "camera"
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
        wrong = disagreements(self)
        if wrong:
            # An error with a place in it, so that whoever knows the file's lines can name the one.
            raise ValidationError.from_exception_data(type(self).__name__, [
                InitErrorDetails(type=PydanticCustomError("camera", "{what}", {"what": w.what, "mend": w.mend}), loc=w.loc,
                                 input=self.camera) for w in wrong])
        return self
