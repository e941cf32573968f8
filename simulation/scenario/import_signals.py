"""Judge every signal of an imported net: driven as it is, driven by rebuilt stages, or not to be driven at all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signal_drivers.errors import JunctionRefused, NetError
from simulation.netmodel.derive import SumoJunction, derive
from simulation.netmodel.links import links_by_signal, read_net
from simulation.sumo.programmes import reference_logic

_TL_LOGIC = re.compile(r'[ ]*<tlLogic id="(?P<id>[^"]+)".*?</tlLogic>\n', re.DOTALL)


@dataclass(frozen=True)
class Refused:
    """A signal that the model will not drive; ``nodes`` are the net's nodes it stands at."""

    tls: str
    name: str
    why: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """Signals by what can be done with them. ``idle`` ones are driven, but nothing meets there: one stage for ever."""

    driven: tuple[SumoJunction, ...]
    refused: tuple[Refused, ...]

    @property
    def rebuilt(self) -> tuple[SumoJunction, ...]:
        return tuple(s for s in self.driven if s.rebuilt)

    @property
    def idle(self) -> tuple[SumoJunction, ...]:
        return tuple(s for s in self.driven if len(s.junction.stages) == 1)


def judge(net_file: Path, names: Mapping[str, str] | None = None) -> Judged:
    """Try to derive every signal of the net; those ``names`` does not have are named after their streets.

    Raises:
        NetError: the net cannot be read.
    """
    net = read_net(net_file)
    driven: list[SumoJunction] = []
    refused: list[Refused] = []
    for tls, links in sorted(links_by_signal(net).items()):
        nodes = tuple(sorted({link.node for link in links}))
        name = (names or {}).get(tls) or street_names(net, nodes)
        try:
            driven.append(derive(net, tls, links, name=name))
        except (JunctionRefused, NetError) as fault:
            refused.append(Refused(tls, name, fault.what, nodes))
    return Judged(tuple(driven), tuple(refused))


def street_names(net: Any, nodes: Iterable[str]) -> str:
    """``Larger Street × Cross Street`` of the roads that meet at the nodes; empty where none has a name."""
    weight: dict[str, float] = {}
    for node in nodes:
        junction = net.getNode(node)
        for edge in [*junction.getIncoming(), *junction.getOutgoing()]:
            name = in_latin(edge.getName() or "")
            if edge.getFunction() == "" and any(c.isalpha() for c in name):
                weight[name] = weight.get(name, 0.0) + edge.getLaneNumber() * edge.getSpeed()
    largest = sorted(weight, key=lambda name: (-weight[name], name))
    return " × ".join(largest[:2])


def in_latin(name: str) -> str:
    """The Latin part of a name mapped in two scripts one after the other, as Moroccan streets are; else the whole name."""
    latin = " ".join(word for word in name.split() if all(ord(c) < 0x0590 or 0x1E00 <= ord(c) < 0x2100 for c in word))
    return latin if any(c.isalpha() for c in latin) else name


def write_rebuilt(net_file: Path, junctions: Iterable[SumoJunction]) -> None:
    """Put rebuilt stages into the net as its own programmes, so that nothing that runs it meets the unusable ones."""
    blocks = {}
    for sumo in junctions:
        logic = reference_logic(sumo, "static")
        logic.set("programID", "0")
        for phase in logic:
            for key in ("minDur", "maxDur"):
                phase.attrib.pop(key, None)
        ElementTree.indent(logic, level=1)
        blocks[sumo.tls] = f"    {ElementTree.tostring(logic, encoding='unicode').strip()}\n"
    text = net_file.read_text(encoding="utf-8")
    net_file.write_text(_TL_LOGIC.sub(lambda m: blocks.get(m["id"], m[0]), text), encoding="utf-8")
