"""Read a plan file: YAML in, :class:`PlanBook` out; what is wrong is said with its line, its key and the mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from controller.plans.book import PlanBook, Window
from controller.plans.model import FilePart, JunctionPart
from signal_drivers.errors import InvalidValue, PlanError
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.plan import Plan, Split

SUM_TOLERANCE_S = 0.01
Loc = tuple[int | str, ...]


def read_plans(path: Path) -> PlanBook:
    """The plans of the file at ``path``. Raises :class:`PlanError` for a file that cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError("no such plan file", where=str(path), mend="check the path") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PlanError(f"cannot be read: {fault}", where=str(path), mend="it must be a UTF-8 text file") from None
    return parse_plans(text, path.name)


def parse_plans(text: str, where: str) -> PlanBook:
    """As :func:`read_plans`, of the file's text; ``where`` names it in messages."""
    source = _Source(text, where)
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


def _plan(source: _Source, at: Loc, name: str, entry: JunctionPart) -> Plan:
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


def _windows(source: _Source, said: FilePart) -> Iterator[Window]:
    for i, w in enumerate(said.windows):
        at = ("windows", i)
        if w.plan not in said.plans:
            raise source.refuse((*at, "plan"), f"no plan is called {w.plan!r}", f"known: {', '.join(said.plans)}")
        if w.from_s == w.until_s:
            raise source.refuse(at, "the window is empty", "for a whole day write from: 00:00, until: 24:00")
        yield Window(w.plan, w.from_s, w.until_s, frozenset(w.days), w.special_day)


class _Source:
    """The file's text with the line of everything in it."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        try:
            # The base loader keeps every scalar as text: YAML would read 18:30 as the number 1110.
            self.root = yaml.compose(text, Loader=yaml.BaseLoader)
            self._refuse_twice(self.root, 0)
            self.raw: Any = yaml.load(text, Loader=yaml.BaseLoader)
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise PlanError(f"not YAML: {getattr(fault, 'problem', None) or fault}", where=where + line,
                            mend="mend the YAML there") from None
        except (ValueError, TypeError, RecursionError) as fault:
            raise PlanError(f"not YAML: {fault}", where=where, mend="mend the YAML") from None
        if not isinstance(self.raw, dict):
            raise PlanError("is not a mapping", where=where, mend="start from a file that mourour plan optimise wrote")

    def place(self, loc: Loc) -> str:
        """File, line and key of ``loc``; of what is nearest to it where the file has not got it."""
        node, line, known = self.root, 1, 0
        for part in loc:
            child = _child(node, part)
            if child is None:
                break
            key, node = child
            line, known = key.start_mark.line + 1, known + 1
        shown = ""
        for part in loc:
            shown += f"[{part}]" if isinstance(part, int) else f"{'.' if shown else ''}{part}"
        return f"{self.where}, line {line}{', ' + shown if shown else ''}"

    def refuse(self, loc: Loc, what: str, mend: str) -> PlanError:
        return PlanError(what, where=self.place(loc), mend=mend)

    def refuse_first(self, fault: ValidationError) -> PlanError:
        first = fault.errors()[0]
        loc = tuple(part for part in first["loc"] if part != "[key]")
        got = first["input"]
        said = f" (got {got!r})" if isinstance(got, str) and len(got) <= 40 else ""
        more = f", and {fault.error_count() - 1} more" if fault.error_count() > 1 else ""
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "missing":
            return self.refuse(loc[:-1], f"{loc[-1]} is missing{more}", "add it")
        if first["type"] == "extra_forbidden":
            return self.refuse(loc, f"there is no key {loc[-1]!r}{more}", "correct or remove it")
        return self.refuse(loc, f"{message}{said}{more}", "mend that entry")

    def _refuse_twice(self, node: Any, depth: int) -> None:
        if depth > 20:
            raise RecursionError("nested too deep, or an anchor that holds itself")
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen if isinstance(key.value, str) else True:
                    raise PlanError(f"key {key.value!r} stands here twice" if isinstance(key.value, str) else "a key is no text",
                                    where=f"{self.where}, line {key.start_mark.line + 1}", mend="keep one of them")
                seen.add(key.value)
                self._refuse_twice(value, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                self._refuse_twice(value, depth + 1)


def _child(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    rows: Sequence[Any] = node.value if isinstance(node, yaml.SequenceNode) else ()
    return (rows[part], rows[part]) if isinstance(part, int) and part < len(rows) else None
