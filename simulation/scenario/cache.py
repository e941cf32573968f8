"""Built scenarios on disk, each in a folder named after all that went into it; safe for parallel processes."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from signal_drivers.errors import OutputError


def cache_root() -> Path:
    """``MOUROUR_CACHE``, else the platform's cache folder for mourour."""
    if named := os.environ.get("MOUROUR_CACHE"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "mourour"


def key_of(files: Iterable[Path], *versions: str) -> str:
    """A short hash of the files' bytes and the versions of all that reads them."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for version in versions:
        digest.update(version.encode() + b"\0")
    return digest.hexdigest()[:16]


def built(folder: Path, build: Callable[[Path], None]) -> Path:
    """``folder``, built first if it is not there; the build runs beside it and is renamed into place when whole.

    Raises:
        OutputError: the folder cannot be written.
    """
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as fault:
        raise OutputError(f"cannot write there: {fault.strerror}", where=str(folder.parent),
                          mend="choose another folder, or set MOUROUR_CACHE") from None
    try:
        build(work)
        try:
            work.rename(folder)
        except OSError as fault:
            if not folder.is_dir():  # not merely another process that was quicker with the same bytes
                raise OutputError(f"cannot write there: {fault.strerror}", where=str(folder),
                                  mend="choose another folder") from None
    except OSError as fault:
        raise OutputError(f"cannot write there: {fault.strerror}", where=str(folder.parent),
                          mend="free some space or choose another folder") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder
