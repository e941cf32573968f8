"""A JSON file held against what it is to be; what is wrong with it is said with its line, its key and the mend."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from controller.yaml_source import FAST, YamlSource
from signal_drivers.errors import BadInput, SiteError

Said = TypeVar("Said", bound=BaseModel)
MOST_FAULTS = 50


def source_of(text: str, name: str, example: str) -> YamlSource[SiteError]:
    """Where everything in ``text`` stands. JSON is YAML; lines are looked for only when something is wrong, since that takes its
    time."""
    return YamlSource(text, name, SiteError, example, FAST)


def inspect_json(text: str, name: str, model: type[Said], example: str) -> tuple[Said | None, list[BadInput]]:
    """What ``text`` says, or everything that is wrong with it. Raises :class:`SiteError` for what is no JSON object at all."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as fault:
        line = f", line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else ""
        raise SiteError(f"not JSON: {getattr(fault, 'msg', fault)}", where=f"{name}{line}", mend=example) from None
    if not isinstance(raw, dict):
        raise SiteError("is not an object", where=name, mend=example)
    try:
        return model.model_validate(raw), []
    except ValidationError as fault:
        source = source_of(text, name, example)
        return None, [source.refusal(e) for e in fault.errors()[:MOST_FAULTS]]
