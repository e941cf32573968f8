"""Read a scenario file, join the files it includes, and check it: YAML in, :class:`ScenarioFacts` out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from signal_drivers.errors import ScenarioError
from simulation.scenario.compose import join
from simulation.scenario.model import ScenarioFacts
from simulation.scenario.rules import check


def load(path: Path) -> ScenarioFacts:
    """Facts of one scenario file, with its includes joined in.

    Raises:
        ScenarioError: the file is missing, is no YAML, breaks the schema or its rules; names file and place.
    """
    facts = _read(path)
    if facts.include:
        facts = join(facts, [(i, _read(included_path(path, i.scenario))) for i in facts.include], shown(path))
    check(facts, shown(path))
    return facts


def files_of(path: Path) -> list[Path]:
    """The file and the files it includes, in order: all that a build of it depends on."""
    return [path, *(included_path(path, i.scenario) for i in _read(path).include)]


def included_path(path: Path, name: str) -> Path:
    """Where ``include: scenario: NAME`` of the file at ``path`` looks: beside it."""
    return path.parent / f"{name}.yaml"


def shown(path: Path) -> str:
    """A short name of the file for messages: its folder and name."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _read(path: Path) -> ScenarioFacts:
    where = shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScenarioError("no such scenario file", where=str(path), mend="check the path") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise ScenarioError(f"cannot be read: {fault}", where=where, mend="it must be a UTF-8 text file") from None
    try:
        raw: Any = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "somewhere"
        problem = getattr(fault, "problem", None) or "not YAML"
        raise ScenarioError(f"{line}: {problem}", where=where, mend="mend the YAML there") from None
    if not isinstance(raw, dict):
        raise ScenarioError("is not a mapping of facts", where=where, mend="start from a shipped scenario file")
    try:
        return ScenarioFacts.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = _place(first["loc"])
        more = f", and {fault.error_count() - 1} more" if fault.error_count() > 1 else ""
        got = "" if first["type"] == "missing" else f" (got {_short(first['input'])})"
        raise ScenarioError(f"{place}: {first['msg']}{got}{more}", where=where, mend="mend that entry") from None


def _place(loc: tuple[int | str, ...]) -> str:
    place = ""
    for part in loc:
        place += f"[{part}]" if isinstance(part, int) else (f".{part}" if place else part)
    return place or "file"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
