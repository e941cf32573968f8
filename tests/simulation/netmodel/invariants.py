"""What must hold for every derived junction, read from the net file itself and not through the code under test."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from signal_drivers.limits import Clearance
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.derive import SignalNet, SumoJunction
from simulation.sumo.programmes import transition_states


@dataclass(frozen=True)
class RawLink:
    """A controlled connection as the net file has it; ``foes`` are request numbers at ``node``."""

    tls: str
    index: int
    node: str
    request: int
    from_edge: str
    pedestrian: bool
    foes: frozenset[int]


def raw_links(net: Path) -> list[RawLink]:
    root = ElementTree.parse(net).getroot()
    railway: set[str] = set()
    place: dict[str, tuple[str, int]] = {}
    foes: dict[tuple[str, int], frozenset[int]] = {}
    for junction in root.findall("junction"):
        if junction.get("type") == "internal":
            continue
        if junction.get("type") in ("rail_crossing", "rail_signal"):
            railway |= set(junction.get("intLanes", "").split())
            continue
        for i, lane in enumerate(junction.get("intLanes", "").split()):
            place[lane] = (junction.attrib["id"], i)
        for request in junction.findall("request"):
            bits = request.attrib["foes"][::-1]
            foes[junction.attrib["id"], int(request.attrib["index"])] = frozenset(i for i, c in enumerate(bits) if c == "1")
    onward = {f"{c.attrib['from']}_{c.attrib['fromLane']}": c.get("via", "") for c in root.findall("connection")
              if c.attrib["from"].startswith(":")}
    rows = []
    for c in root.findall("connection"):
        if not c.get("tl") or int(c.attrib["linkIndex"]) < 0:
            continue
        target = f"{c.attrib['to']}_{c.attrib['toLane']}"
        via = c.get("via", target)
        while via not in place and onward.get(via):
            via = onward[via]
        if via in railway:
            continue
        node, request = place[via]
        rows.append(RawLink(c.attrib["tl"], int(c.attrib["linkIndex"]), node, request, c.attrib["from"],
                            c.attrib["to"].startswith(":"), foes[node, request]))
    return rows


def check(net: Path, signals: SignalNet, clearance: Clearance) -> None:
    links = raw_links(net)
    for s in signals.junctions.values():
        mine = [link for link in links if link.tls == s.tls]
        _check_groups(s, mine)
        _check_conflicts(s, mine)
        _check_stages(s)
        _check_clearance(s, clearance)
        _check_transitions(s)


def _group_at(s: SumoJunction, index: int) -> str:
    return s.junction.groups[s.head_of_position[index]].id


def _check_groups(s: SumoJunction, links: list[RawLink]) -> None:
    for index in {link.index for link in links}:
        assert sum(index in g.indices for g in s.groups) == 1, (s.tls, index)
    assert set().union(*(g.indices for g in s.groups)) == {link.index for link in links}
    assert s.width >= max(link.index for link in links) + 1
    if s.programme:
        assert s.width == max(len(s.programme[0].state), max(link.index for link in links) + 1)


def _check_conflicts(s: SumoJunction, links: list[RawLink]) -> None:
    for a, b in combinations(links, 2):
        if a.node != b.node or a.from_edge == b.from_edge or (a.pedestrian and b.pedestrian):
            continue
        if b.request in a.foes or a.request in b.foes:
            pair = _group_at(s, a.index), _group_at(s, b.index)
            assert s.junction.intergreens.conflict(*pair), (s.tls, a, b)


def _check_stages(s: SumoJunction) -> None:
    j = s.junction
    assert {g for stage in j.full_stages for g in stage.green} == {g.id for g in j.groups}
    for stage in j.stages:
        state = s.state(Clockwork(j, 0.0, stage.id).heads)
        assert len(state) == s.width and set(state) <= set("Ggr")
        for a, b in combinations(sorted(stage.green), 2):
            if j.intergreens.conflict(a, b):
                assert a in stage.yielding or b in stage.yielding, (s.tls, stage.id, a, b)
                assert len(j.stages) > 1
    for stage in j.stages:
        if stage.overlap:
            # No two that meet are green together unless the programme has them so, the same one yielding.
            for a, b in combinations(sorted(stage.green), 2):
                shown = [full for full in j.full_stages if {a, b} <= full.green and full.yielding & {a, b} <= stage.yielding]
                assert shown or not j.intergreens.conflict(a, b), (s.tls, stage.id)


def _check_clearance(s: SumoJunction, clearance: Clearance) -> None:
    j = s.junction
    for (a, b), seconds in j.intergreens.items():
        if clearance is Clearance.BENCHMARK:
            assert seconds == 3.0 == j.yellow_s, (s.tls, a, b)
        elif not j.group[a].for_pedestrians:
            assert seconds >= j.yellow_s + 1, (s.tls, a, b)
        assert seconds == int(seconds) and seconds < 60, (s.tls, a, b, seconds)


def _check_transitions(s: SumoJunction) -> None:
    """Groups that end show the whole yellow and then red; groups that start wait for every intergreen into them."""
    j = s.junction
    stages = j.full_stages
    for before, after in [(a, b) for a in stages for b in stages if a is not b][:12]:
        rows = transition_states(s, before.id, after.id)
        spread = [state for state, seconds in rows for _ in range(round(seconds))]
        shown = {g.id: "".join(state[min(link.indices)] for state in spread) for g, link in zip(j.groups, s.groups, strict=True)}
        for g in before.green - after.green:
            if not j.group[g].for_pedestrians:
                letters = shown[g]
                assert letters.startswith("y" * int(j.yellow_s)) and set(letters[int(j.yellow_s):]) <= {"r"}, (s.tls, g, letters)
            else:
                assert set(shown[g]) <= {"r"}
        for g in after.green - before.green:
            wait = len(shown[g]) - len(shown[g].lstrip("r"))
            assert set(shown[g][wait:]) <= set("Gg")
            least = max((j.intergreens.between(e, g) for e in before.green - after.green if j.intergreens.conflict(e, g)),
                        default=0.0)
            assert wait >= min(least, len(spread)), (s.tls, before.id, after.id, g)
