"""A file of what the signals showed while a recording was made: columns ``time_s``, ``lane`` and ``green``.

``time_s`` is the recording's time, ``lane`` a lane of the camera's site file, ``green`` 1 or 0 from then on (true and false,
green and red will do), empty where nobody knows any more. Rows come in any order. What a lane showed before its first row is
not known.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from collections.abc import Collection, Mapping
from pathlib import Path

from detectors.errors import SignalFileError

GREEN: Mapping[str, bool | None] = {"1": True, "true": True, "green": True, "vert": True, "0": False, "false": False,
                                    "red": False, "rouge": False, "": None}
COLUMNS = ("time_s", "lane", "green")


class SignalFile:
    """Called with a moment of the recording it tells which lanes had green; one that nobody knows of is left out."""

    def __init__(self, rows: Mapping[str, list[tuple[float, bool | None]]]) -> None:
        self._times = {lane: [at for at, _ in sorted(told, key=_when)] for lane, told in rows.items()}
        self._shown = {lane: [green for _, green in sorted(told, key=_when)] for lane, told in rows.items()}

    def __call__(self, time_s: float) -> dict[str, bool]:
        found = {}
        for lane, times in self._times.items():
            place = bisect_right(times, time_s) - 1
            green = self._shown[lane][place] if place >= 0 else None
            if green is not None:
                found[lane] = green
        return found


def _when(row: tuple[float, bool | None]) -> float:
    return row[0]


def read_signals(path: Path, lanes: Collection[str]) -> SignalFile:
    """Raises :class:`SignalFileError` for a file that cannot be read, a row that makes no sense, and lanes that are not among
    ``lanes``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SignalFileError(f"cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}", where=str(path),
                              mend="name a CSV file with columns time_s, lane, green") from None
    table = csv.DictReader(text.splitlines(), restval="", strict=True)
    rows: dict[str, list[tuple[float, bool | None]]] = {}
    try:
        if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
            raise SignalFileError(f"has no column {missing[0]}", where=str(path), mend="columns are time_s, lane, green")
        for row in table:
            at = f"{path}, line {table.line_num}"
            time_s, lane, green = _number(row["time_s"], at), row["lane"].strip(), row["green"].strip().lower()
            if lane not in lanes:
                raise SignalFileError(f"the camera has no lane {lane!r}", where=at,
                                      mend=f"one of {', '.join(sorted(lanes)[:6])}" if lanes else "give a site file with lanes")
            if green not in GREEN:
                raise SignalFileError(f"green is {row['green']!r}", where=at, mend="1, 0, or empty where it is not known")
            rows.setdefault(lane, []).append((time_s, GREEN[green]))
    except csv.Error as error:
        raise SignalFileError(f"is no CSV: {error}", where=f"{path}, line {table.line_num}",
                              mend="columns are time_s, lane, green") from None
    return SignalFile(rows)


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SignalFileError(f"time_s is {text!r}", where=where, mend="seconds of the recording's time")
    return value
