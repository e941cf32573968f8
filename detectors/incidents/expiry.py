"""Clips are thrown away by the moment in their names, which copying and restoring a folder does not change."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"
PART = ".part"
CLIP = re.compile(r"^(\d{8}T\d{6}Z)-[A-Za-z0-9_]+-[a-z_]+-\d+(\.part)?\.mp4$")
UNFINISHED_DAYS = 1 / 24
"""A clip that was begun and not finished in an hour never will be."""
DAY_S = 86_400.0


def plain_name(camera: str) -> str:
    """What of a camera's name may stand in a file's."""
    return re.sub(r"[^A-Za-z0-9]+", "_", camera).strip("_")[:40] or "camera"


def sweep(folder: Path, keep_days: float, now_unix_s: float) -> tuple[Path, ...]:
    """Deletes the clips in ``folder`` that are older than ``keep_days``; which these were. Files of other names are nobody's
    business here. What cannot be deleted now is tried again the next time."""
    gone = []
    try:
        names = sorted(p for p in folder.iterdir() if p.is_file())
    except OSError:
        return ()
    for path in names:
        named = CLIP.match(path.name)
        if named is None:
            continue
        try:
            made = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        days = min(keep_days, UNFINISHED_DAYS) if named[2] else keep_days
        if now_unix_s - made >= days * DAY_S:
            try:
                path.unlink()
            except OSError:
                continue
            gone.append(path)
    return tuple(gone)
