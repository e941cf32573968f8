"""A moment at which nobody watches anything."""

from __future__ import annotations

from detectors.observation import ConflictAreaObservation, CrossingObservation, ExitObservation, LaneObservation


class Unseen:
    """A frame that raises KeyError for everything; one that sees something overrides what it sees."""

    def __init__(self, time_s: float) -> None:
        self.time_s = time_s

    def lane(self, lane: str) -> LaneObservation:
        raise KeyError(lane)

    def exit(self, lane: str) -> ExitObservation:
        raise KeyError(lane)

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        raise KeyError(group)

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        raise KeyError(junction)
