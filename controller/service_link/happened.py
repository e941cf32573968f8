"""What the service is to hear of although it may be over by the time it listens: incidents that cameras tell of, and alarms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from controller.cameras.news import News
from controller.service.told import moment
from controller.service_link.outbox import Outbox
from detectors.incidents.incident import Incident
from detectors.vision.ambulance_sightings import AmbulanceSighting
from signal_drivers.ids import JunctionId

AMBULANCE = "possible_ambulance"
TO_CONFIRM = "to be confirmed by dispatch"


class IncidentsToService:
    """Hears of everything that opens and ends, and puts it into the outbox. ``junctions`` are those of cameras; what a camera
    tells that watches none is told of the camera itself."""

    def __init__(self, outbox: Outbox, junctions: Mapping[str, JunctionId]) -> None:
        self._outbox, self._junctions = outbox, junctions

    def __call__(self, news: News) -> None:
        said = _incident(news.what) if isinstance(news.what, Incident) else _sighting(news.what)
        detail = short(f"{news.camera}, {said.pop('lane') or 'the view'}: {said.pop('detail')}")
        place = self._junctions.get(news.camera) or re.sub(r"[\x00-\x1f\x7f/]", "-", news.camera)[:64] or "?"
        self._outbox.add("incidents", {"key": f"{self._outbox.run}.{news.number}", "place": place, "detail": detail} | said)


def _incident(one: Incident) -> dict[str, Any]:
    lane = one.place.lane or one.place.zone
    if one.end_s is None:
        return {"kind": one.kind.value, "lane": lane, "time": moment(one.start_s),
                "detail": f"{one.cause}; confidence {one.confidence:.2f}"}
    return {"kind": one.kind.value, "lane": lane, "time": moment(one.start_s), "detail": one.cleared, "ended": True,
            "ended_at": moment(one.end_s)}


def _sighting(one: AmbulanceSighting) -> dict[str, Any]:
    said = {"kind": AMBULANCE, "lane": one.lane, "time": moment(one.since_s),
            "detail": f"{TO_CONFIRM}; confidence {one.confidence:.2f}"}
    return said if one.until_s is None else said | {"ended": True, "ended_at": moment(one.until_s)}


class AlarmBook:
    """Since when each alarm stands; those that are over go into the outbox, for the service may have missed them whole."""

    def __init__(self, outbox: Outbox, calendar_s: Callable[[], float]) -> None:
        self._outbox, self._calendar_s = outbox, calendar_s
        self._since_s: dict[tuple[str, str], tuple[float, str]] = {}

    def dated(self, rows: list[dict[str, Any]]) -> None:
        """Of all junctions of the post: put beside each alarm since when it stands."""
        now_s = self._calendar_s()
        standing = set()
        for row in rows:
            for alarm in row["alarms"]:
                key = row["id"], alarm["kind"]
                standing.add(key)
                since_s, _ = self._since_s.setdefault(key, (now_s, alarm["detail"]))
                alarm["since"] = moment(since_s)
        for key in self._since_s.keys() - standing:
            since_s, detail = self._since_s.pop(key)
            self._outbox.add("past_alarms", {"junction": key[0], "kind": key[1], "detail": detail, "began": moment(since_s),
                                             "ended": moment(now_s)})


def short(text: str) -> str:
    """On one line, as much as a report takes."""
    return " ".join(text.split())[:300]
