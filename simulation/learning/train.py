"""Training from nothing: lessons by the planner on many junctions, imitation, lessons again while the pupil drives, the file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.learned.familiar import ranges
from controller.learned.observation import VERSION
from signal_drivers.errors import BadInput, RunFailed, ScenarioError
from signal_drivers.limits import Clearance
from simulation.learning.engine import Engine
from simulation.learning.samples import Samples, joined, load
from simulation.learning.spoilt import spoilt
from simulation.prepare import prepare
from simulation.scenario.resolve import resolve
from simulation.settings import RunSettings

HELD_BACK = 8
"""Every eighth lesson teaches nothing: it is for telling how much was understood."""
IMPROVE_SEED, HELD_BACK_SEED = 500_000, 600_000
"""Nets beyond those of the lessons."""
FILES = {"config": "config.json", "policy": "policy.onnx", "weights": "weights.pt", "lessons": "lessons", "log": "tensorboard",
         "improved": "improved.pt"}
IMITATED = "made by imitation of `predictive`: where the planner is wrong, so is the policy"
IMPROVED = ("made by imitation of `predictive` and then by what vehicles and people lost on the roads of a junction and of its "
            "neighbours, not beyond")
LIMITS = ("nothing beyond 100 m of a stop line is seen; it has learnt on junctions with three and four arms, with people on foot "
          "on half of them, and of trams on those of the scenarios named alone")


class TrainSettings(BaseModel):
    """``nets`` random nets of ``net_s`` seconds each and ``scenarios`` (``scenario_s`` seconds each) are what it learns on; in
    each of ``rounds`` later rounds the pupil drives ``pupil_share`` of the minutes. In ``spoilt_share`` of all of them detectors
    see as worse ones do (:mod:`simulation.learning.spoilt`). Then ``improve_steps`` junction seconds of
    reinforcement on ``improve_nets`` random nets and on ``scenarios``, all at a time, each junction's reward with
    ``neighbour_share`` of its neighbours' mean; ``looks`` times in between it is tried on ``held_back_nets`` others and on
    ``held_back_scenarios``. Everything random comes from ``seed``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    nets: int = Field(24, ge=2, le=10_000)
    net_s: float = Field(600.0, ge=120)
    scenarios: tuple[str, ...] = ("zerktouni@evening", "zerktouni@offpeak")
    scenario_s: float = Field(1500.0, ge=120)
    rounds: int = Field(1, ge=0, le=20)
    pupil_share: float = Field(0.6, ge=0, le=1)
    spoilt_share: float = Field(0.0, ge=0, le=1)
    epochs: int = Field(10, ge=1, le=1000)
    width: int = Field(64, ge=8, le=1024)
    improve_steps: int = Field(0, ge=0)
    improve_nets: int = Field(4, ge=1, le=256)
    looks: int = Field(8, ge=1, le=1000)
    held_back_nets: int = Field(8, ge=1, le=256)
    held_back_scenarios: tuple[str, ...] = ("zerktouni@morning",)
    neighbour_share: float = Field(0.5, ge=0, le=10)
    seed: int = Field(1, ge=0, lt=2**31 - 1_000_000)
    observation: int = VERSION


class Lesson(NamedTuple):
    """One run of the teacher's. ``scenario`` is empty for the random net of ``seed``; ``pupil`` is a policy's file or empty;
    ``detectors`` as ``--detectors`` takes them."""

    name: str
    scenario: str
    seed: int
    seconds: float
    pupil: str
    pupil_share: float
    detectors: str


Told = Callable[[str, float], None]


def plan(settings: TrainSettings, round_number: int, pupil: Path | None) -> list[Lesson]:
    """The lessons of a round; those of later rounds are on other nets and other days."""
    shift = settings.seed + 1000 * round_number
    who, share = (str(pupil), settings.pupil_share) if pupil is not None else ("", 0.0)
    streets = [Lesson(f"{round_number}-{name.replace('@', '-').replace('/', '-')}", name, shift, settings.scenario_s, who, share,
                      spoilt(shift + 500 + i, settings.spoilt_share)) for i, name in enumerate(settings.scenarios)]
    nets = [Lesson(f"{round_number}-net{i:04d}", "", shift + i, settings.net_s, who, share,
                   spoilt(shift + i, settings.spoilt_share)) for i in range(settings.nets)]
    # The long ones first: they are not what is waited for at the end.
    return [*streets, *nets]


def clearance_of(seed: int) -> Clearance:
    """Clearances of a street and those of published nets: it shall know both."""
    return Clearance.BENCHMARK if seed % 4 < 2 else Clearance.GEOMETRY


def teach(lesson: Lesson, file: Path) -> int:
    """Runs one lesson and keeps its rows in ``file``; returns how many."""
    from controller.learned.policy import Policy
    from simulation.learning.nets import random_net
    from simulation.learning.street import LearningStreet
    from simulation.learning.teacher import lesson as taught
    from simulation.learning.teacher import pupil_of

    with tempfile.TemporaryDirectory(prefix="mourour-lesson-") as folder:
        scenario = lesson.scenario or str(random_net(Path(folder), lesson.seed, lesson.seconds))
        clearance = Clearance.GEOMETRY if lesson.scenario else clearance_of(lesson.seed)
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
    """Runs those whose file is not there yet. A random net that SUMO's tools cannot make is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    open_ones = [one for one in wanted if not _file(folder, one).exists()]
    for one in wanted:
        if one not in open_ones:
            told(one, 0)
    for (one, _), rows in engine.each(_taught, [(one, _file(folder, one)) for one in open_ones]):
        try:
            told(one, rows())
        except (RunFailed, ScenarioError):
            if one.scenario:
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


def train(settings: TrainSettings, out: Path, engine: Engine, device: str, told: Told) -> dict[str, Any]:
    """Everything, into ``out``; what is there already of the same configuration is gone on with. Returns the policy's card.

    Raises :class:`BadInput` where ``out`` holds a training with another configuration, or for a scenario that is not there.
    """
    import torch
    from torch.utils.tensorboard.writer import SummaryWriter

    from simulation.learning.export import export
    from simulation.learning.imitation import Epoch, imitate
    from simulation.learning.network import PolicyNetwork

    for name in {*settings.scenarios, *settings.held_back_scenarios}:
        resolve(name)
    begin(settings, out)
    held: list[Lesson] = []
    figures: list[dict[str, Any]] = []
    pupil: Path | None = None
    for number in range(settings.rounds + 1):
        wanted = plan(settings, number, pupil)
        counted = 0

        def heard(_: Lesson, __: int, number: int = number, of: int = len(wanted)) -> None:
            nonlocal counted
            counted += 1
            told(f"round {number}: lessons", counted / of)

        lessons(wanted, out / FILES["lessons"], engine, heard)
        held += wanted
        rows, back = rows_of(held, out / FILES["lessons"])
        torch.manual_seed(settings.seed)
        network = PolicyNetwork(settings.width)

        def learnt(epoch: Epoch, number: int = number) -> None:
            for name in ("loss", "agreed", "agreed_changes"):
                log.add_scalar(f"imitation/{name}", getattr(epoch, name), epoch.number)
            told(f"round {number}: epoch {epoch.number}, {100 * epoch.agreed:.1f} % as the planner",
                 epoch.number / settings.epochs)

        with SummaryWriter(str(out / FILES["log"] / f"imitation_{number}")) as log:
            epochs = imitate(network, rows, back, epochs=settings.epochs, seed=settings.seed, device=device, told=learnt)
        figures.append({"rows": len(rows), "held_back": len(back), "loss": round(epochs[-1].loss, 4),
                        "agreed": round(epochs[-1].agreed, 4), "agreed_changes": round(epochs[-1].agreed_changes, 4)})
        card = {"seeds": [settings.seed], "nets": settings.nets * (number + 1), "scenarios": list(settings.scenarios),
                "settings": settings.model_dump(mode="json"), "figures": figures, "limits": f"{IMITATED}; {LIMITS}",
                "ranges": ranges(rows.groups, rows.stages), "parameters": sum(p.numel() for p in network.parameters())}
        pupil = out / (FILES["policy"] if number == settings.rounds else f"policy-{number}.onnx")
        export(network, pupil, card)
        torch.save(network.cpu().state_dict(), out / FILES["weights"])
    if settings.improve_steps:
        from simulation.learning.improve import improve

        runs, held_back = (nets(settings, out / "nets", count, first) for count, first in
                           ((settings.improve_nets, IMPROVE_SEED), (settings.held_back_nets, HELD_BACK_SEED)))
        for those, names in ((runs, settings.scenarios), (held_back, settings.held_back_scenarios)):
            those += [RunSettings(name, "actuated", settings.seed, settings.scenario_s,
                                  detectors=spoilt(settings.seed + i, settings.spoilt_share)) for i, name in enumerate(names)]
        card["lost_held_back"] = [round(loss, 4) for loss in improve(
            network, settings.width, runs, held_back, steps=settings.improve_steps, looks=settings.looks, seed=settings.seed,
            device=device, log=out / FILES["log"], kept=out / FILES["improved"], told=told, worlds=engine.world,
            neighbour_share=settings.neighbour_share)]
        if min(card["lost_held_back"]) < 1.0:
            card["limits"] = f"{IMPROVED}; {LIMITS}"
        export(network, out / FILES["policy"], card)
        torch.save(network.state_dict(), out / FILES["weights"])
    return card


def nets(settings: TrainSettings, folder: Path, count: int, first: int) -> list[RunSettings]:
    """So many random nets, made where they are not there yet; numbers that SUMO's tools can make nothing of are passed over."""
    from simulation.learning.nets import random_net

    found: list[RunSettings] = []
    number = settings.seed + first
    while len(found) < count:
        number += 1
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        cfg = place / "random.sumocfg"
        try:
            found.append(RunSettings(str(cfg if cfg.exists() else random_net(place, number, settings.net_s)), "actuated", number,
                                     settings.net_s, clearance=clearance_of(number),
                                     detectors=spoilt(number, settings.spoilt_share)))
        except ScenarioError:
            if number > settings.seed + first + 10 * count:
                raise
    return found


def begin(settings: TrainSettings, out: Path) -> None:
    """Keeps the configuration, or finds the same there."""
    file = out / FILES["config"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text(json.dumps(settings.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
            return
        said = TrainSettings.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInput(error.strerror or str(error), where=str(out), mend="choose another --out") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}", where=str(file),
                       mend="it was not written by this version of mourour train: choose another --out") from None
    if said != settings:
        other = [name for name in type(settings).model_fields if getattr(said, name) != getattr(settings, name)]
        raise BadInput(f"holds a training with another {', '.join(other)}", where=str(out),
                       mend="give the same options to go on, or another --out to begin anew")
