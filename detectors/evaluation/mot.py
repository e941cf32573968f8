"""Tracks in the format of the Multiple Object Tracking Challenge: ``frame, id, left, top, width, height, flag, class, visible``.

Frames, and the image's first pixel, are number 1 there (https://motchallenge.net/instructions/); here both are 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors.errors import EvaluationError
from detectors.evaluation import values
from detectors.evaluation.account import Account
from detectors.evaluation.reading import Reading
from detectors.evaluation.track_rows import TrackRow, track_table

_SPLIT = re.compile(r"\s*[,;]\s*|\s+")
_CELL = re.compile(r"[+-]?[0-9.eE+-]+|-?(nan|inf|NaN|Inf)")
FEWEST = 6
_NO_TARGET = frozenset({7, 8, 9, 10, 11, 12, 13})
"""Of the challenge's classes: people who stand still, look-alikes, occluders, reflections, crowds."""


def is_mot(text: str) -> bool:
    """Whether its first line is six numbers or more."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = _SPLIT.split(first.strip().rstrip(",;"))
    return len(cells) >= FEWEST and all(_CELL.fullmatch(cell) for cell in cells)


def read_mot(text: str, where: str, how: Reading) -> Account:
    """Rows whose flag is 0, or whose class is no target, are left out. Raises :class:`EvaluationError` with the line."""
    return Account(where, tracks=track_table(_rows(text, where, how.first(1)), where))


def _rows(text: str, where: str, first: int) -> Iterator[TrackRow]:
    for line, content in enumerate(text.splitlines(), 1):
        cells = _SPLIT.split(content.strip().rstrip(",;"))
        if cells == [""]:
            continue
        at = f"line {line}"
        if len(cells) < FEWEST:
            raise EvaluationError(f"{at}: {len(cells)} numbers, and a box needs {FEWEST}", where=where,
                                  mend="frame, id, left, top, width, height")
        try:
            frame, track = values.whole(cells[0]), values.number(cells[1])
            left, top, width, height, *rest = (values.number(cell) for cell in cells[2:9])
        except ValueError as error:
            raise EvaluationError(f"{at}: {error}", where=where) from None
        if frame < first:
            raise EvaluationError(f"{at}: frame {frame} is before the first, {first}", where=where,
                                  mend="--first-frame 0 where the file counts from 0")
        if track < 0:
            raise EvaluationError(f"{at}: the box belongs to no track ({cells[1]})", where=where,
                                  mend="detections alone (det.txt) are no tracks")
        if rest[:1] == [0.0] or (len(rest) > 1 and rest[1] in _NO_TARGET):
            continue
        yield TrackRow(frame - first, int(track), left - 1.0, top - 1.0, left - 1.0 + width, top - 1.0 + height, at)
