"""Known points out of a table: CSV as spreadsheets write it, the French ones (semicolons, decimal commas) too."""

from __future__ import annotations

import csv
from pathlib import Path

from pydantic import ValidationError

from detectors.camera.site import KnownPoint
from signal_drivers.errors import BadInput

COLUMNS = ("x_px", "y_px", "x_m", "y_m")
SHAPE = f"columns {','.join(COLUMNS)} and, if you like, name"


def read_points(path: Path) -> list[KnownPoint]:
    """The points of the file. Raises :class:`BadInput` with the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput("no such file of points", where=str(path), mend="check the path") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"cannot be read: {fault}", where=str(path), mend="it must be a CSV file in UTF-8") from None
    french = ";" in text
    rows = csv.reader(text.splitlines(), delimiter=";" if french else ",")
    try:
        heads = [head.strip().lower() for head in next(rows, [])]
        missing = [name for name in COLUMNS if name not in heads]
        if missing:
            raise BadInput(f"there is no column {missing[0]}", where=f"{path.name}, line 1", mend=SHAPE)
        found = []
        for row in rows:
            told = dict(zip(heads, row, strict=False))
            if any(cell.strip() for cell in row):
                found.append(_point(told, french, f"{path.name}, line {rows.line_num}"))
        return found
    except csv.Error as fault:
        raise BadInput(f"is no CSV: {fault}", where=f"{path.name}, line {rows.line_num}", mend=SHAPE) from None


def _point(told: dict[str, str], french: bool, where: str) -> KnownPoint:
    numbers = []
    for name in COLUMNS:
        cell = told.get(name, "").strip()
        try:
            numbers.append(float(cell.replace(",", ".") if french else cell))
        except ValueError:
            raise BadInput(f"{name} is {cell!r}, which is not a number", where=where, mend=SHAPE) from None
    try:
        return KnownPoint(px=(numbers[0], numbers[1]), m=(numbers[2], numbers[3]), name=told.get("name", "").strip())
    except ValidationError as fault:
        raise BadInput(f"is no place: {fault.errors()[0]['msg']}", where=where, mend="correct that line") from None
