"""One Parquet file for each UTC day and post: ``YYYY-MM-DD/<post>.parquet``.

Columns TimeStamp (ms, UTC, without a zone, as analysis tools want it), DeviceId, EventId, Parameter, Detail. The file's
metadata says up to which record of the journal it holds them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from controller.archive.journal import Record, sync_folder
from signal_drivers.errors import BadInput

SCHEMA = pa.schema([("TimeStamp", pa.timestamp("ms")), ("DeviceId", pa.int32()), ("EventId", pa.int16()),
                    ("Parameter", pa.int16()), ("Detail", pa.string())])
FOLDED = b"mourour.folded"
DAY_MS = 86_400_000
BATCH = 65_536
"""Rows held in memory while a file is copied."""


def day_of(time_ms: int) -> str:
    """UTC date of a moment, as its folder is called."""
    return _date(time_ms // DAY_MS)


@lru_cache(maxsize=64)
def _date(days: int) -> str:
    return datetime.fromtimestamp(days * 86_400, UTC).strftime("%Y-%m-%d")


def day_file(folder: Path, day: str, post: str) -> Path:
    return folder / day / f"{post}.parquet"


def day_files(folder: Path, post: str = "*") -> list[Path]:
    return sorted(folder.glob(f"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/{post}.parquet"))


def folded_to(path: Path) -> int:
    """Number of the last record that is in a day's file; -1 where there is no file, or one that says nothing of it. Raises
    :class:`BadInput` for a file that is no Parquet."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
        return int(metadata.get(FOLDED, b"-1"))
    except (FileNotFoundError, NotADirectoryError):
        return -1
    except (OSError, ValueError) as error:
        raise BadInput(f"it is no Parquet file of events: {error}", where=str(path),
                       mend="move it away, or bring it back from a copy") from error


def table_of(records: Sequence[Record]) -> Any:
    """Records as an Arrow table in :data:`SCHEMA`."""
    columns = list(zip(*records, strict=True))[1:] if records else [()] * len(SCHEMA)
    return pa.table([pa.array(c, type=field.type) for c, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def fold_day(path: Path, records: Sequence[Record], folded: int) -> None:
    """Add records to a day's file: written whole beside it, on the disk, moved there. Raises OSError, and then leaves the file
    as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    schema = SCHEMA.with_metadata({FOLDED: str(folded).encode()})
    try:
        with draft.open("wb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                if path.exists():
                    with pq.ParquetFile(path) as before:
                        for batch in before.iter_batches(BATCH):
                            writer.write_table(pa.Table.from_batches([batch]).cast(SCHEMA).replace_schema_metadata(schema.metadata))
                writer.write_table(table_of(sorted(records, key=lambda r: (r.time_ms, r.number)))
                                   .replace_schema_metadata(schema.metadata))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
        sync_folder(path.parent.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
