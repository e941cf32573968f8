"""Events read back: by time, junction, code and text, from the days' files and from what a running writer has not folded yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from controller.archive.day_file import DayFile
from controller.archive.days import DAY_MS, SCHEMA, day_file, day_files, day_of, table_of
from controller.archive.event import Event
from controller.archive.journal import Record, read_journal
from signal_drivers.errors import BadInput


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: from ``from_s`` on and before ``until_s`` (seconds since 1970 UTC), of one of ``devices`` and
    ``codes`` (any where empty), with ``text`` somewhere in the detail, whatever its case. At most ``limit``, the first ones."""

    from_s: float | None = None
    until_s: float | None = None
    devices: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()
    text: str = ""
    limit: int | None = None


class Count(NamedTuple):
    """How many events with one code at one junction, and the first and last of them (seconds since 1970 UTC)."""

    device: int
    code: int
    events: int
    first_s: float
    last_s: float


def find(folder: Path, search: Search = Search()) -> list[Event]:
    """Events by time. Raises :class:`BadInput` for a folder or file that cannot be read."""
    limit = "" if search.limit is None else f" LIMIT {int(search.limit)}"
    rows = _ask(folder, search, "SELECT epoch_ms(TimeStamp), DeviceId, EventId, Parameter, Detail FROM found "
                                f"ORDER BY TimeStamp, DeviceId, EventId, Parameter{limit}")
    return [Event(t / 1000, device, code, parameter, detail or "") for t, device, code, parameter, detail in rows]


def counts(folder: Path, search: Search = Search()) -> list[Count]:
    """How many of each code at each junction. Raises as :func:`find`."""
    rows = _ask(folder, search, "SELECT DeviceId, EventId, count(*), min(epoch_ms(TimeStamp)), max(epoch_ms(TimeStamp)) "
                                "FROM found GROUP BY ALL ORDER BY DeviceId, EventId")
    return [Count(device, code, n, first / 1000, last / 1000) for device, code, n, first, last in rows]


def last_s(folder: Path, device: int) -> float | None:
    """When the last event of a junction was (seconds since 1970 UTC); None where there is none: how far the log goes."""
    rows = _ask(folder, Search(devices=(device,)), "SELECT max(epoch_ms(TimeStamp)) FROM found")
    return None if rows[0][0] is None else float(rows[0][0] / 1000)


def _ask(folder: Path, search: Search, question: str) -> list[Any]:
    """The journals are read first, then the files, each through one handle for what it holds and how far it goes: a fold
    meanwhile replaces the file and not what is open, and what is in both counts once."""
    if not folder.is_dir():
        raise BadInput("there is no such folder of events", where=str(folder), mend="name the folder that events are written to")
    journals = list(_journals(folder))
    paths = day_files(folder)
    if not paths and not journals:
        raise BadInput("it holds no events", where=str(folder), mend="name the folder that events are written to")
    with ExitStack() as stack:
        files = [DayFile(p) for p in paths if _in_range(p, search)]
        for file in files:
            stack.callback(file.close)
        known = {f.path: f.folded for f in files}
        fresh = [r for post, records in journals for r in records
                 if r.number > known.get(day_file(folder, day_of(r.time_ms), post), -1)]
        return _run(files, fresh, search, question)


def _journals(folder: Path) -> Iterator[tuple[str, list[Record]]]:
    for path in sorted(folder.glob("*.journal")):
        content = read_journal(path)
        if content is not None:
            yield path.stem, content.records


def _in_range(path: Path, search: Search) -> bool:
    """Whether a day's file may hold something of the time looked for."""
    try:
        begins_s = datetime.strptime(path.parent.name, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    return ((search.until_s is None or begins_s < search.until_s)
            and (search.from_s is None or search.from_s < begins_s + DAY_MS / 1000))


def _run(files: list[DayFile], fresh: list[Record], search: Search, question: str) -> list[Any]:
    wanted, values = _conditions(search)
    first_ms, last_ms = (None if t is None else round(t * 1000) for t in (search.from_s, search.until_s))
    stored = chain.from_iterable(f.batches(first_ms, last_ms) for f in files)
    with closing(duckdb.connect()) as base:
        base.register("fresh", table_of(fresh))
        base.register("stored", pa.RecordBatchReader.from_batches(SCHEMA, stored))
        try:
            return base.execute(f"WITH found AS (SELECT * FROM (FROM fresh UNION ALL FROM stored){wanted}) {question}",
                                values).fetchall()
        except duckdb.Error as error:
            for file in files:
                if file.broken is not None:
                    raise file.broken from error
            raise


def _conditions(search: Search) -> tuple[str, dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {}
    for sign, name, at_s in ((">=", "begin", search.from_s), ("<", "finish", search.until_s)):
        if at_s is not None:
            parts.append(f"TimeStamp {sign} make_timestamp_ms(${name})")
            values[name] = round(at_s * 1000)
    for column, name, members in (("DeviceId", "devices", search.devices), ("EventId", "codes", search.codes)):
        if members:
            parts.append(f"list_contains(${name}, {column})")
            values[name] = list(members)
    if search.text:
        parts.append("contains(lower(Detail), lower($text))")
        values["text"] = search.text
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values
