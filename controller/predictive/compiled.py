"""How this package is compiled: by numba, once for each state of its source, and kept for the next process.

Numba renews a kept function when the file it stands in changes, but not when a function it calls changes in another file. Kept
code therefore lies in a folder named after the source of the whole package; nothing old can be loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config as numba_config
from platformdirs import user_cache_path

F = TypeVar("F", bound=Callable[..., Any])


def _source_digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


_FOLDER = user_cache_path("mourour") / "compiled" / _source_digest()


def compiled(function: F) -> F:
    """Compile ``function`` when first called, or load what an earlier process kept."""
    before = numba_config.CACHE_DIR
    numba_config.CACHE_DIR = str(_FOLDER)
    try:
        made: F = numba.njit(cache=True, error_model="numpy")(function)
    finally:
        numba_config.CACHE_DIR = before
    return made
