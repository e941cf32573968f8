"""The work a post fetches: emergencies that pass its junctions, and manual commands. Seconds are those since 1970 UTC."""

from __future__ import annotations

from pydantic import AliasChoices, BaseModel, Field


class WorkSignal(BaseModel):
    junction: str
    groups: list[str]
    lanes: list[str]
    stop_line_m: float
    clear_m: float


class WorkPosition(BaseModel):
    at_m: float
    speed_mps: float
    time_s: float
    stood_s: float | None = Field(default=None, description="for so long it has stood; its speed says so where there is none")
    lost: bool = Field(default=False, description="off its way, and no other is known")


class WorkEmergency(BaseModel):
    """One under way. ``way`` counts the ways it was sent on: with another number the old one no longer counts."""

    id: str
    kind: str = Field(validation_alias=AliasChoices("class", "kind"), serialization_alias="class")
    priority: int
    expires_s: float
    departs_s: float | None = Field(default=None, description="when it is thought to set off, from starts_m of its way")
    starts_m: float = 0.0
    way: int
    pieces: list[tuple[float, float]] = Field(description="length_m, speed_mps")
    signals: list[WorkSignal]
    position: WorkPosition | None


class WorkManual(BaseModel):
    """A manual command that lasts until ``until_s``. One that is no longer here has been ended."""

    id: int
    junction: str
    mode: str | None
    stage: str | None
    until_s: float
    reason: str
    by: str


class Work(BaseModel):
    """An emergency that is no longer here is over: what is held for it is to be released."""

    time_s: float
    emergencies: list[WorkEmergency]
    manual: list[WorkManual]
