"""``mourour benchmark counts``: how well painted traffic is counted at a line, from several places."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from simulation.cameras.weather import Weather
from simulation.cli.choices import DetectorChoice, JsonOption
from simulation.cli.console import console, progress_bar, put_json
from simulation.cli.extras import need

EXAMPLES = """Count painted traffic at a line, from several places, and compare with who crossed it.

A street of four lanes, two each way, dense enough for vehicles to hide each other, is painted as a camera would see it: along the
street, from the side, obliquely, steeply, from low down and from afar, in other sizes and rates. The recordings are counted as
`mourour count` does at one line, without lanes; an event is right within 0.6 s and in its direction. With `--lanes` they are
counted as with a site file that has every lane and how pixels lie on the road: right is who leaves his lane within 1 s.

*Justesse des comptages sur un trafic dessiné, vu de plusieurs endroits.*

Examples:

    mourour benchmark counts
    mourour benchmark counts --views side,low --seconds 120 --seed 2 --keep look
    mourour benchmark counts --flow 300 --weather rain --json
    mourour benchmark counts --lanes
    mourour benchmark counts --detector yolo --weights yolo11n.pt
"""


def counts(
    views: Annotated[str | None, typer.Option(metavar="A,B", help="Some of the views; all if not given.")] = None,
    seconds: Annotated[float, typer.Option(metavar="S", min=5.0, max=3600.0, help="Of each recording.")] = 60.0,
    flow: Annotated[float, typer.Option(metavar="N", min=10.0, max=2000.0, help="Vehicles in a lane and hour.")] = 750.0,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Traffic and noise come from it.")] = 1,
    weather: Annotated[Weather, typer.Option(help="Of the images.")] = Weather.DAY,
    detector: Annotated[DetectorChoice, typer.Option(help="What looks at them.")] = DetectorChoice.background,
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="Its model, for `yolo`.")] = None,
    size: Annotated[int | None, typer.Option(metavar="PX", min=64, max=4096, help="Side at which a model looks at the image.")]
    = None,
    lanes: Annotated[bool, typer.Option("--lanes", help="Count who leaves each lane, in place of a line across all.")] = False,
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Leave the recordings here; with --lanes "
                                                                       "their site files, too.")] = None,
    json: JsonOption = False,
) -> None:
    need("video")
    from simulation.camera_counts.measure import count_view
    from simulation.camera_counts.views import views_of

    chosen = views_of([name.strip() for name in (views or "").split(",") if name.strip()])
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    with (nullcontext(str(keep)) if keep is not None else tempfile.TemporaryDirectory()) as folder, progress_bar() as bar:
        task = bar.add_task("begins", total=1.0)
        rows = [count_view(Path(folder), name, view, weather=weather, seed=seed, seconds=seconds, flow_vph=flow,
                           detector=detector.value, weights=weights, size_px=size, lanes=lanes,
                           told=lambda what, share: bar.update(task, description=what, completed=share))
                for name, view in chosen.items()]
    mean = sum(row.score.f1 for row in rows) / len(rows)
    if json:
        put_json({"views": [row.as_dict() for row in rows], "mean_f1": round(mean, 4), "seed": seed, "seconds": seconds,
                  "flow_vph": flow, "weather": weather.value, "detector": detector.value, "lanes": lanes})
        return
    table = Table("view", "true", "counted", "F1", "wrong way", "extra", "missed", "incidents", "quality")
    for row in rows:
        table.add_row(row.view, str(row.score.true), str(row.score.counted), f"{row.score.f1:.2f}",
                      str(len(row.score.wrong_direction)), str(len(row.score.extra)),
                      str(len(row.score.missed)), str(row.told), row.quality)
    console().print(table)
    console().print(f"mean F1 {mean:.2f}", highlight=False)


counts.__doc__ = EXAMPLES
