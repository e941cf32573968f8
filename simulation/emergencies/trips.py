"""Who drives from where to where, and when."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signal_drivers.errors import BadInput
from simulation.emergencies.settings import EmergencySettings, split_trip
from simulation.netmodel.derive import SignalNet
from simulation.netmodel.streets import drivable
from simulation.sumo.configuration import clock_s

LEAST_SIGNALS = 3
"""A trip past fewer signals says little of a green wave."""
FIRST_SHARE, LAST_SHARE = 0.15, 0.85
"""Trips are spread over this part of the run: the network is to be full, and a trip is to end within the run."""
TRIES = 400


@dataclass(frozen=True, slots=True)
class Trip:
    """``edges`` as they are driven. ``planned`` is the way that dispatch was told, where it is another."""

    id: str
    depart_s: float
    edges: tuple[str, ...]
    planned: tuple[str, ...] = ()


Router = Callable[[str, str], Sequence[str]]
"""Edges from one edge to another, fastest way; empty where there is none."""


def choose(settings: EmergencySettings, signals: SignalNet, route: Router, count_signals: Callable[[Sequence[str]], int],
           begin_s: float, end_s: float, seed: int, prefix: str) -> list[Trip]:
    """The trips of a run: those asked for by name, then ``settings.count`` drawn from ``seed``. Raises :class:`BadInput` for a
    road that is not there, a way that does not exist, a time outside the run, and a net without any way past signals."""
    named = [_named(text, i, signals, route, begin_s, end_s, prefix) for i, text in enumerate(settings.trips)]
    if not settings.count:
        return named
    dice = random.Random(f"emergencies {seed}")
    edges = sorted(e.getID() for e in signals.net.getEdges() if drivable(e))
    drawn: list[tuple[str, ...]] = []
    fewest = LEAST_SIGNALS
    for attempt in range(TRIES * max(1, settings.count)):
        if len(drawn) == settings.count:
            break
        if attempt == TRIES and not drawn:
            fewest = 1
        way = tuple(route(dice.choice(edges), dice.choice(edges)))
        if count_signals(way) >= fewest:
            drawn.append(way)
    if len(drawn) < settings.count:
        raise BadInput(f"only {len(drawn)} trips past signals were found", where="--emergencies", mend="ask for fewer")
    span_s = end_s - begin_s
    times = sorted(begin_s + span_s * dice.uniform(FIRST_SHARE, LAST_SHARE) for _ in drawn)
    return named + [Trip(f"{prefix}{len(named) + i}", round(t), way) for i, (t, way) in enumerate(zip(times, drawn, strict=True))]


def _named(text: str, number: int, signals: SignalNet, route: Router, begin_s: float, end_s: float, prefix: str) -> Trip:
    origin, target, when = split_trip(text)
    for name in (origin, target):
        if not signals.net.hasEdge(name) or not drivable(signals.net.getEdge(name)):
            raise BadInput(f"there is no road {name!r} for an ambulance", where="--emergency",
                           mend="name edges of the net, as `mourour scenario show` lists them")
    try:
        depart_s = clock_s(when)
    except ValueError:
        raise BadInput(f"{when!r} is no time", where="--emergency", mend="write hh:mm:ss or seconds") from None
    if not begin_s <= depart_s < end_s:
        raise BadInput(f"{when} is outside the run ({begin_s:g} to {end_s:g} s)", where="--emergency",
                       mend="choose a moment of the run")
    edges = tuple(route(origin, target))
    if not edges:
        raise BadInput(f"no way leads from {origin} to {target}", where="--emergency", mend="choose another pair")
    return Trip(f"{prefix}{number}", depart_s, edges)
