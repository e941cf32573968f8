"""A YAML file whose every entry knows its line, so that what is wrong with it is said with line, key and mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import ValidationError

from detectors.errors import DetectionError
from signal_drivers.errors import BadInput

Loc = tuple[int | str, ...]
FAST: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""A reader in C, ten times as fast, where PyYAML was built with one."""
Refusal = TypeVar("Refusal", bound=BadInput | DetectionError, covariant=True)


def read_text(path: Path, kind: str, error: type[BadInput] | type[DetectionError]) -> str:
    """The text of a file; ``kind`` says what it was to be. Raises ``error``."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"no such {kind}", where=str(path), mend="check the path") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise error(f"cannot be read: {fault}", where=str(path), mend="it must be a UTF-8 text file") from None


class YamlSource(Generic[Refusal]):
    """The file's text with the line of everything in it. ``error`` is what it raises, ``example`` how to get a good file. Large
    files that are known to be JSON may be read by ``FAST``; of files by hand the other reader says better what is wrong."""

    def __init__(self, text: str, where: str, error: type[Refusal], example: str, reader: Any = yaml.BaseLoader) -> None:
        self.where, self._error = where, error
        try:
            # The base loader keeps every scalar as text: YAML would read 18:30 as the number 1110.
            self.root = yaml.compose(text, Loader=reader)
            self._refuse_twice(self.root, 0)
            self.raw: Any = yaml.load(text, Loader=reader)
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise self._error(f"not YAML: {getattr(fault, 'problem', None) or fault}", where=where + line,
                            mend="mend the YAML there") from None
        except (ValueError, TypeError, RecursionError) as fault:
            raise self._error(f"not YAML: {fault}", where=where, mend="mend the YAML") from None
        if not isinstance(self.raw, dict):
            raise self._error("is not a mapping", where=where, mend=example)

    def place(self, loc: Loc) -> str:
        """File, line and key of ``loc``; of what is nearest to it where the file has not got it."""
        node, line, known = self.root, 1, 0
        for part in loc:
            child = _child(node, part)
            if child is None:
                break
            key, node = child
            line, known = key.start_mark.line + 1, known + 1
        shown = ""
        for part in loc:
            shown += f"[{part}]" if isinstance(part, int) else f"{'.' if shown else ''}{part}"
        return f"{self.where}, line {line}{', ' + shown if shown else ''}"

    def refuse(self, loc: Loc, what: str, mend: str) -> Refusal:
        return self._error(what, where=self.place(loc), mend=mend)

    def refuse_first(self, fault: ValidationError) -> Refusal:
        """The first of what a model found wrong, and how many more there are."""
        count = fault.error_count()
        return self.refusal(fault.errors()[0], f", and {count - 1} more" if count > 1 else "")

    def refusal(self, first: Any, more: str = "") -> Refusal:
        """One thing a model found wrong."""
        loc = tuple(part for part in first["loc"] if part != "[key]")
        got = first["input"]
        said = f" (got {got!r})" if isinstance(got, str) and len(got) <= 40 else ""
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "missing":
            return self.refuse(loc[:-1], f"{loc[-1]} is missing{more}", "add it")
        if first["type"] == "extra_forbidden":
            return self.refuse(loc, f"there is no key {loc[-1]!r}{more}", "correct or remove it")
        return self.refuse(loc, f"{message}{said}{more}", "mend that entry")

    def _refuse_twice(self, node: Any, depth: int) -> None:
        if depth > 20:
            raise RecursionError("nested too deep, or an anchor that holds itself")
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                text = isinstance(key.value, str)
                if not text or key.value in seen:
                    raise self._error(f"key {key.value!r} stands here twice" if text else "a key is no text",
                                      where=f"{self.where}, line {key.start_mark.line + 1}", mend="keep one of them")
                seen.add(key.value)
                self._refuse_twice(value, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                self._refuse_twice(value, depth + 1)


def _child(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    rows: Sequence[Any] = node.value if isinstance(node, yaml.SequenceNode) else ()
    return (rows[part], rows[part]) if isinstance(part, int) and part < len(rows) else None
