"""Values out of JSON that somebody else wrote: the kind they should be, or one line that says where they are not."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from detectors.errors import EvaluationError
from detectors.evaluation.account import LARGEST


def read_json(text: str, where: str) -> Any:
    """Raises :class:`EvaluationError` for what is no JSON, with its line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"line {error.lineno}: no JSON: {error.msg}", where=where) from None
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"no JSON: {str(error)[:80]}", where=where) from None


def number(holder: Mapping[str, Any], key: str, at: str, where: str) -> float | None:
    """A finite number within reason; None where it is not there or null."""
    value = holder.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EvaluationError(f"{at}{key} is {shown(value)}, not a number", where=where)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise EvaluationError(f"{at}{key} is {shown(value)}", where=where, mend="a finite number within reason is needed")
    return float(value)


def positive(holder: Mapping[str, Any], key: str, at: str, where: str) -> float | None:
    value = number(holder, key, at, where)
    if value is not None and value <= 0:
        raise EvaluationError(f"{at}{key} is {value:g}, not more than 0", where=where)
    return value


def whole(value: object, at: str, where: str, *, least: int = 0) -> int:
    """A whole number from ``least`` on."""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise EvaluationError(f"{at} is {shown(value)}, not a whole number", where=where)
    if not least <= value <= LARGEST:
        raise EvaluationError(f"{at} is {shown(value)}, must be within {least}..{LARGEST:.0f}", where=where)
    return value


def text(holder: Mapping[str, Any], key: str, at: str, where: str) -> str | None:
    """A text; a number is taken as one. None where it is not there, null or empty."""
    value = holder.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EvaluationError(f"{at}{key} is {shown(value)}, not a name", where=where)
    return str(value)


def shown(value: object) -> str:
    try:
        said = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        said = type(value).__name__
    return said if len(said) <= 40 else said[:37] + "..."
