"""What was counted, as Parquet: one file each for events, tracks and lanes, written in blocks while the counting goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from detectors.counting.results import CountEvent, FrameResult
from detectors.incidents.incident import Incident

BLOCK = 10_000
RARE_BLOCK = 500
"""Events and incidents are few: of a whole block of them a stream would be hours older, and a power cut cost so many."""
LANES_EVERY_S = 1.0
_WORD = pa.dictionary(pa.int16(), pa.string())
EVENTS = pa.schema([("frame", pa.int64()), ("time_s", pa.float64()), ("line", _WORD), ("lane", _WORD), ("direction", _WORD),
                    ("class", _WORD), ("track", pa.int64())])
TRACKS = pa.schema([("frame", pa.int64()), ("time_s", pa.float64()), ("track", pa.int64()), ("class", _WORD),
                    ("score", pa.float32()), ("left", pa.float32()), ("top", pa.float32()), ("right", pa.float32()),
                    ("bottom", pa.float32()), ("x_m", pa.float32()), ("y_m", pa.float32()), ("speed_mps", pa.float32()),
                    ("lane", _WORD), ("distance_m", pa.float32()), ("standing_s", pa.float32())])
LANES = pa.schema([("time_s", pa.float64()), ("lane", _WORD), ("vehicles", pa.int32()), ("queue_veh", pa.int32()),
                   ("queue_m", pa.float32()), ("speed_mps", pa.float32()), ("occupancy", pa.float32()), ("passed", pa.int64()),
                   ("quality", _WORD), ("reason", pa.string())])


INCIDENTS = pa.schema([("number", pa.int64()), ("kind", _WORD), ("start_s", pa.float64()), ("end_s", pa.float64()),
                       ("lane", _WORD), ("zone", _WORD), ("confidence", pa.float32()), ("track", pa.int64()),
                       ("cause", pa.string()), ("cleared", pa.string())])


class _Table:
    def __init__(self, path: Path, schema: pa.Schema, block: int) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._block = block

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= self._block:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            columns = [pa.array(list(column), field.type) for column, field in zip(zip(*self._rows, strict=True), self._schema,
                                                                                   strict=True)]
            self._writer.write_table(pa.table(columns, schema=self._schema))
            self._rows.clear()

    def close(self) -> None:
        self.flush()
        self._writer.close()


class Tables:
    """``events.parquet``, ``incidents.parquet``, ``lanes.parquet`` and ``tracks.parquet`` in ``folder``, which is there. No image
    is ever written. Events stand in the order in which they became certain, incidents in that in which they ended. ``block``
    rows of each are kept in memory before they are written, of events and incidents :data:`RARE_BLOCK` at most."""

    def __init__(self, folder: Path, *, block: int = BLOCK) -> None:
        self._events = _Table(folder / "events.parquet", EVENTS, min(block, RARE_BLOCK))
        self._tracks = _Table(folder / "tracks.parquet", TRACKS, block)
        self._lanes = _Table(folder / "lanes.parquet", LANES, block)
        self._incidents = _Table(folder / "incidents.parquet", INCIDENTS, min(block, RARE_BLOCK))
        self._lanes_at_s = float("-inf")

    def see(self, result: FrameResult) -> None:
        self.count(result.events)
        for t in result.tracks:
            x_m, y_m = t.place_m if t.place_m is not None else (None, None)
            self._tracks.add((result.number, result.time_s, t.track, t.kind.value, t.score, *t.box, x_m, y_m, t.speed_mps, t.lane,
                              t.distance_m, t.standing_s))
        if result.lanes and result.time_s - self._lanes_at_s >= LANES_EVERY_S - 1e-6:
            self._lanes_at_s = result.time_s
            for lane in result.lanes.values():
                moving = [v.speed_mps for v in lane.vehicles]
                self._lanes.add((lane.time_s, lane.lane, len(lane.vehicles), lane.queue_veh, lane.queue_m,
                                 sum(moving) / len(moving) if moving else None, lane.occupancy, sum(lane.passed.values()),
                                 lane.quality.value, lane.reason))

    def count(self, events: Sequence[CountEvent]) -> None:
        for e in events:
            self._events.add((e.frame, e.time_s, e.line, e.lane, e.direction.value, e.kind.value, e.track))

    def happened(self, incidents: Sequence[Incident]) -> None:
        """Writes those that are over."""
        for i in incidents:
            if i.open:
                continue
            self._incidents.add((i.number, i.kind.value, i.start_s, i.end_s, i.place.lane, i.place.zone, i.confidence, i.track,
                                 i.cause, i.cleared or None))

    def close(self) -> None:
        for table in (self._events, self._tracks, self._lanes, self._incidents):
            table.close()

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
