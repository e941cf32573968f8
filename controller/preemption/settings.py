"""Numbers of pre-emption, each a default that a post may set otherwise."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PreemptionSettings(BaseModel):
    """``margin_s``: the last vehicle of the queue is to be over the stop line this long before the vehicle would have to brake
    for it. ``longest_hold_s``: a green is asked for at most this long before the arrival. ``doubt_share``: standard deviation of
    a predicted arrival, as a share of the time until then. Without a position for ``stale_s`` nothing new is asked for, without
    one for ``lost_s`` everything is released. A vehicle that stands for ``at_scene_s`` while nothing holds it has arrived where
    it was needed. ``tram_patience_s``: for so long a tram that rolls up to its green is let through first. ``cooldown_s``: a
    junction that has waited in vain, for twice ``longest_hold_s``, waits for that vehicle no more until then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    margin_s: float = Field(default=7.0, ge=0, le=30)
    longest_hold_s: float = Field(default=60.0, gt=0, le=120)
    doubt_share: float = Field(default=0.0, ge=0, le=1)
    stale_s: float = Field(default=5.0, gt=0, le=60)
    lost_s: float = Field(default=30.0, gt=0, le=300)
    at_scene_s: float = Field(default=30.0, gt=0, le=600)
    cooldown_s: float = Field(default=60.0, ge=0, le=600)
    tram_patience_s: float = Field(default=15.0, ge=0, le=60)
    recovery: str = "owed"
