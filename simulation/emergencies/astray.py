"""Ambulances that leave their way: who does, where, and how they go on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from simulation.emergencies.trips import Router, Trip
from simulation.emergencies.ways import Ways


def some_astray(trips: Sequence[Trip], share: float, seed: int, ways: Ways, route: Router) -> list[Trip]:
    """``trips``, of which each with probability ``share`` turns wrong once, at a signal drawn from ``seed``, and goes on from
    there the fastest way; where none leads back from any wrong turn, to the end of the wrong road. One that has nowhere to turn
    wrong stays on its way."""
    return [_astray(trip, random.Random(f"astray {seed} {trip.id}"), share, ways, route) for trip in trips]


def _astray(trip: Trip, dice: random.Random, share: float, ways: Ways, route: Router) -> Trip:
    if dice.random() >= share:
        return trip
    choices = [(i, other) for i, (here, onward) in enumerate(pairwise(trip.edges)) if ways.has_signal(here, onward)
               for other in ways.onward(here) if other != onward]
    dice.shuffle(choices)
    rests = ((i, tuple(route(other, trip.edges[-1]))) for i, other in choices)
    lost = next(((i, (other,)) for i, other in choices), None)
    found = next(((i, rest) for i, rest in rests if rest), lost)
    if found is None:
        return trip
    return replace(trip, edges=(*trip.edges[:found[0] + 1], *found[1]), planned=trip.edges)
