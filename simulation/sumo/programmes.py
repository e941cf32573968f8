"""SUMO programmes written from derived junctions: for SUMO's own controllers as outside references, and fixed plans."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from pathlib import Path

from signal_drivers.ids import StageId
from signal_drivers.plan import Plan
from signal_drivers.requests import StageRequest
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.derive import SumoJunction

PROGRAMME_ID = "mourour"
MAX_GREEN_S = 50.0


def transition_states(sumo: SumoJunction, before: StageId, after: StageId) -> list[tuple[str, float]]:
    """(state, seconds) of each step between two stages, as the cabinet's clockwork runs them."""
    clock = Clockwork(sumo.junction, -1000.0, before)
    clock.request(StageRequest(sumo.junction.id, after, 1, 0.0, 1.0), 0.0)
    rows: list[tuple[str, float]] = []
    now = 0.0
    while not clock.settled:
        state = sumo.state(clock.heads)
        if rows and rows[-1][0] == state:
            rows[-1] = (state, rows[-1][1] + 1.0)
        else:
            rows.append((state, 1.0))
        now += 1.0
        clock.tick(now)
    return rows


def least_green_s(sumo: SumoJunction, stage: StageId) -> float:
    return max(sumo.junction.group[g].min_green_s for g in sumo.junction.stage[stage].green)


def _logic(sumo: SumoJunction, kind: str, offset_s: float) -> ElementTree.Element:
    return ElementTree.Element("tlLogic", {"id": sumo.tls, "type": kind, "programID": PROGRAMME_ID, "offset": f"{offset_s:g}"})


def _stage_state(sumo: SumoJunction, stage: StageId) -> str:
    return sumo.state(Clockwork(sumo.junction, 0.0, stage).heads)


def reference_logic(sumo: SumoJunction, kind: str) -> ElementTree.Element:
    """A cyclic programme over all stages for SUMO's ``static``, ``actuated`` or ``delay_based`` control, minimum greens and
    clearance as the derived junction has them, greens up to 50 s."""
    logic = _logic(sumo, kind, 0.0)
    stages = [s.id for s in sumo.junction.full_stages]
    for i, stage in enumerate(stages):
        least = least_green_s(sumo, stage)
        most = max(MAX_GREEN_S, least)
        ElementTree.SubElement(logic, "phase", {"duration": f"{max(least, 20.0):g}", "minDur": f"{least:g}",
                                                "maxDur": f"{most:g}", "state": _stage_state(sumo, stage)})
        if len(stages) > 1:
            for state, seconds in transition_states(sumo, stage, stages[(i + 1) % len(stages)]):
                ElementTree.SubElement(logic, "phase", {"duration": f"{seconds:g}", "state": state})
    return logic


def plan_logic(sumo: SumoJunction, plan: Plan) -> ElementTree.Element:
    """A static programme that runs ``plan`` as the cabinet would."""
    logic = _logic(sumo, "static", plan.offset_s)
    stages = [s.stage for s in plan.splits]
    for i, (stage, seconds) in enumerate(zip(stages, plan.durations_s(), strict=True)):
        before = stages[i - 1]
        moves = transition_states(sumo, before, stage) if before != stage else []
        for state, step in moves:
            ElementTree.SubElement(logic, "phase", {"duration": f"{step:g}", "state": state})
        rest = seconds - sum(step for _, step in moves)
        ElementTree.SubElement(logic, "phase", {"duration": f"{rest:g}", "state": _stage_state(sumo, stage), "name": stage})
    return logic


def write_programmes(path: Path, logics: Sequence[ElementTree.Element]) -> None:
    root = ElementTree.Element("additional")
    root.extend(logics)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def references(junctions: Iterable[SumoJunction], kind: str) -> list[ElementTree.Element]:
    return [reference_logic(s, kind) for s in junctions]
