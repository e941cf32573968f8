"""Finished runs on disk, each in a file named after all that it depends on."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from signal_drivers.errors import OutputError, RunFailed
from simulation.benchmark_control.cases import Case
from simulation.record import RunRecord
from simulation.settings import RunSettings


@dataclass(frozen=True)
class Job:
    """One run that is wanted. ``fingerprint`` changes with the code and the scenario; ``duration_s`` None is to its own end."""

    case: Case
    strategy: str
    seed: int
    duration_s: float | None
    fingerprint: str

    @property
    def settings(self) -> RunSettings:
        return RunSettings(self.case.scenario, self.strategy, self.seed, self.duration_s, clearance=self.case.clearance,
                           detail=False)

    @property
    def place(self) -> tuple[str, str, int]:
        """Where it stands in the tables: scenario, strategy, seed."""
        return self.case.label, self.strategy, self.seed

    @property
    def key(self) -> str:
        span = "whole" if self.duration_s is None else f"{self.duration_s:g}s"
        words = (self.case.label, self.strategy, f"seed{self.seed}", self.case.clearance.value, span, self.fingerprint)
        return "_".join(re.sub(r"[^\w.@+-]+", "-", word) for word in words)


class RunStore:
    """Runs under ``folder``. A file is whole or not there; one that cannot be read counts as not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self, job: Job) -> RunRecord | None:
        """The record of a finished run with the same code and scenario, if there is one."""
        try:
            return RunRecord.load(self._path(job))
        except (OSError, EOFError, ValueError, KeyError, TypeError, RunFailed):
            return None

    def keep(self, job: Job, record: RunRecord) -> None:
        """Raises :class:`OutputError` where it cannot be written."""
        path = self._path(job)
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            record.save(draft)
            draft.replace(path)
            self._note(job).unlink(missing_ok=True)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise OutputError(f"the run cannot be kept: {error.strerror or error}", where=str(path),
                              mend="is the disk full? free some space and run the command again") from error

    def failed(self, job: Job, reason: str) -> None:
        """Note why a run failed. It is tried again the next time: its reason may have been the machine's and not the code's."""
        note = json.dumps({"failed": reason, "run": job.place}, ensure_ascii=False)
        with suppress(OSError):
            self._note(job).write_text(note + "\n", encoding="utf-8")

    def _path(self, job: Job) -> Path:
        return self.folder / f"{job.key}.json.gz"

    def _note(self, job: Job) -> Path:
        return self.folder / f"{job.key}.failed.json"
