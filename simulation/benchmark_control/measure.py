"""From cases, strategies and seeds to results: what is already kept is taken, the rest is run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from signal_drivers.errors import MourourError
from simulation.batch import run_all
from simulation.benchmark_control.cases import Case
from simulation.benchmark_control.fingerprint import LENGTH, code_hash, scenario_hash
from simulation.benchmark_control.results import Results
from simulation.benchmark_control.store import Job, RunStore
from simulation.record import RunRecord

Finished = Callable[[Job, RunRecord], None]
Failed = Callable[[Job, str], None]


def wanted_jobs(cases: Sequence[Case], strategies: Sequence[str], seeds: Sequence[int],
                duration_s: float | None) -> tuple[list[Job], dict[str, str]]:
    """All runs in the order in which they are worth having, seed by seed, so that whoever stops early has whole rows; and the
    reason of each case found in a folder that cannot be used.

    Raises:
        MourourError: a case that the user named cannot be used.
    """
    code = {name: code_hash(name) for name in strategies}
    files: dict[str, str] = {}
    broken: dict[str, str] = {}
    for case in cases:
        try:
            files[case.label] = scenario_hash(case.scenario)
        except MourourError as error:
            if case.named:
                raise
            broken[case.label] = str(error)
    return [Job(case, name, seed, duration_s, _fingerprint(code[name], files.get(case.label, "broken")))
            for seed in seeds for case in cases for name in strategies], broken


def take_kept(jobs: Sequence[Job], broken: dict[str, str], store: RunStore, results: Results) -> list[Job]:
    """Put what is kept into ``results``, and the runs of broken cases under its failures; gives the runs that are left to do."""
    left = []
    for job in jobs:
        if job.case.label in broken:
            results.failures[job.place] = broken[job.case.label]
            continue
        record = store.kept(job)
        if record is None:
            left.append(job)
        else:
            results.records[job.place] = record
    return left


def run_left(jobs: Sequence[Job], store: RunStore, results: Results, *, workers: int, told: Callable[[int, float], None],
             finished: Finished, failed: Failed) -> None:
    """Run ``jobs`` and keep each as soon as it is finished; one that fails is noted and the rest go on.

    Raises KeyboardInterrupt on Ctrl-C, once the processes have been stopped, and :class:`OutputError` where nothing can be kept.
    """
    by_run = {(job.case.scenario, job.strategy, job.seed): job for job in jobs}

    def keep(record: RunRecord) -> None:
        job = by_run[record.scenario, record.strategy, record.seed]
        store.keep(job, record)
        results.records[job.place] = record
        finished(job, record)

    def note(number: int, error: MourourError) -> None:
        job = jobs[number]
        reason = str(error)
        store.failed(job, reason)
        results.failures[job.place] = reason
        failed(job, reason)

    run_all([job.settings for job in jobs], workers=workers, told=told, finished=keep, failed=note)


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:LENGTH]
