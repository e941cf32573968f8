"""``mourour benchmark incidents``: how many incidents are told, and how many of those told happened."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli.choices import JsonOption, read_seeds
from simulation.cli.console import progress_bar, put_json

if TYPE_CHECKING:
    from simulation.camera_incidents.measure import Condition, Watched

EXAMPLES = """Incidents made on purpose in a simulated crossroads, watched by a camera: precision and recall of each kind.

A vehicle breaks down, an exit is blocked until the queue stands in the junction, two roads become slow, two drivers come against
the direction, two people cross where no crossing is; between them red queues, turners, buses at their stops, parked cars,
cyclists, and people on the crossings. What the watch is shown are boxes and places as a camera over the junction would see them,
drawn from SUMO's truth: `perfect`, or with misses, trembling boxes, vehicles hidden behind others and lost tracks (`camera`,
`poor`). So this measures the rules, not the images.

*Précision et rappel de la détection d'incidents, en simulation.*

Examples:

    mourour benchmark incidents --seeds 1-2
    mourour benchmark incidents --seeds 1-5 --eyes camera,poor --signals unknown
    mourour benchmark incidents --seeds 1 --json
"""


class Signals(StrEnum):
    known = "known"
    unknown = "unknown"
    both = "both"


def incidents(
    seeds: Annotated[str, typer.Option(metavar="1-2", help="Seeds: a range, a list, or both.")] = "1-2",
    eyes: Annotated[str, typer.Option(metavar="A,B", help="How well is seen: `perfect`, `camera`, `poor`; comma-separated.")]
    = "camera",
    signals: Annotated[Signals, typer.Option(help="Whether the watch is told which lanes have green.")] = Signals.both,
    quiet: Annotated[float, typer.Option(metavar="S", min=0, help="Besides, run each condition for so many seconds without any "
                                         "incident: every alarm is a false one.")] = 900.0,
    json: JsonOption = False,
) -> None:
    from simulation.camera_incidents.measure import conditions, quiet_run, watch_run
    from simulation.camera_incidents.table import as_dict, markdown
    from simulation.settings import check_seed

    chosen = read_seeds(seeds)
    for seed in chosen:
        check_seed(seed)
    wanted = conditions([name.strip() for name in eyes.split(",") if name.strip()],
                        {"known": (True,), "unknown": (False,), "both": (True, False)}[signals.value])
    found: dict[Condition, list[Watched]] = {condition: [] for condition in wanted}
    with progress_bar() as bar:
        task = bar.add_task("runs", total=len(wanted) * (len(chosen) + (quiet > 0)))
        for condition in wanted:
            for seed in chosen:
                found[condition].append(watch_run(seed, condition))
                bar.advance(task)
            if quiet > 0:
                found[condition].append(quiet_run(chosen[0], condition, quiet))
                bar.advance(task)
    if json:
        put_json(as_dict(found))
    else:
        typer.echo(markdown(found))


incidents.__doc__ = EXAMPLES
