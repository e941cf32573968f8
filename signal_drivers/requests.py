"""The one thing the software may ask of a cabinet: a stage, for a short while."""

from __future__ import annotations

from dataclasses import dataclass

from signal_drivers.ids import JunctionId, StageId


@dataclass(frozen=True, slots=True)
class StageRequest:
    """A request that expires. ``sequence`` rises with every request to a junction, so that replays are seen."""

    junction: JunctionId
    stage: StageId
    sequence: int
    issued_s: float
    expires_s: float
    reason: str = ""
