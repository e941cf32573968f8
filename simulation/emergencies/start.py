"""A run's emergency vehicles, made from its settings and its net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.emergencies.astray import some_astray
from simulation.emergencies.blue_light import PREFIX, TYPE_ID
from simulation.emergencies.crew import Crew
from simulation.emergencies.reports import Exact, Noisy
from simulation.emergencies.trips import choose
from simulation.emergencies.ways import Ways
from simulation.prepare import Prepared
from simulation.settings import RunSettings


def crew_for(settings: RunSettings, ready: Prepared, api: Any) -> Crew:
    """Raises :class:`BadInput` for trips that cannot be driven."""
    assert settings.emergencies is not None
    ways = Ways(ready.signals)

    def route(origin: str, target: str) -> Sequence[str]:
        return tuple(api.simulation.findRoute(origin, target, TYPE_ID).edges)

    trips = choose(settings.emergencies, ready.signals, route, ways.signals_on, ready.begin_s, ready.end_s, settings.seed, PREFIX)
    trips = some_astray(trips, settings.emergencies.wrong_turn_share, settings.seed, ways, route)
    gps = settings.emergencies.gps
    return Crew(api, trips, ways, Exact(ways) if gps is None else Noisy(ways, gps, settings.seed, api),
                settings.emergencies.notice_s)
