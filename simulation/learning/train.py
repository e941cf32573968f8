"""Training from nothing: lessons by the planner on many junctions, imitation, lessons again while the pupil drives, the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.learned.familiar import ranges
from signal_drivers.errors import ScenarioError
from simulation.learning.configuration import FILES, TrainSettings, begin
from simulation.learning.engine import Engine
from simulation.learning.lessons import Lesson, clearance_of, lessons, plan, rows_of
from simulation.learning.made import Made, made
from simulation.learning.spoilt import spoilt
from simulation.scenario.resolve import resolve
from simulation.settings import RunSettings

if TYPE_CHECKING:
    from simulation.learning.network import PolicyNetwork

IMPROVE_SEED, HELD_BACK_SEED = 500_000, 600_000
"""Nets beyond those of the lessons."""
IMITATED = "made by imitation of `predictive`: where the planner is wrong, so is the policy"
IMPROVED = ("made by imitation of `predictive` and then by what vehicles and people lost on the roads of a junction and of its "
            "neighbours, not beyond")
LIMITS = ("nothing beyond 100 m of a stop line is seen; it has learnt on junctions with three and four arms, with people on foot "
          "on half of the nets, and of trams on boulevards, if any, and on the scenarios named alone")

Told = Callable[[str, float], None]


def train(settings: TrainSettings, out: Path, engine: Engine, device: str, told: Told,
          begin_with: Path | None = None) -> dict[str, Any]:
    """Everything, into ``out``; what is there already of the same configuration is gone on with. Returns the policy's card.
    With ``begin_with``, the policy that ``settings`` have the digest of, reinforcement alone.

    Raises :class:`BadInput` where ``out`` holds a training with another configuration, or for a scenario or a policy that is not
    there.
    """
    import torch

    from controller.learned.policy import Policy
    from simulation.learning.export import export, network_of
    from simulation.learning.network import PolicyNetwork

    for name in {*settings.scenarios, *settings.held_back_scenarios}:
        resolve(name)
    if begin_with is not None:
        card = Policy(begin_with).card | {"begun_with": settings.begun_with, "settings": settings.model_dump(mode="json")}
        network, rounds = network_of(begin_with), 0
    else:
        network, card, rounds = PolicyNetwork(settings.width), {"figures": []}, settings.rounds + 1
    begin(settings, out)
    held: list[Lesson] = []
    pupil: Path | None = None
    for number in range(rounds):
        wanted = plan(settings, number, pupil)
        if not all((out / FILES["round"].format(n)).exists() for n in range(number, settings.rounds + 1)):
            # What has been learnt and kept needs no lessons any more.
            _hold(wanted, f"round {number}: lessons", out, engine, told)
        held += wanted
        card = _round(settings, number, held, card["figures"], out, network, device, told)
        pupil = out / (FILES["policy"] if number == settings.rounds else f"policy-{number}.onnx")
        export(network, pupil, card)
    if settings.improve_steps:
        # One by chance has to be sharper than one by first choices: once.
        sharp = bool(card.get("sharp", min(card.get("lost_held_back", [1.0])) < 1.0))
        lost = _improved(settings, out, network, sharp, engine, device, told)
        sharp = sharp or min(lost) < 1.0
        card |= {"lost_held_back": lost, "sharp": sharp, "limits": f"{IMPROVED if sharp else IMITATED}; {LIMITS}"}
        export(network, out / FILES["policy"], card)
    torch.save(network.cpu().state_dict(), out / FILES["weights"])
    return card


def _hold(wanted: Sequence[Lesson], what: str, out: Path, engine: Engine, told: Told) -> None:
    counted = 0

    def heard(_: Lesson, __: int) -> None:
        nonlocal counted
        counted += 1
        told(what, counted / len(wanted))

    lessons(wanted, out / FILES["lessons"], engine, heard)


def _round(settings: TrainSettings, number: int, held: Sequence[Lesson], before: Sequence[dict[str, Any]], out: Path,
           network: PolicyNetwork, device: str, told: Told) -> dict[str, Any]:
    """Imitation of all lessons ``held`` so far, into ``network``, or what was kept of it. Returns the card, with the figures of
    the rounds ``before``. Raises :class:`BadInput` for a file that is no longer what was kept."""
    import torch
    from torch.utils.tensorboard.writer import SummaryWriter

    from simulation.learning.imitation import Epoch, imitate
    from simulation.learning.kept import keep, kept, unusable
    from simulation.learning.network import PolicyNetwork

    file = out / FILES["round"].format(number)
    if file.exists():
        try:
            found = kept(file)
            network.load_state_dict(found["weights"])
            return dict(json.loads(found["card"]))
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise unusable(file, str(error)) from None
    rows, back = rows_of(held, out / FILES["lessons"])
    torch.manual_seed(settings.seed)
    # Each round learns from nothing, from all there is.
    network.load_state_dict(PolicyNetwork(settings.width).state_dict())

    def learnt(epoch: Epoch) -> None:
        for name in ("loss", "agreed", "agreed_changes"):
            log.add_scalar(f"imitation/{name}", getattr(epoch, name), epoch.number)
        told(f"round {number}: epoch {epoch.number}, {100 * epoch.agreed:.1f} % as the planner", epoch.number / settings.epochs)

    with SummaryWriter(str(out / FILES["log"] / f"imitation_{number}")) as log:
        epochs = imitate(network, rows, back, epochs=settings.epochs, seed=settings.seed, device=device, told=learnt)
    figures = {"rows": len(rows), "held_back": len(back), "loss": round(epochs[-1].loss, 4),
               "agreed": round(epochs[-1].agreed, 4), "agreed_changes": round(epochs[-1].agreed_changes, 4)}
    card = {"seeds": [settings.seed], "nets": settings.nets * (number + 1),
            "boulevards": settings.boulevards * (number + 1), "scenarios": list(settings.scenarios),
            "settings": settings.model_dump(mode="json"), "figures": [*before, figures], "limits": f"{IMITATED}; {LIMITS}",
            "ranges": ranges(rows.groups, rows.stages), "parameters": sum(p.numel() for p in network.parameters())}
    keep(file, {"weights": network.cpu().state_dict(), "card": json.dumps(card)})
    return card


def _improved(settings: TrainSettings, out: Path, network: PolicyNetwork, sharp: bool, engine: Engine, device: str,
              told: Told) -> list[float]:
    """Reinforcement, in place; what was lost on what is held back, the beginning being 1."""
    from simulation.learning.improve import improve

    runs, held_back = (streets(settings, out / "nets", count, first) for count, first in
                       ((settings.improve_nets, IMPROVE_SEED), (settings.held_back_nets, HELD_BACK_SEED)))
    for those, names in ((runs, settings.scenarios), (held_back, settings.held_back_scenarios)):
        those += [RunSettings(name, "actuated", settings.seed, settings.scenario_s,
                              detectors=spoilt(settings.seed + i, settings.improved_with_spoilt)) for i, name in enumerate(names)]
    return [round(loss, 4) for loss in improve(
        network, runs, held_back, steps=settings.improve_steps, looks=settings.looks, seed=settings.seed,
        device=device, log=out / FILES["log"], goes_on_from=out / FILES["improved"], told=told, worlds=engine.world,
        neighbour_share=settings.neighbour_share, times=settings.held_back_times, sharp=sharp)]


def streets(settings: TrainSettings, folder: Path, count: int, first: int) -> list[RunSettings]:
    """So many random nets, every third a boulevard where such are learnt on, made where they are not there yet; numbers that
    SUMO's tools can make nothing of are passed over."""
    found: list[RunSettings] = []
    number = settings.seed + first
    while len(found) < count:
        number += 1
        kind, seconds = (Made.BOULEVARD, settings.boulevard_s) if settings.boulevards and len(found) % 3 == 2 else (
            Made.NET, settings.net_s)
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        try:
            found.append(RunSettings(str(made(kind, place, number, seconds)), "actuated", number, seconds,
                                     clearance=clearance_of(number), detectors=spoilt(number, settings.improved_with_spoilt)))
        except ScenarioError:
            if number > settings.seed + first + 10 * count:
                raise
    return found
