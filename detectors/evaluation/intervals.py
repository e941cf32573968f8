"""Counts by interval, as sheets have them, against counted events."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account, CountRow, Crossed
from detectors.evaluation.align import Names, Window, lanes_agree, of_lines, of_named, timed
from detectors.evaluation.counts import GEH_GOOD, CountError
from detectors.vision.road_users import RoadUser

SHORT_S = 1.0
"""A clip may end so much before a sheet's last row does."""


class Interval(NamedTuple):
    """A row of the sheet and what was counted of it."""

    row: CountRow
    counted: int

    @property
    def count_error(self) -> CountError:
        return CountError(_called(self.row), self.counted, self.row.passed, self.row.end_s - self.row.start_s)


class IntervalScore(NamedTuple):
    intervals: tuple[Interval, ...]
    remarks: tuple[str, ...]

    @property
    def good_share(self) -> float:
        """Share of the rows whose GEH is below 5."""
        return sum(i.count_error.geh < GEH_GOOD for i in self.intervals) / len(self.intervals)

    def totals(self, by: str) -> tuple[CountError, ...]:
        """Rows added up by ``lane``, ``kind``, ``direction``, ``line`` or, for an empty word, all together. How long they last
        is left out: rows of many intervals and lanes are no hourly volume of one place."""
        sums: dict[str, tuple[int, int]] = {}
        for interval in self.intervals:
            name = "total" if not by else getattr(interval.row, by)
            if name is not None:
                counted, true = sums.get(str(name), (0, 0))
                sums[str(name)] = (counted + interval.counted, true + interval.row.passed)
        return tuple(CountError(name, counted, true) for name, (counted, true) in sums.items())


def score_intervals(results: Account, truth: Account, names: Names, window: Window, fps: float | None = None) -> IntervalScore:
    """Each row of the truth against the events between its two moments. Raises :class:`EvaluationError` where rows count the
    same vehicles twice, lie outside the results, or name other lines and lanes."""
    remarks: list[str] = []
    counted, _ = timed(results, truth, fps, remarks)
    rows = of_named(truth.rows or (), names)
    counted = of_lines(counted, rows, names, truth.where, remarks)
    rows = _within(rows, results, window, truth.where, remarks)
    rows = _told_apart(rows, counted, truth.where, remarks)
    _refuse_twice(rows, truth.where)
    ordered = sorted(counted, key=lambda event: event.time_s or 0.0)
    times_s = [event.time_s or 0.0 for event in ordered]
    found = []
    for row in rows:
        here = ordered[bisect_left(times_s, row.start_s - 1e-6):bisect_left(times_s, row.end_s - 1e-6)]
        found.append(Interval(row, sum(_counts(row, event) for event in here)))
    return IntervalScore(tuple(found), tuple(remarks))


def _counts(row: CountRow, event: Crossed) -> bool:
    if any(mine is not None and mine != its for mine, its in ((row.line, event.line), (row.lane, event.lane),
                                                              (row.direction, event.direction))):
        return False
    if row.kind is RoadUser.VEHICLE:
        return event.kind is None or event.kind.drives
    return row.kind is None or row.kind == event.kind


def _within(rows: list[CountRow], results: Account, window: Window, where: str, remarks: list[str]) -> list[CountRow]:
    """Rows that the results cover whole: what ends after them would be compared with what nobody looked at."""
    last_s = min(window.until_s, results.lasts_s or window.until_s)
    kept = [row for row in rows if row.start_s >= window.from_s and row.end_s <= last_s + SHORT_S]
    if not kept:
        raise EvaluationError(f"none of its {len(rows)} rows lies within {window.from_s:g}–{last_s:.1f} s of the results",
                              where=where, mend="--begin with the truth's time at the first image")
    if len(kept) < len(rows):
        remarks.append(f"left out: {len(rows) - len(kept)} of {len(rows)} rows, which the results or the window do not cover")
    return kept


def _told_apart(rows: list[CountRow], counted: Sequence[Crossed], where: str, remarks: list[str]) -> list[CountRow]:
    """Rows added up over what the results do not tell: lanes where there are none, kinds where the detector tells none."""
    if counted and any(row.lane for row in rows) and not lanes_agree(counted, rows):
        if any(event.lane for event in counted):
            mine, its = sorted({r.lane for r in rows if r.lane}), sorted({e.lane for e in counted if e.lane})
            raise EvaluationError(f"the truth's lanes are {', '.join(mine[:6])}, the results' {', '.join(its[:6])}", where=where,
                                  mend=f"--lane {mine[0]}={its[0]} where they are the same")
        remarks.append("lanes are added up: the results know none")
        rows = _summed(row._replace(lane=None) for row in rows)
    if counted and any(row.kind not in (None, RoadUser.VEHICLE) for row in rows) and not any(
            event.kind not in (None, RoadUser.VEHICLE) for event in counted):
        remarks.append("classes are added up: the detector tells none")
        rows = _summed(row._replace(kind=RoadUser.VEHICLE) for row in rows if row.kind is None or row.kind.drives)
    return rows


def _summed(rows: Iterable[CountRow]) -> list[CountRow]:
    sums: dict[CountRow, CountRow] = {}
    for row in rows:
        key = row._replace(passed=0, where="")
        sums[key] = row._replace(passed=row.passed + sums[key].passed, where=sums[key].where) if key in sums else row
    return list(sums.values())


def _refuse_twice(rows: list[CountRow], where: str) -> None:
    open_rows: list[CountRow] = []
    for row in sorted(rows, key=lambda r: (r.start_s, r.end_s)):
        open_rows = [other for other in open_rows if other.end_s > row.start_s + 1e-6]
        for other in open_rows:
            if all(a is None or b is None or a == b for a, b in ((row.line, other.line), (row.lane, other.lane),
                                                                 (row.direction, other.direction))) and _kinds_meet(row, other):
                raise EvaluationError(f"{row.where} counts again what {other.where} counts", where=where,
                                      mend="leave sums and rows that are there twice out")
        open_rows.append(row)


def _kinds_meet(row: CountRow, other: CountRow) -> bool:
    if row.kind is None or other.kind is None or row.kind == other.kind:
        return True
    return RoadUser.VEHICLE in (row.kind, other.kind) and row.kind.drives and other.kind.drives


def _called(row: CountRow) -> str:
    words = [word for word in (row.line, row.lane, row.direction, row.kind) if word is not None]
    return f"{row.start_s:g}–{row.end_s:g} s" + (f" {' '.join(words)}" if words else "")
