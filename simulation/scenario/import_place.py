"""Put a made scenario where the user wants it: whole or not at all, and never over files that are not ours."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signal_drivers.errors import OutputError
from simulation.scenario.import_files import read_description


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` to work in; it takes the place of ``out`` when the block ends well, and is gone otherwise.

    Raises:
        OutputError: ``out`` cannot be written, or holds something that was not made by this program.
    """
    check_ours(out)
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as fault:
        raise OutputError(f"cannot write there: {fault.strerror}", where=str(out.parent), mend="choose another --out") from None
    try:
        yield work
        work.chmod(0o755)
        old = work.with_name(f"{work.name}.old")
        if out.exists():
            out.rename(old)
        work.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        raise OutputError(f"cannot write there: {fault.strerror or fault}", where=str(out),
                          mend="choose another --out, or free some space") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_ours(out: Path) -> None:
    """Raise :class:`OutputError` unless ``out`` is free, empty, or a scenario this program made."""
    if out.resolve() in (Path.cwd(), *Path.cwd().parents):
        raise OutputError("is the folder you are in, or one above it", where=str(out), mend="name a folder of its own")
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError("is a file", where=str(out), mend="choose another --out")
    if any(out.iterdir()) and read_description(out) is None:
        raise OutputError("already holds other files", where=str(out), mend="choose another --out, or empty it")
