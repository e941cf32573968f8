"""What cameras tell beside lanes, kept and shown: in the archive, the log, the metrics and the status. It changes no signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from controller.cameras.news import CameraNews, News
from controller.cameras.worker import CameraTask
from controller.daemon.clock import PostClock
from controller.daemon.metrics import Metrics
from controller.daemon.recording import Happening, Recorder
from detectors.incidents.incident import Incident, IncidentKind
from detectors.vision.ambulance_sightings import AmbulanceSighting
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction

log = structlog.get_logger("mourour.cameras")
KIND_NUMBER = {kind: n for n, kind in enumerate(IncidentKind, start=1)}
TO_CONFIRM = "to be confirmed by dispatch"


class ToldByCameras:
    """Hears of everything that opens and ends. An event needs a junction: what a camera tells that watches none of the post's is
    logged and counted only."""

    def __init__(self, junctions: Mapping[str, JunctionId], recorder: Recorder, metrics: Metrics, clock: PostClock) -> None:
        self._junctions, self._recorder, self._metrics, self._clock = junctions, recorder, metrics, clock

    def __call__(self, news: News) -> None:
        if isinstance(news.what, Incident):
            self._incident(news, news.what)
        else:
            self._ambulance(news, news.what)

    def _incident(self, news: News, one: Incident) -> None:
        labels = news.camera, one.kind.value
        place = one.place.lane or one.place.zone or "the view"
        facts = {"number": news.number, "camera": news.camera, "kind": one.kind.value, "place": place}
        if one.open:
            self._metrics.incidents.labels(*labels).inc()
            self._metrics.incidents_open.labels(*labels).inc()
            self._record(news, Happening.INCIDENT_BEGAN, one.start_s, KIND_NUMBER[one.kind],
                         f"#{news.number} {news.camera}, {place}: {one.cause}; confidence {one.confidence:.2f}")
            log.warning("incident.began", **facts, confidence=one.confidence, cause=one.cause)
            return
        assert one.end_s is not None
        self._metrics.incidents_open.labels(*labels).dec()
        self._record(news, Happening.INCIDENT_ENDED, one.end_s, KIND_NUMBER[one.kind],
                     f"#{news.number} {news.camera}, {place}: {one.cleared}")
        log.info("incident.ended", **facts, lasted_s=round(one.end_s - one.start_s, 1), cleared=one.cleared)

    def _ambulance(self, news: News, one: AmbulanceSighting) -> None:
        place, percent = one.lane or "the view", round(100 * one.confidence)
        facts = {"number": news.number, "camera": news.camera, "place": place, "confidence": one.confidence}
        if one.open:
            self._metrics.ambulances.labels(news.camera).inc()
            self._metrics.ambulances_open.labels(news.camera).inc()
            self._record(news, Happening.AMBULANCE_SEEN, one.since_s, percent,
                         f"#{news.number} {news.camera}, {place}: {TO_CONFIRM}")
            log.warning("ambulance.seen", **facts, state=TO_CONFIRM)
            return
        assert one.until_s is not None
        self._metrics.ambulances_open.labels(news.camera).dec()
        self._record(news, Happening.AMBULANCE_GONE, one.until_s, percent, f"#{news.number} {news.camera}, {place}")
        log.info("ambulance.gone", **facts, lasted_s=round(one.until_s - one.since_s, 1))

    def _record(self, news: News, what: Happening, at_s: float, parameter: int, detail: str) -> None:
        junction = self._junctions.get(news.camera)
        if junction is not None:
            self._recorder.happened(junction, what, at_s - self._clock.midnight_s, parameter, detail)

    def state(self, news: CameraNews | None) -> dict[str, Any]:
        """What is open, for people and tools; times in seconds since 1970."""
        if news is None:
            return {"incidents": [], "ambulances": []}
        incidents = [self._row(n) | {"kind": one.kind.value, "french": one.kind.french, "since": round(one.start_s, 1),
                                     "lane": one.place.lane, "zone": one.place.zone, "confidence": one.confidence,
                                     "cause": one.cause} for n, one in news.incidents()]
        ambulances = [self._row(n) | {"state": TO_CONFIRM, "since": round(one.since_s, 1), "lane": one.lane,
                                      "confidence": one.confidence} for n, one in news.ambulances()]
        return {"incidents": incidents, "ambulances": ambulances}

    def _row(self, news: News) -> dict[str, Any]:
        return {"number": news.number, "camera": news.camera, "junction": self._junctions.get(news.camera)}


def junctions_of(cameras: tuple[CameraTask, ...], junctions: Mapping[JunctionId, Junction]) -> dict[str, JunctionId]:
    """Each camera's junction, as its file says, else the one whose lanes it watches. Cameras of none of ``junctions`` are left
    out."""
    found = {}
    for task in cameras:
        lanes = {lane.id for lane in task.site.lanes}
        for j, junction in junctions.items():
            known = {str(lane.id) for lane in junction.lanes} | {str(m.to_lane) for m in junction.movements}
            if task.site.junction == j or (task.site.junction is None and lanes & known):
                found[task.name] = j
                break
    return found
