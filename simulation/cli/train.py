"""``mourour train``: a timing policy learnt in simulation."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signal_drivers.errors import BadInput
from simulation.cli.choices import JsonOption
from simulation.cli.console import console, progress_bar, put_json
from simulation.cli.extras import need

if TYPE_CHECKING:
    from simulation.learning.engine import Engine

EXAMPLES = """Learn a timing policy: the planner teaches it on random junctions and on the scenarios named.

The policy is written to OUT/policy.onnx; `mourour simulate … --strategy learned:OUT/policy.onnx` runs it. Interrupted, the same
command goes on where it was. The same options and seed give the same policy on the same kind of machine.

*Apprendre une politique de feux en simulation.*

Examples:

    mourour train --out policy
    mourour train --out small --nets 4 --net-seconds 300 --scenarios none --rounds 0 --epochs 4
    mourour train --out best --nets 40 --rounds 2 --improve 1200000 --improve-nets 12 --looks 6
    mourour train --out ours --begin-with default --improve 300000 --looks 2 \\
        --scenarios far,far@morning --improve-nets 0 --held-back far@offpeak --held-back-nets 0
    mourour train --out policy --engine ray --ray-address auto
    mourour simulate far --strategy learned:policy/policy.onnx
"""

class EngineChoice(StrEnum):
    local = "local"
    ray = "ray"


OPTIONS = {"net_s": "net-seconds", "boulevard_s": "boulevard-seconds", "scenario_s": "scenario-seconds",
           "improve_steps": "improve", "spoilt_share": "spoilt", "improve_spoilt_share": "improve-spoilt",
           "held_back_scenarios": "held-back", "neighbour_share": "neighbours", "begun_with": "begin-with"}
"""What a setting is called on the command line, where that is another word."""


def train(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Lessons, checkpoints and the policy go here.")],
    nets: Annotated[int | None, typer.Option(metavar="N", help="Random nets of each round; 24 if not given.")] = None,
    net_seconds: Annotated[float | None, typer.Option(metavar="S", help="Simulated seconds on each; 600 if not given.")] = None,
    boulevards: Annotated[int | None, typer.Option(metavar="N", help="Random boulevards of each round, with turning lanes, buses "
                                                   "and trams; none if not given.")] = None,
    boulevard_seconds: Annotated[float | None, typer.Option(metavar="S", help="Simulated seconds on each; 900 if not "
                                                            "given.")] = None,
    scenarios: Annotated[str | None, typer.Option(metavar="A,B", help="Scenarios to learn on as well, or none; two periods of "
                                                  "zerktouni if not given.")] = None,
    scenario_seconds: Annotated[float | None, typer.Option(metavar="S", help="Simulated seconds on each; 1500 if not "
                                                           "given.")] = None,
    rounds: Annotated[int | None, typer.Option(metavar="N", help="Rounds after the first, in which the pupil drives and the "
                                               "planner corrects; 1 if not given.")] = None,
    spoilt: Annotated[float | None, typer.Option(metavar="SHARE", help="Share of the runs in which detectors miss, miscount and "
                                                 "fail; 0 if not given.")] = None,
    epochs: Annotated[int | None, typer.Option(metavar="N", help="Passes over all rows in each round; 10 if not given.")] = None,
    improve: Annotated[int | None, typer.Option(metavar="N", help="Junction seconds of reinforcement (maskable PPO) after that; "
                                                "none if not given.")] = None,
    improve_nets: Annotated[int | None, typer.Option(metavar="N", help="Random nets for that, every third a boulevard "
                                                     "where there are such, a process each, 0 for none; 4 if not given.")] = None,
    improve_spoilt: Annotated[float | None, typer.Option(metavar="SHARE", help="Share of these runs, and of those held back, in "
                                                         "which detectors miss, miscount and fail; as --spoilt if not "
                                                         "given.")] = None,
    looks: Annotated[int | None, typer.Option(metavar="N", help="Parts of that; after each it is tried on nets held back, the "
                                              "best is kept; 8 if not given.")] = None,
    held_back: Annotated[str | None, typer.Option(metavar="A,B", help="Scenarios it is tried on then, too, or none; zerktouni's "
                                                  "morning if not given.")] = None,
    held_back_nets: Annotated[int | None, typer.Option(metavar="N", help="And other random nets, 0 for none: 8 if not "
                                                       "given.")] = None,
    held_back_times: Annotated[int | None, typer.Option(metavar="N", help="How often each of these is run: one in many may lock "
                                                        "up; 3 if not given.")] = None,
    neighbours: Annotated[float | None, typer.Option(metavar="SHARE", help="How much of what its neighbours lose, in the mean, a "
                                                     "junction is charged with there; 0.5 if not given.")] = None,
    begin_with: Annotated[str | None, typer.Option(metavar="POLICY", help="Reinforcement alone, from this policy's file on, or "
                                                   "from default, the one that comes with the package; no lessons.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Everything random comes from it; 1 if not given.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Lessons at a time; as many as there are cores if not given.")] = None,
    device: Annotated[str, typer.Option(help="Where the network learns: auto takes an accelerator where there is one.")] = "auto",
    engine: Annotated[EngineChoice, typer.Option(help="Where simulations run: processes here, or Ray's workers (extra ray).")] =
    EngineChoice.local,
    ray_address: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Of a Ray cluster; one is begun here if not "
                                                    "given.")] = None,
    json: JsonOption = False,
) -> None:
    need("rl")
    from pydantic import ValidationError

    from controller.strategies.learned import DEFAULT
    from simulation.batch import default_workers
    from simulation.learning.configuration import FILES, TrainSettings, digest_of
    from simulation.learning.device import chosen_device
    from simulation.learning.train import train as learn

    policy = None if begin_with is None else DEFAULT if begin_with == "default" else Path(begin_with)
    if policy is not None and not improve:
        raise BadInput("a policy is begun with for reinforcement, and none is asked for", where="--begin-with",
                       mend="say how many junction seconds of it, with --improve")
    given = {"nets": nets, "net_s": net_seconds, "boulevards": boulevards, "boulevard_s": boulevard_seconds,
             "scenario_s": scenario_seconds, "rounds": rounds, "epochs": epochs, "seed": seed, "improve_steps": improve,
             "improve_nets": improve_nets, "improve_spoilt_share": improve_spoilt, "looks": looks, "spoilt_share": spoilt,
             "scenarios": None if scenarios is None else _scenarios(scenarios),
             "held_back_scenarios": None if held_back is None else _scenarios(held_back), "held_back_times": held_back_times,
             "held_back_nets": held_back_nets, "neighbour_share": neighbours,
             "begun_with": None if policy is None else digest_of(policy)}
    try:
        settings = TrainSettings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        option = OPTIONS.get(name, name.replace("_", "-")) or "improve"
        raise BadInput(first["msg"].removeprefix("Value error, "), where=f"--{option}",
                       mend="see mourour train --help") from None
    if ray_address is not None and engine is not EngineChoice.ray:
        raise BadInput("an address of a Ray cluster is for --engine ray", where="--ray-address", mend="add --engine ray")
    where = chosen_device(device)
    with _engine(engine, jobs or default_workers(), ray_address) as running, progress_bar() as bar:
        task = bar.add_task("begins", total=1.0)
        card = learn(settings, out, running, where,
                     lambda what, share: bar.update(task, description=what, completed=share), policy)
    if json:
        put_json({"policy": str(out / FILES["policy"]), "device": where, "card": card})
        return
    last = card["figures"][-1]
    console().print(f"{out / FILES['policy']}: {card['parameters']:,} parameters, from {last['rows']:,} decisions; of those held "
                    f"back it wants {100 * last['agreed']:.1f} % as the planner does, of the changes "
                    f"{100 * last['agreed_changes']:.1f} % to the second", highlight=False)
    if settings.improve_steps:
        lost = card["lost_held_back"]
        console().print(f"on streets held back it loses {100 * min(lost) - 100:+.1f} % beside what it began with, the best of "
                        f"{len(lost) - 1} looks", highlight=False)


def _engine(wanted: EngineChoice, workers: int, address: str | None) -> Engine:
    if wanted is EngineChoice.local:
        from simulation.learning.engine import Here

        return Here(workers)
    need("ray")
    from simulation.learning.on_ray import OnRay

    return OnRay(workers, address)


def _scenarios(text: str) -> tuple[str, ...]:
    if text.strip().lower() == "none":
        return ()
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


train.__doc__ = EXAMPLES
