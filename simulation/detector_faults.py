"""``--detectors``: its words read strictly, its names checked against the net, and what every output says of it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

from detectors.degradation import Degradation
from detectors.degraded import DegradedFeed, Place
from signal_drivers.errors import BadInput

if TYPE_CHECKING:
    from detectors.observation import DetectorFeed
    from simulation.netmodel.derive import SignalNet

WHERE = "--detectors"
EXAMPLE = "for example missing=0.1,miscount=0.15"
PERFECT = "perfect"
NAMES = tuple(field.name for field in fields(Degradation) if field.name not in ("lanes", "junctions"))
REPEATED = {"lane": "lanes", "junction": "junctions"}


def read_degradation(text: str) -> Degradation:
    """``missing=0.1,miscount=0.15,lane=a_0`` to what it means; '' and ``perfect`` to nothing wrong.

    Raises :class:`BadInput` quoting the part that cannot be read.
    """
    if text.strip() in ("", PERFECT):
        return Degradation()
    numbers: dict[str, float] = {}
    named: dict[str, list[str]] = {"lanes": [], "junctions": []}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise BadInput(f"{part.strip()!r} is not NAME=VALUE", where=WHERE, mend=EXAMPLE)
        if name in REPEATED:
            named[REPEATED[name]].append(value)
            continue
        if name not in NAMES:
            near = get_close_matches(name, (*NAMES, *REPEATED), n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise BadInput(f"{name!r} is no fault of a detector", where=WHERE,
                           mend=f"{guess}known: {', '.join((*NAMES, *REPEATED))}")
        if name in numbers:
            raise BadInput(f"{name} is given twice", where=WHERE, mend="give it once")
        numbers[name] = _number(name, value)
    try:
        return Degradation(**numbers, **{field: tuple(dict.fromkeys(found)) for field, found in named.items()})  # type: ignore[arg-type]
    except ValueError as error:
        raise BadInput(str(error), where=WHERE, mend=EXAMPLE) from None


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise BadInput(f"{name} is {value!r}, not a number", where=WHERE, mend=EXAMPLE)
    return number


def places_of(signals: SignalNet) -> list[Place]:
    """What the cameras of each junction look at."""
    found = []
    for j, sumo in signals.junctions.items():
        junction = sumo.junction
        exits = dict.fromkeys(str(m.to_lane) for m in junction.movements if not junction.group[m.group].for_pedestrians)
        found.append(Place(j, tuple(sumo.approach), tuple(exits), tuple(sumo.crossings)))
    return found


def check_names(degradation: Degradation, places: Collection[Place]) -> None:
    """Raise :class:`BadInput` for a lane or junction that the net's signals do not have."""
    _check("lane", degradation.lanes, [lane for place in places for lane in place.lanes])
    _check("junction", degradation.junctions, [place.junction for place in places])


def _check(kind: str, wanted: Collection[str], known: Collection[str]) -> None:
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            raise BadInput(f"no camera looks at {kind} {name!r}" if kind == "lane" else f"no signals at junction {name!r}",
                           where=WHERE, mend="did you mean " + ", ".join(near or sorted(known)[:8]) + "?")


def note_of(text: str, own_strategy: bool) -> str:
    """What the reader of any output must know; '' for perfect detectors."""
    if text == PERFECT:
        return ""
    if not own_strategy:
        return (f"Detectors were to be degraded ({text}), but SUMO's own controllers have detectors of their own: they saw "
                "everything.")
    return f"Detectors were degraded on purpose ({text}): figures say how control copes, not what it can do with sound cameras."


def with_faults(feed: DetectorFeed, text: str, net: SignalNet, seed: int, start_s: float) -> DetectorFeed:
    """``feed`` as it is seen through what ``--detectors`` says is wrong: itself where nothing is."""
    degradation = read_degradation(text)
    if degradation.nothing:
        return feed
    return DegradedFeed(feed, places_of(net), degradation, seed=seed, start_s=start_s)
