"""``mourour benchmark video``: how many images a second, beside the library's own figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say


def video(
    clip: Annotated[str, typer.Argument(metavar="CLIP", help="A recording; the targets are for 640 × 360.")],
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="A YOLO model, to measure it at 320 and 640 px; background "
                                                "subtraction alone without.")] = None,
    line: Annotated[str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Where to count; in the middle if not given.")] = None,
    images: Annotated[int, typer.Option(metavar="N", min=50, help="At most so many images each time.")] = 900,
    json: JsonOption = False,
) -> None:
    """Measure detection, tracking and counting of a recording, side by side with ultralytics' own tracking in the same run.

    *Mesurer la vitesse du comptage vidéo.*

    Examples:

        mourour benchmark video clip.mp4
        mourour benchmark video clip.mp4 --weights yolo11n_int8_openvino_model --line 0,220,639,220 --json
    """
    from simulation.cli.extras import need

    need("video")
    from simulation.benchmark_video import CAMERA_FPS, CAMERAS, OVERHEAD, Speed, speeds
    from simulation.cli.count import read_line

    found: list[Speed] = []
    with console().status("background ...") as said:
        for speed in speeds(clip, weights, images, read_line(line, 0) if line is not None else None):
            found.append(speed)
            said.update(f"{speed.what}: {speed.fps:.0f} a second ...")
    if json:
        put_json({"clip": clip, "speeds": [{**asdict(s), "city_cores": s.city_cores} for s in found]})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=clip)
    for title in ("", "images/s", "target", "beyond detection", "counted", f"cores for {CAMERAS} × {CAMERA_FPS:g}/s"):
        table.add_column(title, justify="left" if not title else "right")
    for s in found:
        table.add_row(s.what, f"{s.fps:.0f}", "" if s.target_fps is None else f"≥ {s.target_fps:g}",
                      "" if s.beyond != s.beyond else f"{s.beyond:+.0%}", "" if s.counted is None else str(s.counted),
                      f"{s.city_cores:.0f}")
    Console(highlight=False).print(table)
    say(f"[dim]· beyond detection: target {OVERHEAD:.0%}, the time not spent in the detector, waiting for images included[/dim]")
