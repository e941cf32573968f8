"""Strategies by name. A strategy's module is imported when it is asked for, so that listing them costs
nothing."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from controller.strategy import Strategy
from signal_drivers.errors import InvalidValue, UnknownStrategy

_WHERE = {
    "fixed": ("controller.strategies.fixed", "FixedTime"),
    "adaptive-cycle": ("controller.strategies.adaptive_cycle", "AdaptiveCycle"),
    "actuated": ("controller.strategies.actuated", "Actuated"),
    "learned": ("controller.strategies.learned", "Learned"),
    "max-pressure": ("controller.strategies.max_pressure", "MaxPressure"),
    "predictive": ("controller.strategies.predictive", "Predictive"),
    "self-organising": ("controller.strategies.self_organising", "SelfOrganising"),
}

_FROM_FILE = {"learned": "model"}
"""Which of them take a file after a colon, and the setting it stands for."""


def names() -> tuple[str, ...]:
    """Names of the strategies registered here."""
    return tuple(_WHERE)


def strategy_class(name: str, *, also: Iterable[str] = ()) -> type[Strategy]:
    """The class registered as ``name``, without the file that may follow it. Raises :class:`UnknownStrategy`, naming the known
    ones (``also`` has those that another layer runs) and the closest match."""
    name = without_file(name)
    if name not in _WHERE:
        known = [*_WHERE, *also]
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        guess = f"did you mean {near[0]}? " if near else ""
        raise UnknownStrategy(f"no strategy is called {name!r}", where="strategy",
                              mend=f"{guess}known: {', '.join(known)}")
    module, attribute = _WHERE[name]
    found: type[Strategy] = getattr(import_module(module), attribute)
    return found


def without_file(name: str) -> str:
    """``learned`` of ``learned:MODEL``; every other name as it is."""
    base, colon, _ = name.partition(":")
    return base if colon and base in _FROM_FILE else name


def strategy(name: str, *, also: Iterable[str] = (), **settings: Any) -> Strategy:
    """A new strategy of that name, with its defaults except for ``settings``; ``learned:MODEL`` is ``learned`` with that file.

    Raises :class:`UnknownStrategy` for a name nobody registered and :class:`InvalidValue` for a setting it
    does not have or that is out of range.
    """
    made = strategy_class(name, also=also)
    base = without_file(name)
    if base != name:
        settings = {_FROM_FILE[base]: name.removeprefix(f"{base}:")} | settings
    try:
        return made(**settings)
    except (TypeError, ValueError) as error:
        first = str(error).splitlines()
        detail = "; ".join(line.strip() for line in first[:3])
        raise InvalidValue(detail, where=f"settings of strategy {name}") from None
