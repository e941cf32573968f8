"""Cases of a long benchmark, kept as they are complete: what was interrupted goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from signal_drivers.errors import BadInput
from simulation.benchmark_waves import Case

BEGINS = b'{"settings"'


class CasesFile:
    """``path`` holds a JSON object a line: ``settings`` and one case. Lines of other settings are left alone and not read.

    Without ``path`` nothing is kept. Raises :class:`BadInput` where it can be neither read nor written.
    """

    def __init__(self, path: Path | None, settings: Mapping[str, Any]) -> None:
        self.known: list[Case] = []
        self._settings, self._path = dict(settings), path
        self._file: TextIO | None = None
        if path is None:
            return
        try:
            said = path.read_bytes() if path.exists() else b""
            if said and not said.startswith(BEGINS):
                raise self._other(1)
            self._file = path.open("a", encoding="utf-8")
            # What was being written when all ended is no case.
            whole = said.rpartition(b"\n")[0] + b"\n" if b"\n" in said else b""
            self._file.truncate(len(whole))
        except OSError as error:
            raise BadInput(error.strerror or str(error), where=str(path), mend="name a file that can be written") from None
        for number, line in enumerate(whole.splitlines(), start=1):
            self._read(line, number)

    def _read(self, line: bytes, number: int) -> None:
        try:
            said = json.loads(line)
            settings, case = said["settings"], Case(**{field.name: said["case"][field.name] for field in fields(Case)})
        except (ValueError, KeyError, TypeError):
            raise self._other(number) from None
        if settings == self._settings:
            self.known.append(case)

    def _other(self, number: int) -> BadInput:
        return BadInput("this line is not a case of mourour benchmark waves", where=f"{self._path}:{number}",
                        mend="name another file, or remove the line")

    def add(self, case: Case) -> None:
        if self._file is not None:
            self._file.write(json.dumps({"settings": self._settings, "case": asdict(case)}) + "\n")
            self._file.flush()

    def __enter__(self) -> CasesFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
