"""Talking to people: everything but a command's own result goes to standard error, so that ``--json`` stays clean."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


@lru_cache(maxsize=1)
def console() -> Console:
    """Console on standard error. It writes to a copy of the descriptor, since SUMO's own chatter is kept off the original."""
    from rich.console import Console

    stream = os.fdopen(os.dup(2), "w", buffering=1)
    return Console(file=stream, highlight=False, force_terminal=sys.stderr.isatty() or None)


def say(text: str) -> None:
    console().print(text)


def fail(line: str) -> None:
    """One line, whatever it has in it."""
    print(f"mourour: {' '.join(line.split())}", file=sys.stderr)


def put_json(value: Any) -> None:
    """Exactly one JSON object on standard output; what is not a number becomes null."""
    sys.stdout.write(json.dumps(_finite(value), ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for each task on standard error: percentage and time left."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                  TimeRemainingColumn(), console=console()) as bar:
        try:
            yield bar
        except BaseException:
            # What went wrong is said in one line; a bar that stopped half-way would only stand above it.
            bar.live.transient = True
            bar.live.stop()
            bar.disable = True
            raise
