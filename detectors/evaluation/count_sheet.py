"""Counts as people write them down: a row for each crossing, or a row for each interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeVar

from detectors.counting.line import Direction
from detectors.errors import EvaluationError
from detectors.evaluation import values
from detectors.evaluation.account import Account, CountRow, Crossed
from detectors.evaluation.columns import Columns, find_columns
from detectors.evaluation.reading import Reading
from detectors.evaluation.table import Row, read_table
from detectors.vision.road_users import RoadUser

T = TypeVar("T")


def read_count_sheet(text: str, where: str, how: Reading) -> Account:
    """A CSV of crossings (``frame`` or ``time_s``, and what else is known), or of intervals (``start_s``, ``end_s``, and a
    ``count`` or a column for each class). Raises :class:`EvaluationError` with the line."""
    table = read_table(text, where)
    columns = find_columns(table.heads, where)
    if not table.rows:
        raise EvaluationError("it names columns and has nothing below them", where=where, mend="give a row for each event")
    sheet = _Sheet(columns, where, how)
    if "count" in columns.at or columns.kinds:
        return Account(where, rows=tuple(sheet.intervals(table.rows)))
    if not columns.at.keys() & {"frame", "time"}:
        raise EvaluationError("no column says when: neither frame nor time_s, nor start_s and count", where=where)
    return Account(where, events=tuple(sheet.event(row) for row in table.rows))


class _Sheet:
    def __init__(self, columns: Columns, where: str, how: Reading) -> None:
        self.columns, self.where, self.how, self.first = columns, where, how, how.first(0)

    def event(self, row: Row) -> Crossed:
        frame = self._read(row, "frame", values.whole)
        time_s = self._moment(row, "time")
        if frame is None and time_s is None:
            raise self._error(row, "it says neither frame nor time")
        if frame is not None and frame < self.first:
            raise self._error(row, f"frame {frame} is before the first, {self.first}")
        kmh, mps = self._read(row, "speed_kmh", values.number), self._read(row, "speed_mps", values.number)
        speed_mps = mps if mps is not None else None if kmh is None else kmh / 3.6
        if speed_mps is not None and speed_mps < 0:
            raise self._error(row, f"the speed is {speed_mps:g} m/s")
        return Crossed(None if frame is None else frame - self.first, time_s, self._direction(row),
                       self._read(row, "line", values.name), self._read(row, "lane", values.name),
                       self._read(row, "class", values.kind), speed_mps)

    def intervals(self, rows: list[Row]) -> list[CountRow]:
        begin = "start" if "start" in self.columns.at else "time"
        if begin not in self.columns.at:
            raise EvaluationError("counts have no column that says when they begin", where=self.where, mend="name one start_s")
        starts = [self._needed(row, begin) for row in rows]
        step_s = _step_s(starts)
        counted = []
        for row, start_s in zip(rows, starts, strict=True):
            end_s, lasts_s = self._moment(row, "end"), self._read(row, "duration", values.number)
            if end_s is None:
                lasts_s = lasts_s if lasts_s is not None else step_s
                if lasts_s is None:
                    raise self._error(row, "nothing says when it ends", "add a column end_s")
                end_s = start_s + lasts_s
            if not start_s < end_s:
                raise self._error(row, f"it ends at {end_s:g} s, not after it begins at {start_s:g} s")
            counted += self._counts(row, start_s, end_s)
        return counted

    def _counts(self, row: Row, start_s: float, end_s: float) -> list[CountRow]:
        at = f"line {row.line}"
        line, lane = self._read(row, "line", values.name), self._read(row, "lane", values.name)
        way = self._direction(row)
        total = self._read(row, "count", values.whole)
        if not self.columns.kinds:
            if total is None:
                raise self._error(row, "it has no count")
            return [CountRow(start_s, end_s, total, at, line, lane, way, self._read(row, "class", values.kind))]
        by_kind: dict[RoadUser, int] = {}
        for place, user in self.columns.kinds.items():
            by_kind[user] = self._cell(row, place, values.whole) or 0
        if total is not None and total != sum(by_kind.values()):
            raise self._error(row, f"the classes make {sum(by_kind.values())}, the total says {total}")
        return [CountRow(start_s, end_s, n, at, line, lane, way, user) for user, n in by_kind.items()]

    def _direction(self, row: Row) -> Direction | None:
        words: Mapping[str, Direction] = self.how.directions
        return self._read(row, "direction", lambda text: values.direction(text, words))

    def _moment(self, row: Row, column: str) -> float | None:
        found = self._read(row, column, lambda text: values.moment_s(text, hours=self.how.begin_s is not None))
        if found is None or self.how.begin_s is None:
            return found
        if found < self.how.begin_s:
            raise self._error(row, f"it is {self.how.begin_s - found:g} s before the beginning that --begin gives")
        return found - self.how.begin_s

    def _needed(self, row: Row, column: str) -> float:
        found = self._moment(row, column)
        if found is None:
            raise self._error(row, "nothing says when it begins")
        return found

    def _read(self, row: Row, column: str, read: Callable[[str], T]) -> T | None:
        place = self.columns.at.get(column)
        return None if place is None else self._cell(row, place, read)

    def _cell(self, row: Row, place: int, read: Callable[[str], T]) -> T | None:
        cell = row.cells[place]
        if not cell.strip():
            return None
        try:
            return read(cell)
        except ValueError as error:
            raise self._error(row, str(error)) from None

    def _error(self, row: Row, what: str, mend: str | None = None) -> EvaluationError:
        return EvaluationError(f"line {row.line}: {what}", where=self.where, mend=mend)


def _step_s(starts: list[float]) -> float | None:
    """The time between rows of a sheet that gives beginnings only: the least there is."""
    ordered = sorted(set(starts))
    return min((b - a for a, b in pairwise(ordered)), default=None)
