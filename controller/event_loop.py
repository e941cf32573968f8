"""The loop that daemons and fleets run on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run ``work`` to its end, on uvloop, which carries a few times more messages a second; where that is missing, asyncio's own
    loop does as well."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)
