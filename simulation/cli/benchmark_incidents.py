"""``mourour benchmark incidents``: how many incidents are told, and how many of those told happened."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from signal_drivers.errors import BadInput
from simulation.cameras.weather import Weather
from simulation.cli.choices import DetectorChoice, JsonOption, read_seeds
from simulation.cli.console import progress_bar, put_json

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from simulation.camera_incidents.condition import Condition, Rendering
    from simulation.camera_incidents.measure import Watched

EXAMPLES = """Incidents made on purpose in a simulated crossroads, watched by a camera: precision and recall of each kind.

A vehicle breaks down, an exit is blocked until the queue stands in the junction, two roads become slow, two drivers come against
the direction, two people cross where no crossing is; between them red queues, turners, buses at their stops, parked cars,
cyclists, and people on the crossings. What the watch is shown are boxes and places as a camera over the junction would see them,
drawn from SUMO's truth: `perfect`, or with misses, trembling boxes, vehicles hidden behind others and lost tracks (`camera`,
`poor`). So this measures the rules, not the images.

With `rendered` the same street is painted as the camera shows it, 5 images a simulated second, and the detector, the tracker and
the counting of `mourour count` look at the images. Incidents are then brief, for all eyes alike, and at the end the camera
itself is turned and covered. A seed takes some minutes.

*Précision et rappel de la détection d'incidents, en simulation.*

Examples:

    mourour benchmark incidents --seeds 1-2
    mourour benchmark incidents --seeds 1-5 --eyes camera,poor --signals unknown
    mourour benchmark incidents --seeds 1 --json
    mourour benchmark incidents --seeds 11-13 --eyes camera,rendered --signals known --quiet 0
    mourour benchmark incidents --seeds 11 --eyes rendered --detector yolo --weights yolo11n.pt
"""


class Signals(StrEnum):
    known = "known"
    unknown = "unknown"
    both = "both"


def incidents(
    seeds: Annotated[str, typer.Option(metavar="1-2", help="Seeds: a range, a list, or both.")] = "1-2",
    eyes: Annotated[str, typer.Option(metavar="A,B", help="How well is seen: `perfect`, `camera`, `poor`, `rendered`; "
                                     "comma-separated.")] = "camera",
    signals: Annotated[Signals, typer.Option(help="Whether the watch is told which lanes have green.")] = Signals.both,
    quiet: Annotated[float, typer.Option(metavar="S", min=0, help="Besides, run each condition for so many seconds without any "
                                         "incident: every alarm is a false one.")] = 900.0,
    weather: Annotated[Weather, typer.Option(help="Of rendered images.")] = Weather.DAY,
    detector: Annotated[DetectorChoice, typer.Option(help="What looks at rendered images.")] = DetectorChoice.background,
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="Its model, for `yolo`.")] = None,
    size: Annotated[int | None, typer.Option(metavar="PX", min=64, max=4096, help="Side at which a model looks at the image.")]
    = None,
    json: JsonOption = False,
) -> None:
    from simulation.camera_incidents.condition import conditions
    from simulation.camera_incidents.measure import looks_from_s, watch_all
    from simulation.camera_incidents.table import as_dict, markdown
    from simulation.settings import check_seed

    chosen = read_seeds(seeds)
    for seed in chosen:
        check_seed(seed)
    wanted = conditions([name.strip() for name in eyes.split(",") if name.strip()],
                        {"known": (True,), "unknown": (False,), "both": (True, False)}[signals.value])
    rendering = _rendering(wanted, weather, detector, weights, size)
    found: dict[Condition, list[Watched]] = {condition: [] for condition in wanted}
    with progress_bar() as bar:
        task = bar.add_task("runs", total=len(chosen) + (quiet > 0))
        for i, seed in enumerate([*chosen, chosen[0]] if quiet > 0 else chosen):
            calm = i == len(chosen)
            runs = watch_all(seed, wanted, rendering=rendering, incidents=not calm,
                             until_s=looks_from_s(rendering) + quiet if calm else None,
                             told=partial(_advance, bar, task, i))
            for condition, watched in runs.items():
                found[condition].append(watched)
            bar.update(task, completed=i + 1)
    if json:
        put_json(as_dict(found) | ({"rendering": asdict(rendering)} if rendering is not None else {}))
    else:
        typer.echo(markdown(found))


def _advance(bar: Progress, task: TaskID, before: int, share: float) -> None:
    bar.update(task, completed=before + share)


def _rendering(wanted: list[Condition], weather: Weather, detector: DetectorChoice, weights: str | None,
               size: int | None) -> Rendering | None:
    """What rendered eyes are given; None where nobody has such. Raises :class:`BadInput` for choices that would do nothing."""
    from simulation.camera_incidents.condition import Rendering
    from simulation.cli.extras import need

    if not any(condition.images for condition in wanted):
        if weights is not None or detector is not DetectorChoice.background:
            raise BadInput("nobody looks at an image", where="--detector", mend="add rendered to --eyes")
        return None
    need("video")
    return Rendering(weather.value, detector.value, weights, size)


incidents.__doc__ = EXAMPLES
