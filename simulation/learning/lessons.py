"""Lessons: runs in which the planner is asked, second by second, what it wants, on streets of its own or its pupil's making."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from signal_drivers.errors import RunFailed, ScenarioError
from signal_drivers.limits import Clearance
from simulation.learning.configuration import TrainSettings
from simulation.learning.engine import Engine
from simulation.learning.made import Made, made
from simulation.learning.samples import Samples, joined, load
from simulation.learning.spoilt import spoilt
from simulation.prepare import prepare
from simulation.settings import RunSettings

HELD_BACK = 8
"""Every eighth lesson teaches nothing: it is for telling how much was understood."""


class Lesson(NamedTuple):
    """One run of the teacher's, on a scenario or on a street that is made of ``seed``; ``pupil`` is a policy's file or empty;
    ``detectors`` as ``--detectors`` takes them."""

    name: str
    street: str | Made
    seed: int
    seconds: float
    pupil: str
    pupil_share: float
    detectors: str


def plan(settings: TrainSettings, round_number: int, pupil: Path | None) -> list[Lesson]:
    """The lessons of a round; those of later rounds are on other nets and other days."""
    shift = settings.seed + 1000 * round_number
    who, share = (str(pupil), settings.pupil_share) if pupil is not None else ("", 0.0)
    streets = [Lesson(f"{round_number}-{name.replace('@', '-').replace('/', '-')}", name, shift, settings.scenario_s, who, share,
                      spoilt(shift + 500 + i, settings.spoilt_share)) for i, name in enumerate(settings.scenarios)]
    drawn = [Lesson(f"{round_number}-{kind}{i:04d}", kind, shift + i, seconds, who, share,
                    spoilt(shift + apart + i, settings.spoilt_share))
             for kind, count, seconds, apart in ((Made.NET, settings.nets, settings.net_s, 0),
                                                 (Made.BOULEVARD, settings.boulevards, settings.boulevard_s, 700))
             for i in range(count)]
    # The long ones first: they are not what is waited for at the end.
    return [*streets, *drawn]


def clearance_of(seed: int) -> Clearance:
    """Clearances of a street and those of published nets: it shall know both."""
    return Clearance.BENCHMARK if seed % 4 < 2 else Clearance.GEOMETRY


def teach(lesson: Lesson, file: Path) -> int:
    """Runs one lesson and keeps its rows in ``file``; returns how many."""
    from controller.learned.policy import Policy
    from simulation.learning.street import LearningStreet
    from simulation.learning.teacher import lesson as taught
    from simulation.learning.teacher import pupil_of

    with tempfile.TemporaryDirectory(prefix="mourour-lesson-") as folder:
        if isinstance(lesson.street, Made):
            scenario = str(made(lesson.street, Path(folder), lesson.seed, lesson.seconds))
            clearance = clearance_of(lesson.seed)
        else:
            scenario, clearance = lesson.street, Clearance.GEOMETRY
        settings = RunSettings(scenario, "predictive", lesson.seed, lesson.seconds, clearance=clearance,
                               detectors=lesson.detectors)
        with LearningStreet(settings, prepare(settings)) as street:
            pupil = pupil_of(Policy(Path(lesson.pupil))) if lesson.pupil else None
            rows = taught(street, lesson.seed, pupil, lesson.pupil_share)
    part = file.with_suffix(".part.npz")
    rows.save(part)
    part.replace(file)
    return len(rows)


def lessons(wanted: Sequence[Lesson], folder: Path, engine: Engine, told: Callable[[Lesson, int], None]) -> None:
    """Runs those whose file is not there yet. A street that SUMO's tools cannot make is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    open_ones = [one for one in wanted if not _file(folder, one).exists()]
    for one in wanted:
        if one not in open_ones:
            told(one, 0)
    for (one, _), rows in engine.each(_taught, [(one, _file(folder, one)) for one in open_ones]):
        try:
            told(one, rows())
        except (RunFailed, ScenarioError):
            if not isinstance(one.street, Made):
                raise
            told(one, 0)


def _taught(job: tuple[Lesson, Path]) -> int:
    return teach(*job)


def _file(folder: Path, lesson: Lesson) -> Path:
    return folder / f"{lesson.name}.npz"


def rows_of(wanted: Sequence[Lesson], folder: Path) -> tuple[Samples, Samples]:
    """(to learn from, held back). Raises :class:`RunFailed` where there is nothing of either."""
    files = [file for one in wanted if (file := _file(folder, one)).exists()]
    held = files[HELD_BACK - 1::HELD_BACK] or files[-1:]
    learnt = [file for file in files if file not in held]
    if not learnt:
        raise RunFailed("no lesson could be held", where=str(folder), mend="ask for more nets")
    return joined([load(file) for file in learnt]), joined([load(file) for file in held])
