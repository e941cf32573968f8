"""Which junctions a post writes events of: ``<post>.junctions.json`` beside them, for whoever reads numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from controller.archive.journal import sync_folder
from signal_drivers.errors import BadInput, OutputError
from signal_drivers.junction import Junction


class Entry(NamedTuple):
    """A junction's id and name, its groups in the order of their phases, its lanes in that of their channels."""

    junction: str
    name: str
    phases: tuple[str, ...]
    lanes: tuple[str, ...]


def write_book(folder: Path, post: str, junctions: Mapping[int, Junction]) -> None:
    """Note whose numbers ``junctions`` are. Raises :class:`OutputError` where the folder cannot be written to."""
    path = folder / f"{post}.junctions.json"
    draft = path.with_name(f".{path.name}.part")
    rows = {str(n): Entry(j.id, j.name, tuple(g.id for g in j.groups), tuple(lane.id for lane in j.lanes))._asdict()
            for n, j in sorted(junctions.items())}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(folder)
    except OSError as error:
        raise OutputError(f"the list of junctions cannot be written: {error.strerror or error}", where=str(path),
                          mend="choose a place that is writable and has room") from error


def read_books(folder: Path) -> dict[int, Entry]:
    """Every post's junctions by number; empty where nobody wrote any down. Raises :class:`BadInput` for a file that cannot be
    understood."""
    found: dict[int, Entry] = {}
    for path in sorted(folder.glob("*.junctions.json")):
        try:
            for number, row in json.loads(path.read_text(encoding="utf-8")).items():
                found[int(number)] = Entry(str(row["junction"]), str(row["name"]), tuple(row["phases"]), tuple(row["lanes"]))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadInput("it is no list of junctions", where=str(path), mend="move it away; it is written anew") from error
    return found
