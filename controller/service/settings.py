"""Numbers of the service, each a default that an installation may set otherwise."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from controller.preemption.settings import PreemptionSettings


class ServiceSettings(BaseModel):
    """``token_s``: for so long a token is good. After ``failures_each`` wrong passwords for one name from one address within
    ``failures_in_s``, that name is locked for that address as long; after ``failures_address`` the address is, whatever the name;
    after ``failures_name`` the name is, whatever the address: high, or anybody could lock a dispatcher out.

    ``skew_s``: nothing is taken that was said further from the service's own clock than this. ``new_per_minute``: emergencies
    that one account may ask for. ``longest_s``: furthest expiry. ``fastest_mps`` and ``jump_slack_m``: two positions further
    apart than this allows are not one vehicle's. ``positions_kept_s``: older positions are deleted (law 09-08: where somebody
    was is not kept for ever). ``longest_manual_s``: for so long at most a junction is under manual control at one word.
    ``heard_s``: a post unheard for longer is said to be silent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    token_s: float = Field(default=900.0, gt=0, le=86400)
    failures_each: int = Field(default=5, ge=1)
    failures_address: int = Field(default=30, ge=1)
    failures_name: int = Field(default=100, ge=1)
    failures_in_s: float = Field(default=900.0, gt=0)
    skew_s: float = Field(default=30.0, gt=0, le=600)
    new_per_minute: int = Field(default=30, ge=1)
    longest_s: float = Field(default=3 * 3600.0, gt=0)
    fastest_mps: float = Field(default=60.0, gt=0)
    jump_slack_m: float = Field(default=50.0, ge=0)
    positions_kept_s: float = Field(default=30 * 86400.0, gt=0)
    longest_manual_s: float = Field(default=4 * 3600.0, gt=0)
    heard_s: float = Field(default=10.0, gt=0)
    body_bytes: int = Field(default=512 * 1024, ge=1024)
    frame_s: float = Field(default=0.05, gt=0, le=1)
    """Live updates are gathered for so long before they are sent, each emergency once."""
    certificate_keys: tuple[str, ...] = ()
    """Files of public keys whose certificates of validation are kept, from where the settings file lies."""
    preemption: PreemptionSettings = PreemptionSettings()
