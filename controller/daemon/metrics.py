"""What a post measures of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

LATENCIES_S = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0)


class Metrics:
    """One registry a post; names begin with ``mourour_`` and end in their unit."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.ticks = Counter("mourour_ticks", "Ticks of control", registry=r)
        self.missed = Counter("mourour_ticks_missed", "Ticks that could not begin in their period", registry=r)
        self.tick_s = Histogram("mourour_tick_seconds", "From a tick's moment to its last command acknowledged",
                                buckets=LATENCIES_S, registry=r)
        self.decide_s = Histogram("mourour_decide_seconds", "Deciding and judging alone", buckets=LATENCIES_S, registry=r)
        self.polls = Counter("mourour_polls", "Reports asked for and received", registry=r)
        self.troubles = Counter("mourour_connection_troubles", "Connections that ended in trouble", ["junction"], registry=r)
        self.connected = Gauge("mourour_cabinets_connected", "Cabinets in conversation", registry=r)
        self.rung = Gauge("mourour_rung", "Rung of the fallback ladder: 0 strategy, 1 plans, 2 local, 3 flashing", ["junction"],
                          registry=r)
        self.validation = Gauge("mourour_validation", "0 certificates not required, 1 certified, 2 overridden", ["junction"],
                                registry=r)
        self.validated_until_s = Gauge("mourour_validation_until_seconds", "When the first certificate or override ends, since "
                                       "1970", registry=r)
        self.camera = Gauge("mourour_camera_quality", "How well a camera sees: 0 good, 1 degraded, 2 bad", ["camera"], registry=r)
        self.incidents = Counter("mourour_incidents", "Incidents that cameras have told of", ["camera", "kind"], registry=r)
        self.incidents_open = Gauge("mourour_incidents_open", "Incidents that last", ["camera", "kind"], registry=r)
        self.ambulances = Counter("mourour_ambulances_seen", "Vehicles that may be ambulances", ["camera"], registry=r)
        self.ambulances_open = Gauge("mourour_ambulances_open", "Hints of ambulances for dispatch to confirm", ["camera"],
                                     registry=r)
        self.requests = Counter("mourour_requests", "Stage requests the guard has judged", ["verdict"], registry=r)
        self.violations = Counter("mourour_head_violations", "Violations seen on signal heads", registry=r)
        self.events = Counter("mourour_events", "Events written to the archive", registry=r)

    def text(self) -> bytes:
        """The page Prometheus reads."""
        return generate_latest(self.registry)
