"""What ``mourour count`` found: the JSON object that it prints, or the folder that its ``--out`` fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.errors import EvaluationError
from detectors.evaluation import json_values as take
from detectors.evaluation import values
from detectors.evaluation.account import LARGEST, Account, Crossed, TrackTable
from detectors.evaluation.table import as_text

if TYPE_CHECKING:
    import pyarrow as pa

SUMMARY, EVENTS, TRACKS = "summary.json", "events.parquet", "tracks.parquet"
_EVENT_COLUMNS = ("frame", "time_s", "line", "lane", "direction", "class", "track")
_TRACK_COLUMNS = ("frame", "track", "left", "top", "right", "bottom")


def is_results(content: object) -> bool:
    return isinstance(content, Mapping) and "events" in content


def read_results(content: Mapping[str, Any], where: str) -> Account:
    """The JSON object. Raises :class:`EvaluationError` with the place of what cannot be."""
    if not isinstance(content.get("events"), list):
        raise EvaluationError(f"events is {take.shown(content.get('events'))}, not a list", where=where,
                              mend="give what mourour count --json prints")
    frames = take.number(content, "frames", "", where)
    duration_s = take.number(content, "duration_s", "", where)
    if min(frames or 0.0, duration_s or 0.0) < 0:
        raise EvaluationError("frames or duration_s is less than 0", where=where)
    return Account(where, source=take.text(content, "source", "", where), fps=take.positive(content, "fps", "", where),
                   frames=None if frames is None else int(frames), duration_s=duration_s or None,
                   events=tuple(_events(content["events"], where)))


def read_folder(folder: Path) -> Account:
    """``summary.json``, and the tables beside it: moments of events, and tracks. Raises :class:`EvaluationError`."""
    where = str(folder)
    summary, events, tracks = folder / SUMMARY, folder / EVENTS, folder / TRACKS
    if not summary.is_file() and not events.is_file() and not tracks.is_file():
        raise EvaluationError(f"there is no {SUMMARY} in it", where=where, mend="give a folder of mourour count --out")
    content: Mapping[str, Any] = {}
    if summary.is_file():
        found = take.read_json(as_text(summary.read_bytes(), str(summary)), str(summary))
        if not isinstance(found, Mapping):
            raise EvaluationError("it is no object", where=str(summary), mend="give the --out of mourour count")
        content = found
    said = read_results({"events": [], **content}, str(summary))
    return Account(where, said.source, said.fps, said.frames, said.duration_s,
                   events=_table_events(events) if events.is_file() else said.events if "events" in content else None,
                   tracks=read_track_file(tracks) if tracks.is_file() else None)


def read_parquet_file(path: Path) -> Account:
    """One of the two tables by itself."""
    names = set(_table(path, ()).column_names)
    if {"left", "right"} <= names:
        return Account(str(path), tracks=read_track_file(path))
    return Account(str(path), events=_table_events(path))


def read_track_file(path: Path) -> TrackTable:
    """``tracks.parquet``; of no rows where nobody was seen."""
    table = _table(path, _TRACK_COLUMNS)
    columns = [_column(table, name, str(path)) for name in _TRACK_COLUMNS]
    frames, tracks, *sides = columns
    boxes = np.stack(sides, axis=1)
    _refuse(~np.isfinite(boxes).all(axis=1) | (np.abs(boxes) > LARGEST).any(axis=1), "a side of the box is no number", path)
    _refuse(~((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])), "the box has no area", path)
    for name, column in (("frame", frames), ("track", tracks)):
        bad = ~((column >= 0) & (column <= LARGEST) & (column == np.floor(column)))
        _refuse(bad, f"{name} is no whole number from 0 on", path)
    order = np.lexsort((tracks, frames))
    twice = np.zeros(len(order), bool)
    twice[order[1:]] = (np.diff(frames[order]) == 0) & (np.diff(tracks[order]) == 0)
    _refuse(twice, "its track is in its frame already", path)
    speeds = _column(table, "speed_mps", str(path)) if "speed_mps" in table.column_names else np.full(len(order), np.nan)
    return TrackTable(frames.astype(np.int64), tracks.astype(np.int64), boxes, speeds)


def _refuse(bad: Any, what: str, path: Path) -> None:
    if bad.any():
        raise EvaluationError(f"row {int(np.argmax(bad)) + 1}: {what}", where=str(path))


def _table_events(path: Path) -> tuple[Crossed, ...]:
    table = _table(path, ("frame", "direction"))
    columns = [name for name in (*_EVENT_COLUMNS, "speed_mps") if name in table.column_names]
    return tuple(_events(table.select(columns).to_pylist(), str(path)))


def _events(rows: list[Any], where: str) -> Iterator[Crossed]:
    for i, row in enumerate(rows):
        at = f"events[{i}]"
        if not isinstance(row, Mapping):
            raise EvaluationError(f"{at} is {take.shown(row)}, not an object", where=where)
        told = row.get("frame")
        frame = None if told is None else take.whole(told, f"{at}.frame", where)
        time_s = take.number(row, "time_s", f"{at}.", where)
        if frame is None and time_s is None:
            raise EvaluationError(f"{at} says neither frame nor time_s", where=where)
        if time_s is not None and time_s < 0:
            raise EvaluationError(f"{at}.time_s is {time_s:g}, before the beginning", where=where)
        try:
            way = values.direction(take.text(row, "direction", f"{at}.", where) or "", {})
            kind = values.kind(take.text(row, "class", f"{at}.", where) or "")
        except ValueError as error:
            raise EvaluationError(f"{at}: {error}", where=where) from None
        track = row.get("track")
        yield Crossed(frame, time_s, way, take.text(row, "line", f"{at}.", where), take.text(row, "lane", f"{at}.", where), kind,
                      take.number(row, "speed_mps", f"{at}.", where),
                      None if track is None else take.whole(track, f"{at}.track", where))


def _table(path: Path, needed: tuple[str, ...]) -> pa.Table:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise EvaluationError("Parquet tables need pyarrow, which the base install leaves out", where=str(path),
                              mend="pip install 'mourour[archive]', or give the JSON that mourour count --json prints") from None
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise EvaluationError(f"no Parquet table: {str(error)[:100]}", where=str(path)) from None
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        raise EvaluationError(f"it has no column {missing[0]}", where=str(path), mend="give the --out of mourour count")
    return table


def _column(table: pa.Table, name: str, where: str) -> Any:
    try:
        return table.column(name).to_numpy().astype(np.float64)
    except (ValueError, TypeError):
        raise EvaluationError(f"column {name} is not made of numbers", where=where) from None
