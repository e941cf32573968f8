"""The live observations, events and incidents as lines of JSON, written while the counting goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from detectors.counting.results import CountEvent, FrameResult
from detectors.incidents.incident import Incident
from detectors.vision.ambulance_sightings import AmbulanceSighting

STREAM_EVERY_S = 1.0


class LinesOut:
    """Writes to ``file``: each event, incident and sighting of an ambulance as it is known, each lane's observation once a
    second."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._at_s = file, float("-inf")

    def see(self, result: FrameResult, incidents: Sequence[Incident], ambulances: Sequence[AmbulanceSighting] = ()) -> None:
        self.last(result.events, incidents, ambulances)
        if result.time_s - self._at_s < STREAM_EVERY_S - 1e-6:
            return
        self._at_s = result.time_s
        for lane in result.lanes.values():
            vehicles = [{"distance_m": round(v.distance_m, 1), "speed_mps": round(v.speed_mps, 2), "class": v.kind.value}
                        for v in lane.vehicles]
            self._put({"lane": lane.lane, "time_s": round(lane.time_s, 3), "queue_veh": lane.queue_veh,
                       "queue_m": round(lane.queue_m, 1), "occupancy": round(lane.occupancy, 3),
                       "passed": {kind.value: n for kind, n in lane.passed.items()},
                       "vehicles": vehicles, "quality": lane.quality.value, "reason": lane.reason})
        if not result.lanes:
            self._put({"time_s": round(result.time_s, 3), "tracks": len(result.tracks)})

    def last(self, events: Sequence[CountEvent], incidents: Sequence[Incident],
             ambulances: Sequence[AmbulanceSighting] = ()) -> None:
        """Those that belong to no image: only the end has made them certain."""
        for incident in incidents:
            self._put({"incident": incident.as_dict()})
        for sighting in ambulances:
            self._put({"ambulance": sighting.as_dict()})
        for event in events:
            self._put({"event": _as_told(event)})

    def _put(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._file.flush()


def _as_told(event: CountEvent) -> dict[str, Any]:
    """As ``mourour count --json`` has it, with its time."""
    return {"frame": event.frame, "time_s": event.time_s, "line": event.line, "lane": event.lane,
            "direction": event.direction.value, "class": event.kind.value, "track": event.track}
