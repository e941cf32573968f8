"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from signal_drivers.errors import OutputError


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Write ``content`` beside ``path`` and move it there, with its directory; ``what`` is said of it in the error.

    Raises :class:`OutputError`; a file that was there before is then left as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise OutputError(f"{what} cannot be written: {error.strerror or error}", where=str(path),
                          mend="choose a place that is writable and has room") from error
