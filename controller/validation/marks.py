"""Marks of what control is made of, by which a certificate and what a post would run are compared: hashes over the things as
they are after reading, so that spaces, line ends and the order of keys do not matter, and anything else does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from controller.network import Network
from controller.plans.book import PlanBook
from controller.site.network_file import junction_row
from controller.strategy import Strategy
from controller.validation.canonical import digest
from signal_drivers.errors import CertificateRefused
from signal_drivers.junction import Junction

CODE = {
    "controller": ("asking", "calls", "estimate", "explain", "fairness", "hurry", "ladder", "loop", "network", "offsets",
                   "strategy", "variants", "webster", "cycle/*", "daemon/rungs", "learned/*", "plans/changeover", "plans/cycles",
                   "plans/hcm", "predictive/*", "strategies/*"),
    "detectors": ("observation", "unseen"),
    "signal_drivers": ("driver", "groups", "guard", "ids", "intergreens", "junction", "lanes", "limits", "monitor", "plan",
                       "requests", "stages", "status", "transitions"),
}
"""Modules from what is seen to what is asked of a cabinet: a strategy of ours is its program. What only says or carries things
(errors, protocols, the service) is left out, so that mending it voids no certificate."""


def junction_mark(junction: Junction) -> str:
    """Of the whole entry of the network file: groups, stages, intergreens, lanes, detectors."""
    return digest(junction_row(junction))


@dataclass(frozen=True, slots=True)
class NetworkMark:
    """``roads`` and ``corridors`` are marks of the links between its junctions, in no order; ``beside`` has those of either kind
    that a junction is part of."""

    junctions: Mapping[str, str]
    roads: frozenset[str]
    corridors: frozenset[str]
    beside: Mapping[str, frozenset[str]]


def network_mark(network: Network) -> NetworkMark:
    roads = {digest(asdict(link)): {link.upstream, link.downstream} for link in network.links}
    corridors = {digest(asdict(corridor)): set(corridor.junctions) for corridor in network.corridors}
    ways = (roads | corridors).items()
    return NetworkMark({str(j): junction_mark(junction) for j, junction in network.junctions.items()}, frozenset(roads),
                       frozenset(corridors), {str(j): frozenset(mark for mark, ends in ways if j in ends)
                                              for j in network.junctions})


def plan_marks(book: PlanBook) -> dict[str, dict[str, str]]:
    """Of each plan that ever runs, by name and junction; the plan's windows are part of it."""
    found = {}
    for name, plans in book.plans.items():
        windows = sorted([w.from_s, w.until_s, sorted(w.weekdays), w.special_day or ""] for w in book.windows if w.plan == name)
        if windows:
            found[name] = {str(p.junction): digest({
                "cycle_s": p.cycle_s, "offset_s": p.offset_s, "stages": [[s.stage, s.start_s] for s in p.splits],
                "windows": windows}) for p in plans}
    return found


@dataclass(frozen=True, slots=True)
class StrategyMark:
    """``model``: the hash of the file of what was learnt; empty for a strategy that has learnt nothing."""

    name: str
    parameters: str
    model: str
    code: str


def strategy_mark(strategy: Strategy) -> StrategyMark:
    """Of a strategy as it would run. Raises :class:`CertificateRefused` for a model that cannot be read."""
    return StrategyMark(strategy.name, digest(parameters(strategy)), model_mark(strategy), code_mark())


def parameters(strategy: Strategy) -> dict[str, Any]:
    """Its settings by name, for people and for the mark; empty where it has none."""
    settings = getattr(strategy, "settings", None)
    return dict(settings.model_dump(mode="json")) if settings is not None else {}


def model_mark(strategy: Strategy) -> str:
    if strategy.model_file is None:
        return ""
    try:
        return hashlib.sha256(Path(strategy.model_file).read_bytes()).hexdigest()
    except OSError as error:
        raise CertificateRefused(f"the model of strategy {strategy.name} cannot be read: {error.strerror or error}",
                                 where=str(strategy.model_file), mend="name a model that is there") from None


@lru_cache(maxsize=1)
def code_mark() -> str:
    """Of the source text of :data:`CODE`."""
    found = hashlib.sha256()
    for package, names in CODE.items():
        root = Path(str(files(package)))
        for file in sorted(f for name in names for f in root.glob(f"{name}.py")):
            text = file.read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{package}/{file.relative_to(root).as_posix()}:{len(text)}\n".encode() + text)
    return found.hexdigest()
