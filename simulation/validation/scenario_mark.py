"""The mark of a scenario: a hash over all that SUMO is given, so that another machine can tell whether it has the same one."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from controller.validation.canonical import digest
from simulation.prepare import Prepared
from simulation.settings import RunSettings

COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
PLACES = re.compile(r"(-file|-files|-output|-prefix|^version|^verbose|log)$")
"""Options that name files or say how to talk: files count by what is in them."""


def scenario_mark(ready: Prepared, settings: RunSettings) -> str:
    """Of net, demand and further files, the configuration's options, begin and end, and what strategies are shown."""
    options = {name: value.strip() for name, value in ready.cfg.options.items() if not PLACES.search(name)}
    return digest({
        "net": content_mark(ready.cfg.net), "routes": [content_mark(f) for f in ready.cfg.routes],
        "additional": [content_mark(f) for f in ready.cfg.additional], "options": options, "begin_s": ready.begin_s,
        "end_s": ready.end_s, "view": settings.view, "detectors": settings.detectors})


def content_mark(file: Path) -> str:
    """Of a file without its comments, in which SUMO's tools write when and from where they were started."""
    return hashlib.sha256(COMMENT.sub(b"", file.read_bytes()).replace(b"\r\n", b"\n").strip()).hexdigest()
