"""Tables as spreadsheets save them: comma, semicolon or tab, with or without a byte order mark, in UTF-8, UTF-16 or Windows' own
code page."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple

from detectors.errors import EvaluationError

_DELIMITERS = (";", "\t", ",", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Row(NamedTuple):
    """Cells of one line, as many as there are columns."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    heads: list[str]
    rows: list[Row]
    delimiter: str


def as_text(content: bytes, where: str) -> str:
    """Text of a file. Raises :class:`EvaluationError` for what is none."""
    for mark, code in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark):].decode(code)
            except UnicodeDecodeError:
                raise EvaluationError("it breaks off within a character", where=where, mend="save it again as UTF-8") from None
    if b"\0" in content:
        raise EvaluationError("it is not text", where=where, mend="give a CSV, JSON, MOT or .ottrk file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # What French spreadsheets write; every byte means something there, or is passed over.
        return content.decode("cp1252", errors="replace")


def read_table(text: str, where: str) -> Table:
    """The first line names the columns; empty lines and lines that begin with # are left out.

    Raises :class:`EvaluationError` with the line for a quote left open, and for more or fewer cells than columns.
    """
    head_line = next((line for line in StringIO(text, newline=None) if line.strip() and not line.lstrip().startswith("#")), None)
    if head_line is None:
        raise EvaluationError("it is empty", where=where, mend="the first line names the columns")
    delimiter = max(_DELIMITERS, key=head_line.count)
    rows = _lines(text, where, delimiter)
    if not rows:
        raise EvaluationError("its first line names no column", where=where)
    heads = [cell.strip() for cell in rows[0].cells]
    while heads and not heads[-1]:
        heads.pop()
    return Table(heads, [Row(row.line, _fitted(row, len(heads), where)) for row in rows[1:]], delimiter)


def _lines(text: str, where: str, delimiter: str) -> list[Row]:
    def kept() -> Iterator[str]:
        for line in StringIO(text, newline=None):
            yield "\n" if line.lstrip().startswith("#") else line

    reader = csv.reader(kept(), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(reader.line_num, cells))
    except csv.Error as error:
        raise EvaluationError(f"line {reader.line_num}: {error}", where=where, mend="check the quotes in that line") from None
    return rows


def _fitted(row: Row, width: int, where: str) -> list[str]:
    cells = row.cells
    # Spreadsheets end lines in empty cells where another line is longer.
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != width:
        hint = "a decimal comma wants semicolons between cells" if len(cells) > width else "check its delimiters"
        raise EvaluationError(f"line {row.line}: {len(cells)} cells, but {width} columns are named", where=where, mend=hint)
    return cells
