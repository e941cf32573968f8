"""Give a built net its own fixed-time programmes, with splits from the demand it will carry."""

from __future__ import annotations

import re
from pathlib import Path

from simulation.scenario.demand import Flow, flows_of
from simulation.scenario.legs import legs_by_junction
from simulation.scenario.model import ScenarioFacts
from simulation.scenario.programme import green_times_s, phases, stages
from simulation.scenario.routes import RouteFinder
from simulation.scenario.signal_links import links_by_light

_TL_LOGIC = re.compile(r'[ ]*<tlLogic id="(?P<id>[^"]+)".*?</tlLogic>\n', re.DOTALL)


def write_programmes(facts: ScenarioFacts, net: Path, finder: RouteFinder, where: str) -> None:
    """Replace the programmes in ``net``: one per junction, split for the larger of the morning and the evening flows."""
    volume: dict[tuple[str, str], float] = {}
    for period in ("morning", "evening"):
        for pair, vph in turning_volumes(flows_of(facts, period, finder, where)).items():  # type: ignore[arg-type]
            volume[pair] = max(volume.get(pair, 0.0), vph)
    legs = legs_by_junction(facts)
    blocks: dict[str, str] = {}
    for light, links in links_by_light(net).items():
        found = stages(links, legs[light], volume)
        lines = [f'    <tlLogic id="{light}" type="static" programID="0" offset="0">']
        lines += [f'        <phase duration="{seconds}" state="{state}"/>'
                  for seconds, state in phases(links, found, green_times_s(found, links))]
        blocks[light] = "\n".join([*lines, "    </tlLogic>", ""])
    text = net.read_text(encoding="utf-8")
    net.write_text(_TL_LOGIC.sub(lambda m: blocks[m["id"]], text), encoding="utf-8")


def turning_volumes(flows: list[Flow]) -> dict[tuple[str, str], float]:
    """Vehicles an hour by (edge, next edge) over all flows."""
    volume: dict[tuple[str, str], float] = {}
    for flow in flows:
        for pair in zip(flow.route.edges, flow.route.edges[1:], strict=False):
            volume[pair] = volume.get(pair, 0.0) + flow.vph
    return volume
