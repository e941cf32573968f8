"""One way to write a JSON value as bytes, so that what was signed can be written again by anybody.

Keys sorted, no spaces, UTF-8, whole numbers without a point: for the values that certificates hold this is RFC 8785 (JSON
Canonicalization Scheme), and what ``jq -cSj`` prints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

WHOLE = 2.0**53
"""Above it a float no longer holds every whole number."""


def canonical(value: Any) -> bytes:
    """Raises ValueError for what JSON cannot say (infinity, half a character)."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parsed(text: str) -> Any:
    """The value of a JSON text. Raises ValueError, also for a key that stands twice: two readers might believe different ones."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
        raise ValueError(f"key {twice!r} stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE:
        return int(value)
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value
