"""Reads an account, whatever it is written in."""

from __future__ import annotations

import bz2
from pathlib import Path
from typing import Any

from detectors.errors import EvaluationError
from detectors.evaluation.account import Account
from detectors.evaluation.count_sheet import read_count_sheet
from detectors.evaluation.hand_counts import is_hand_count, read_hand_counts
from detectors.evaluation.json_values import read_json
from detectors.evaluation.mot import is_mot, read_mot
from detectors.evaluation.opentrafficcam import is_opentrafficcam, read_opentrafficcam
from detectors.evaluation.reading import Reading
from detectors.evaluation.results import is_results, read_folder, read_parquet_file, read_results
from detectors.evaluation.table import as_text

MOST_BYTES = 1 << 30
_KNOWN = "known are mourour count's JSON and --out folder, CSV, hand counts as JSON, MOT tracks, .ottrk"


def read_account(path: Path, how: Reading, *, about: str | None = None) -> Account:
    """A file or folder, told apart by what is in it, not by its name. ``about`` is the source that a file of several clips is
    asked for. Raises :class:`EvaluationError`: one line for whatever is wrong with it."""
    where = str(path)
    try:
        if path.is_dir():
            return read_folder(path)
        if not path.exists():
            raise EvaluationError("there is no such file", where=where, mend="check the path")
        if path.stat().st_size > MOST_BYTES:
            raise EvaluationError(f"it is larger than {MOST_BYTES >> 30} GB", where=where, mend="take a part of it")
        content = path.read_bytes()
    except OSError as error:
        raise EvaluationError(f"it cannot be read: {error.strerror or error}", where=where) from None
    if content.startswith(b"PAR1"):
        return read_parquet_file(path)
    return read_content(content, where, how, about=about)


def read_content(content: bytes, where: str, how: Reading, *, about: str | None = None) -> Account:
    """The same, of what was read already; ``where`` is its name in errors."""
    packed = content.startswith(b"BZh")
    text = as_text(_unpacked(content, where) if packed else content, where)
    if text.lstrip()[:1] in ("{", "["):
        return _from_json(read_json(text, where), where, how, about)
    if packed or Path(where).suffix.lower() in (".ottrk", ".otdet"):
        raise EvaluationError("it is neither JSON nor JSON compressed with bzip2", where=where, mend="is it whole?")
    if not text.strip():
        raise EvaluationError("it is empty", where=where)
    if text.lstrip().startswith("<"):
        raise EvaluationError("it is a page or XML", where=where, mend=_KNOWN)
    return read_mot(text, where, how) if is_mot(text) else read_count_sheet(text, where, how)


def _from_json(content: Any, where: str, how: Reading, about: str | None) -> Account:
    if is_opentrafficcam(content):
        return read_opentrafficcam(content, where, how)
    if is_hand_count(content):
        return read_hand_counts(content, where, how, about)
    if is_results(content):
        return read_results(content, where)
    if isinstance(content, list) and content:
        return read_results({"events": content}, where)
    raise EvaluationError("this JSON is none that is known" if content else "it is empty", where=where, mend=_KNOWN)


def _unpacked(content: bytes, where: str) -> bytes:
    unpacker = bz2.BZ2Decompressor()
    try:
        plain = unpacker.decompress(content, MOST_BYTES)
    except (OSError, ValueError, EOFError):
        raise EvaluationError("it begins like bzip2 and is not", where=where, mend="is it whole?") from None
    if not unpacker.eof:
        short = len(plain) < MOST_BYTES
        raise EvaluationError("it breaks off" if short else f"it unpacks to more than {MOST_BYTES >> 30} GB", where=where,
                              mend="copy it again" if short else "take a part of it")
    return plain
