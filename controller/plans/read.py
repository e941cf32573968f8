"""Read a plan file: YAML in, :class:`PlanBook` out; what is wrong is said with its line, its key and the mend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from pydantic import ValidationError

from controller.plans.book import PlanBook, Window
from controller.plans.model import FilePart, JunctionPart
from controller.yaml_source import Loc, YamlSource, read_text
from signal_drivers.errors import InvalidValue, PlanError
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.plan import Plan, Split

SUM_TOLERANCE_S = 0.01


def read_plans(path: Path) -> PlanBook:
    """The plans of the file at ``path``. Raises :class:`PlanError` for a file that cannot be used."""
    return parse_plans(read_text(path, "plan file", PlanError), path.name)


def parse_plans(text: str, where: str) -> PlanBook:
    """As :func:`read_plans`, of the file's text; ``where`` names it in messages."""
    source = YamlSource(text, where, PlanError, "start from a file that mourour plan optimise wrote")
    try:
        said = FilePart.model_validate(source.raw)
    except ValidationError as fault:
        raise source.refuse_first(fault) from None
    plans, places = {}, {}
    for name, part in said.plans.items():
        rows: dict[JunctionId, Plan] = {}
        for i, entry in enumerate(part.junctions):
            at = ("plans", name, "junctions", i)
            plan = _plan(source, at, name, entry)
            if plan.junction in rows:
                raise source.refuse(at, f"junction {plan.junction} has two plans in {name!r}", "give it one")
            rows[plan.junction] = plan
            places[name, plan.junction] = source.place(at)
        plans[name] = tuple(rows.values())
    entries = [e for part in said.plans.values() for e in part.junctions]
    stages = [((JunctionId(e.junction), StageId(s.stage)), s) for e in entries for s in e.stages]
    return PlanBook(
        plans, tuple(_windows(source, said)), said.title, said.scenario, said.clearance,
        {name: part.title for name, part in said.plans.items() if part.title},
        {JunctionId(e.junction): e.name for e in entries if e.name},
        {key: s.shows for key, s in stages if s.shows},
        {key: frozenset(map(GroupId, s.green)) for key, s in stages if s.green}, places)


def _plan(source: YamlSource[PlanError], at: Loc, name: str, entry: JunctionPart) -> Plan:
    total = sum(s.seconds for s in entry.stages)
    if abs(total - entry.cycle_s) > SUM_TOLERANCE_S:
        raise source.refuse((*at, "cycle_s"), f"the stages sum to {total:g} s, the cycle is {entry.cycle_s:g} s",
                            "make them equal")
    starts = [0.0, *accumulate(s.seconds for s in entry.stages)]
    try:
        return Plan(JunctionId(entry.junction), entry.cycle_s,
                    tuple(Split(StageId(s.stage), round(start, 6)) for s, start in zip(entry.stages, starts, strict=False)),
                    entry.offset_s, name)
    except InvalidValue as error:
        key = "offset_s" if error.what.startswith("offset_s") else "stages"
        raise source.refuse((*at, key), error.what, error.mend or "mend that entry") from None


def _windows(source: YamlSource[PlanError], said: FilePart) -> Iterator[Window]:
    for i, w in enumerate(said.windows):
        at = ("windows", i)
        if w.plan not in said.plans:
            raise source.refuse((*at, "plan"), f"no plan is called {w.plan!r}", f"known: {', '.join(said.plans)}")
        if w.from_s == w.until_s:
            raise source.refuse(at, "the window is empty", "for a whole day write from: 00:00, until: 24:00")
        yield Window(w.plan, w.from_s, w.until_s, frozenset(w.days), w.special_day)
