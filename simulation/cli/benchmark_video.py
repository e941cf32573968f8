"""``mourour benchmark video``: how many images a second, beside the library's own figures; and whether memory stays flat."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import Annotated, Any

import typer

from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say


class Part(StrEnum):
    speed = "speed"
    memory = "memory"


def video(
    clip: Annotated[str, typer.Argument(metavar="CLIP", help="A recording; the targets are for 640 × 360.")],
    part: Annotated[Part, typer.Option(help="`speed`, or `memory` over a day of a stream.")] = Part.speed,
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="A YOLO model, to measure it at 320 and 640 px; background "
                                                "subtraction alone without.")] = None,
    line: Annotated[str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Where to count; in the middle if not given.")] = None,
    images: Annotated[int, typer.Option(metavar="N", min=50, help="At most so many images each time.")] = 900,
    hours: Annotated[float, typer.Option(metavar="H", min=0.01, help="`memory`: length of the stream.")] = 24.0,
    every: Annotated[float, typer.Option(metavar="H", min=0.005, help="`memory`: hours from one reading to the next.")] = 1.0,
    rate: Annotated[float, typer.Option(metavar="N", min=0.1, max=240, help="`memory`: images a second of the stream.")] = 10.0,
    size: Annotated[int | None, typer.Option(metavar="PX", min=64, max=4096, help="`memory`: side at which a model looks at the "
                                             "image.")] = None,
    site: Annotated[Path | None, typer.Option(metavar="FILE", help="`memory`: the camera's site file; lanes over the whole image "
                                              "if not given.")] = None,
    json: JsonOption = False,
) -> None:
    """Measure detection, tracking and counting of a recording, side by side with ultralytics' own tracking in the same run.

    `memory` loops the recording through everything that `mourour count --site --out --stream` does, as many images as a stream
    of that length and rate has, as fast as they can be looked at; and prints what memory is taken after each hour of it.

    *Mesurer la vitesse du comptage vidéo, et la mémoire sur une journée.*

    Examples:

        mourour benchmark video clip.mp4
        mourour benchmark video clip.mp4 --weights yolo11n_int8_openvino_model --line 0,220,639,220 --json
        mourour benchmark video clip.mp4 --part memory --hours 24 --rate 5
    """
    from simulation.cli.extras import need

    if part is Part.memory:
        need("video", "archive")
        _memory(clip, weights, size, site, hours, every, rate, json)
        return
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
    table = _table(clip, "", "images/s\n(target)", "beyond\ndetection", "counted", f"cores for\n{CAMERAS} × {CAMERA_FPS:g}/s")
    detector = ""
    for s in found:
        whose, _, what = s.what.partition(": ")
        if whose != detector:
            table.add_section()
            table.add_row(f"[bold]{whose}[/]")
            detector = whose
        more = "" if isnan(s.beyond) else f"{s.beyond:+.0%}, {s.beyond_memory:+.0%}"
        table.add_row(what, f"{s.fps:.0f}" + ("" if s.target_fps is None else f" (≥ {s.target_fps:g})"), more,
                      "" if s.counted is None else str(s.counted), f"{s.city_cores:.0f}")
    _print(table)
    say(f"[dim]· beyond detection: target {OVERHEAD:.0%}; by how much longer an image takes than where it is decoded and "
        "looked at alone, and than where it is in memory and looked at alone[/dim]")


def _memory(clip: str, weights: str | None, size: int | None, site: Path | None, hours: float, every: float, rate: float,
            json: bool) -> None:
    import tempfile

    from controller.cameras.camera_file import read_camera
    from simulation.benchmark_video_memory import Hour, as_plain, growth, memory

    rows: list[Hour] = []
    camera = read_camera(site) if site is not None else None
    with tempfile.TemporaryDirectory(prefix="mourour-memory-") as folder, console().status("the first hour ...") as said:
        for row in memory(clip, weights, Path(folder), hours=hours, rate_fps=rate, every_h=every, size_px=size, site=camera):
            rows.append(row)
            said.update(f"{row.hours:g} of {hours:g} h: {row.counting_mb:.0f} MB ...")
            if not console().is_terminal:
                say(f"{row.hours:g} h: {row.counting_mb:.1f} + {row.decoder_mb:.1f} MB, {row.objects} objects")
    if json:
        put_json({"clip": clip, "rate_fps": rate, **as_plain(rows)})
        return
    table = _table(f"{clip}, {rate:g} images a second", "hours", "images", "counted", "tracks", "incidents", "counting",
                   "decoder", "objects")
    for row in rows:
        table.add_row(f"{row.hours:g}", str(row.images), str(row.counted), str(row.tracks), str(row.incidents),
                      f"{row.counting_mb:.1f} MB", f"{row.decoder_mb:.1f} MB", str(row.objects))
    _print(table)
    if len(rows) > 1:
        more = growth(rows)
        say(f"in the {more.hours:g} h after the first reading: {more.counting_mb:+.1f} MB counting, {more.decoder_mb:+.1f} MB "
            f"decoding, {more.objects:+d} objects")


def _table(title: str, *columns: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="left" if not column else "right")
    return table


def _print(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
