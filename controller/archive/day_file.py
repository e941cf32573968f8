"""One day's file, open for reading: what it holds stays what it was, whatever replaces it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from controller.archive.days import BATCH, FOLDED, SCHEMA
from signal_drivers.errors import BadInput


class DayFile:
    """``folded`` is the number of the last record in it. Raises :class:`BadInput` for a file that is no Parquet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.broken: BadInput | None = None
        """What was wrong with it, where reading stopped half-way."""
        try:
            self._handle = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            self._file = pq.ParquetFile(self._handle)
            self.folded = int((self._file.metadata.metadata or {}).get(FOLDED, b"-1"))
        except (OSError, ValueError) as error:
            self._handle.close()
            raise self._unreadable(error) from error

    def batches(self, from_ms: int | None, until_ms: int | None) -> Iterator[Any]:
        """Its rows in :data:`SCHEMA`, without row groups that lie wholly before ``from_ms`` or not before ``until_ms``."""
        try:
            groups = [i for i in range(self._file.num_row_groups) if self._may_hold(i, from_ms, until_ms)]
            for batch in self._file.iter_batches(BATCH, row_groups=groups, columns=SCHEMA.names):
                yield from pa.Table.from_batches([batch]).cast(SCHEMA).to_batches()
        except (OSError, ValueError, KeyError) as error:
            self.broken = self._unreadable(error)
            raise

    def close(self) -> None:
        self._handle.close()

    def _may_hold(self, group: int, from_ms: int | None, until_ms: int | None) -> bool:
        spread = self._file.metadata.row_group(group).column(0).statistics
        if spread is None or not spread.has_min_max:
            return True
        first_ms, last_ms = (round(t.replace(tzinfo=UTC).timestamp() * 1000) for t in (spread.min, spread.max))
        return (from_ms is None or last_ms >= from_ms) and (until_ms is None or first_ms < until_ms)

    def _unreadable(self, error: Exception) -> BadInput:
        return BadInput(f"it is no Parquet file of events: {str(error).splitlines()[0] if str(error) else error!r}",
                        where=str(self.path), mend="move it away, or bring it back from a copy")
