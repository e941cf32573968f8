"""A frame made beforehand: what the synthetic city shows at one moment."""

from __future__ import annotations

from detectors.observation import ConflictAreaObservation, CrossingObservation, ExitObservation, LaneObservation


class PlainFrame:
    """Looking costs a strategy nothing but the look. Raises KeyError for what the city does not have."""

    __slots__ = ("_crossings", "_exits", "_lanes", "time_s")

    def __init__(self, time_s: float, lanes: dict[str, LaneObservation], exits: dict[str, ExitObservation],
                 crossings: dict[tuple[str, str], CrossingObservation]) -> None:
        self.time_s, self._lanes, self._exits, self._crossings = time_s, lanes, exits, crossings

    def lane(self, lane: str) -> LaneObservation:
        return self._lanes[lane]

    def exit(self, lane: str) -> ExitObservation:
        return self._exits[lane]

    def crossing(self, junction: str, group: str) -> CrossingObservation:
        return self._crossings[junction, group]

    def conflict_area(self, junction: str) -> ConflictAreaObservation:
        """Nobody in this city is caught inside a junction."""
        return ConflictAreaObservation(junction, self.time_s, 0, 0.0)
