"""Network files: a post's junctions as JSON, for the daemon and for whoever checks a cabinet."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from controller.json_source import inspect_json, source_of
from controller.network import Corridor, Network, RoadLink
from controller.site.network_model import JunctionPart, NetworkPart
from controller.yaml_source import Loc, read_text
from signal_drivers.errors import BadInput, InvalidValue, JunctionRefused, SiteError
from signal_drivers.groups import SignalGroup
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector, Lane, Movement
from signal_drivers.stages import Stage

FORMAT = "1"
EXAMPLE = "start from a file that mourour cabinet wrote"


def network_text(network: Network, title: str = "") -> str:
    """The file's text: one junction a line, so that two versions can be compared."""
    rows = [json.dumps(junction_row(j), ensure_ascii=False) for j in network.junctions.values()]
    links = [json.dumps(asdict(link), ensure_ascii=False) for link in network.links]
    corridors = [json.dumps(asdict(c), ensure_ascii=False) for c in network.corridors]

    def block(name: str, lines: list[str]) -> str:
        return f'"{name}": [\n' + ",\n".join(lines) + "\n]"

    return ("{\n" + f'"mourour_network": "{FORMAT}", "title": {json.dumps(title, ensure_ascii=False)},\n'
            + ",\n".join([block("junctions", rows), block("links", links), block("corridors", corridors)]) + "\n}\n")


def junction_row(j: Junction) -> dict[str, Any]:
    """A junction as the file has it."""
    row: dict[str, Any] = {"id": j.id, "name": j.name, "yellow_s": j.yellow_s, "max_red_s": j.max_red_s, "clearance": j.clearance}
    row["groups"] = [asdict(g) for g in j.groups]
    row["stages"] = [{"id": s.id, "green": [g for g in j.index if g in s.green],
                      "yielding": [g for g in j.index if g in s.yielding], "name": s.name, "variant_of": s.variant_of,
                      "overlap": s.overlap, "hurry": s.hurry} for s in j.stages]
    row["intergreens_s"] = {g.id: dict(j.intergreens.after(g.id)) for g in j.groups if j.intergreens.after(g.id)}
    row["lanes"], row["movements"] = [asdict(lane) for lane in j.lanes], [asdict(m) for m in j.movements]
    row["detectors"], row["notes"] = [asdict(d) for d in j.detectors], list(j.notes)
    return row


def read_network(path: Path) -> Network:
    """The network of the file at ``path``. Raises :class:`SiteError` for the first thing that is wrong with it."""
    network, wrong = inspect_network(path)
    if wrong:
        raise wrong[0]
    assert network is not None
    return network


def inspect_network(path: Path) -> tuple[Network | None, list[BadInput]]:
    """The network, and everything that is wrong with the file, each with its line. Raises :class:`SiteError` for a file that
    cannot be read at all."""
    text = read_text(path, "network file", SiteError)
    said, wrong = inspect_json(text, path.name, NetworkPart, EXAMPLE)
    return (None, wrong) if said is None else _build(said, text, path.name)


def _build(said: NetworkPart, text: str, name: str) -> tuple[Network | None, list[BadInput]]:
    wrong: list[tuple[Loc, str, str]] = []
    junctions: dict[Any, Junction] = {}
    for i, part in enumerate(said.junctions):
        if part.id in junctions:
            wrong.append((("junctions", i, "id"), f"junction {part.id} is there twice", "give each its own id"))
            continue
        try:
            junctions[part.id] = junction_of(part)
        except (JunctionRefused, InvalidValue) as error:
            what = error.what if isinstance(error, JunctionRefused) else f"{error.where}: {error.what}"
            wrong.append((("junctions", i), f"junction {part.id}: {what}", error.mend or "mend that junction"))
    known = {part.id for part in said.junctions}
    for kind, rows in (("links", [(link.upstream, link.downstream) for link in said.links]),
                       ("corridors", [c.junctions for c in said.corridors])):
        for i, ends in enumerate(rows):
            wrong += [((kind, i), f"no junction is called {end!r}", "name one of its junctions")
                      for end in ends if end not in known]
    if wrong:
        source = source_of(text, name, EXAMPLE)
        return None, [source.refuse(*w) for w in wrong]
    links = tuple(RoadLink(**link.model_dump()) for link in said.links)
    corridors = tuple(Corridor(**c.model_dump()) for c in said.corridors)
    return Network(junctions, links, corridors), []


def junction_of(part: JunctionPart) -> Junction:
    """The junction, checked. Raises :class:`JunctionRefused` and :class:`InvalidValue` as it does itself."""
    told: Any = part
    return Junction(
        told.id, tuple(SignalGroup(**g.model_dump()) for g in told.groups),
        tuple(Stage(s.id, frozenset(s.green), frozenset(s.yielding), s.name, s.variant_of, s.overlap, s.hurry)
              for s in told.stages),
        Intergreens({(a, b): seconds for a, row in told.intergreens_s.items() for b, seconds in row.items()}), told.yellow_s,
        told.max_red_s, tuple(Lane(**lane.model_dump()) for lane in told.lanes),
        tuple(Movement(**m.model_dump()) for m in told.movements), tuple(Detector(**d.model_dump()) for d in told.detectors),
        told.clearance, told.name, told.notes)
