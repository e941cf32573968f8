"""Where the log of commands ended when it was last written to, kept outside the database.

Whoever cuts rows off the end of the log must then reach two places; and whoever wants to be sure notes the anchor on paper.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILE = "audit.anchor"


@dataclass(frozen=True, slots=True)
class Anchor:
    """After ``rows`` rows the last one's hash was ``hash``."""

    rows: int
    hash: str


class AnchorFile:
    """Written after each commit, so that it never claims more than the database holds."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> Anchor | None:
        """What it says; None where there is none or it cannot be read."""
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            return Anchor(int(said["rows"]), str(said["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, anchor: Anchor) -> None:
        """Never goes back: a log that has become shorter is not to be made good by the next row."""
        known = self.read()
        if known is not None and known.rows >= anchor.rows:
            return
        draft = self.path.with_name(f".{FILE}.{os.getpid()}.part")
        # What is on the disk already counts; the anchor is then a row or two behind.
        with suppress(OSError):
            draft.write_text(json.dumps({"rows": anchor.rows, "hash": anchor.hash}) + "\n", encoding="utf-8")
            draft.replace(self.path)
