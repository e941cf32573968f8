"""``mourour count``: a camera, a stream or a recording, to counts and lane observations."""

from __future__ import annotations

import contextlib
import json as json_text
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signal_drivers.errors import BadInput, OutputError
from simulation.cli.choices import DetectorChoice, JsonOption
from simulation.cli.console import console, progress_bar, put_json, say
from simulation.whole_file import write_whole

if TYPE_CHECKING:
    from detectors.camera.site import CameraSite
    from detectors.counting.line import CountLine
    from detectors.counting.results import FrameResult
    from detectors.counting.session import Session, Signals
    from detectors.incidents.clips import Clips
    from detectors.incidents.incident import Incident
    from detectors.vision.ambulance import AmbulanceHint, AmbulanceWatch


def count(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A video file, a folder of images, rtsp://… or http://…, or the "
                                          "number of a USB camera.")],
    site: Annotated[Path | None, typer.Option(metavar="FILE", help="The camera's site file: lanes, lines, how pixels lie on the "
                                              "road (`mourour calibrate`).")] = None,
    line: Annotated[list[str] | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Count who crosses this line, in pixels; may be "
                                                   "repeated. NAME:X1,Y1,X2,Y2 gives it a name.")] = None,
    detector: Annotated[DetectorChoice | None, typer.Option(help="`yolo` needs weights and tells kinds apart; `background` needs "
                                                            "none. By default what the weights allow.")] = None,
    weights: Annotated[str | None, typer.Option(metavar="FILE", help="A detection model: .pt, .onnx, a folder "
                                                "…_openvino_model, or an OpenVINO .xml.")] = None,
    size: Annotated[int | None, typer.Option(metavar="PX", min=64, max=4096, help="Side at which a model looks at the image; 640 "
                                             "if not given, 512 for an .xml.")] = None,
    fps: Annotated[float | None, typer.Option(metavar="N", min=0.01, max=240, help="Images a second, where the source does not "
                                              "say or lies.")] = None,
    at_most_fps: Annotated[float | None, typer.Option(metavar="N", min=0.1, max=240, help="Look at no more images a second than "
                                                      "this.")] = None,
    people: Annotated[bool, typer.Option("--people", help="Count people on foot at the lines as well.")] = False,
    signals: Annotated[Path | None, typer.Option(metavar="FILE", help="What the signals showed, for incidents: CSV with columns "
                                                 "time_s, lane, green.")] = None,
    ambulances: Annotated[bool, typer.Option("--ambulances", help="Look for ambulances: without a model by a blue light that "
                                             "flashes. A hint for dispatch, no more.")] = False,
    ambulance_weights: Annotated[str | None, typer.Option(metavar="FILE", help="Look for ambulances with this classification "
                                                          "model, one of whose classes is called ambulance.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", "--duration", metavar="S", min=0.1, help="End after so many "
                                                  "seconds of the source.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write events, tracks and lanes here as Parquet, and the "
                                             "summary. No image is kept.")] = None,
    stream: Annotated[str | None, typer.Option(metavar="FILE", help="Write each lane's observation every second, one JSON object "
                                               "a line; - for standard output.")] = None,
    render: Annotated[Path | None, typer.Option(metavar="FILE.mp4", help="Write the video with lanes, boxes, numbers, speeds and "
                                                "queues drawn over it.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show it in a window while it runs; q closes it.")] = False,
    json: JsonOption = False,
) -> None:
    """Count a camera: who crosses which line, and of each lane queue, speed and occupancy.

    Directions are as seen by somebody who walks along the line from its first point to its second: who comes from the walker's
    left goes left_to_right.

    *Compter le trafic d'une caméra : passages par ligne, files d'attente, vitesses.*

    Examples:

        mourour count video.mp4 --line 0,220,639,220
        mourour count video.mp4 --line 0,220,639,220 --weights yolo11n_int8_openvino_model --render seen.mp4
        mourour count rtsp://camera.example/stream --site zerktouni-n.yaml --at-most-fps 10 --out counts --stream -
        mourour count images/ --fps 5 --line in:10,200,300,200 --json
        mourour count video.mp4 --site north.yaml --signals heads.csv --ambulance-weights seen-by-road-cls.pt --json
    """
    from simulation.cli.extras import need

    need("video", *(["archive"] if out is not None else []))
    if json and stream == "-":
        raise BadInput("two things cannot both have standard output", where="--stream",
                       mend="give it a file, or leave out --json")
    from controller.cameras.camera_file import read_camera
    from detectors.counting.session import Session
    from detectors.video.source import Source
    from detectors.vision.pick import AT_ONCE, detector_for

    lines = tuple(read_line(text, i) for i, text in enumerate(line or ()))
    camera = read_camera(site) if site is not None else None
    shown = _signals(signals, camera)
    if show:
        _need_screen()
    with Source(source, fps=fps, at_most_fps=at_most_fps) as images:
        looks = detector_for(detector.value if detector is not None else None, weights, fps=images.rate_fps, size_px=size,
                             at_once=1 if images.facts.live else AT_ONCE)
        session = Session(images, looks, site=camera, lines=lines, people=people, seconds=seconds, signals=shown,
                          ambulances=_ambulances(ambulances, ambulance_weights))
        # Of a camera that never ends the summary, which has them too, comes too late.
        first = len(session.notes)
        _say(session.notes)
        begun = time.monotonic()
        with _stoppable(session) as interrupted:
            _run(session, out, stream, render, show, quiet=json)
        took_s = time.monotonic() - begun
    # A camera is always stopped some day; of a recording a part is missing.
    cut_short = interrupted.is_set() and not images.facts.live
    if cut_short:
        session.notes.append(f"interrupted after {session.frames} images")
    summary = session.summary()
    if out is not None:
        text = json_text.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        write_whole(out / "summary.json", text.encode(), "the summary")
    if json:
        put_json(summary)
    elif stream != "-":
        _table(summary, session.by_line, took_s, first)
    if cut_short:
        raise typer.Exit(128 + signal.SIGINT)


@contextlib.contextmanager
def _stoppable(session: Session) -> Iterator[Event]:
    """The first Ctrl-C, or SIGTERM, ends the counting as the end of the source would; the second ends the program."""
    interrupted = Event()

    def stop(number: int, _: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        session.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def read_line(text: str, index: int) -> CountLine:
    """A line as users write it. Raises :class:`BadInput`."""
    from detectors.counting.line import CountLine

    name, _, points = text.rpartition(":")
    try:
        x1, y1, x2, y2 = (float(v) for v in points.split(","))
    except ValueError:
        raise BadInput(f"{text!r} is not X1,Y1,X2,Y2", where="--line", mend="four numbers, as 0,220,639,220") from None
    return CountLine(x1, y1, x2, y2, name or ("line" if index == 0 else f"line {index + 1}"))


def _signals(file: Path | None, camera: CameraSite | None) -> Signals | None:
    if file is None:
        return None
    from detectors.incidents.signal_file import read_signals

    return read_signals(file, {lane.id for lane in camera.lanes} if camera is not None else ())


def _ambulances(wanted: bool, weights: str | None) -> AmbulanceWatch | None:
    if not wanted and weights is None:
        return None
    from detectors.vision.ambulance import ambulance_watch

    return ambulance_watch(weights)


def _need_screen() -> None:
    import os

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BadInput("there is no screen to show it on", where="--show", mend="--render FILE.mp4 writes the same as a video")


def _run(session: Session, out: Path | None, stream: str | None, render: Path | None, show: bool, *, quiet: bool) -> None:
    from detectors.counting.lines_out import LinesOut

    with contextlib.ExitStack() as stack:
        tables = None
        if out is not None:
            from detectors.counting.tables import Tables

            _make(out)
            tables = stack.enter_context(Tables(out))
        clips = _clips(session, out)
        told = LinesOut(stack.enter_context(_opened(stream))) if stream is not None else None
        picture = stack.enter_context(_Picture(session, render, show)) if render is not None or show else None
        facts = session.facts
        bar = stack.enter_context(progress_bar()) if facts.frames and not quiet and console().is_terminal else None
        begins = f"{Path(facts.name).name}{' · the road is learnt first' if session.looks_ahead else ''}"
        task = bar.add_task(begins, total=facts.frames) if bar is not None else None
        silent = False
        for frame, result, view, incidents in session:
            if frame is None or result is None:
                if not silent:
                    say(f"[yellow]· {facts.name}: {view.reason or 'no picture comes'}; it is waited for[/yellow]")
                silent = True
                continue
            silent = False
            if tables is not None:
                tables.see(result)
                tables.happened(incidents)
            if told is not None:
                told.see(result, incidents, session.sighted)
            if clips is not None:
                clips.see(frame.image, result, incidents)
            if picture is not None and not picture.see(frame.image, result, session.hints, session.lasting):
                session.stop()
            if bar is not None and task is not None and session.frames % 10 == 0:
                bar.update(task, completed=frame.number + 1,
                           description=f"{Path(facts.name).name} · {session.counted} counted")
        if tables is not None:
            tables.count(session.last_events)
            tables.happened(session.last_incidents)
        if told is not None:
            told.last(session.last_events, session.last_incidents, session.last_sightings)
        if clips is not None:
            clips.finish()


def _clips(session: Session, out: Path | None) -> Clips | None:
    """Films incidents where the site file wants that, and throws old films away where it no longer does."""
    site = session.counter.site
    if site is None or out is None:
        return None
    from detectors.incidents.clips import Clips

    return Clips(site.privacy, out / "clips", site.camera)


class _Picture:
    """The drawn video, into a file, a window or both."""

    def __init__(self, session: Session, render: Path | None, show: bool) -> None:
        from detectors.counting.draw import Overlay

        self._overlay, self._render, self._show, self._fps = Overlay(session.counter), render, show, session.fps
        self._writer: Any = None
        self._size = (0, 0)

    def see(self, image: Any, result: FrameResult, hints: tuple[AmbulanceHint, ...],
            incidents: tuple[Incident, ...]) -> bool:
        """False where the window was closed."""
        import cv2

        drawn = self._overlay.draw(image, result, hints, incidents)
        if self._render is not None:
            size = drawn.shape[1], drawn.shape[0]
            if self._writer is None:
                _make(self._render.parent)
                self._size = size
                self._writer = cv2.VideoWriter(str(self._render), cv2.VideoWriter.fourcc(*"mp4v"), self._fps, size)
                if not self._writer.isOpened():
                    raise OutputError("the video cannot be written", where=str(self._render),
                                      mend="take a name that ends in .mp4")
            self._writer.write(drawn if size == self._size else cv2.resize(drawn, self._size))
        if self._show:
            cv2.imshow("mourour", drawn)
            return bool(cv2.waitKey(1) & 0xFF != ord("q"))
        return True

    def __enter__(self) -> _Picture:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.release()
        if self._show:
            import cv2

            cv2.destroyAllWindows()


@contextlib.contextmanager
def _opened(stream: str) -> Any:
    if stream == "-":
        yield sys.stdout
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(Path(stream).open("w", encoding="utf-8"))
        except OSError as error:
            raise OutputError(f"cannot be written: {error.strerror}", where=stream) from None
        yield file


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be made: {error.strerror}", where=str(folder)) from None


def _table(summary: dict[str, Any], by_line: dict[str, int], took_s: float, said: int) -> None:
    """All but the first ``said`` notes, which were said at the beginning."""
    from rich.console import Console
    from rich.table import Table

    counts = summary["counts"]
    table = Table(title=f"{summary['source']} · {summary['detector']}")
    table.add_column("counted · compté")
    table.add_column("", justify="right")
    table.add_row("total", str(counts["total"]), style="bold")
    # The lines that are lanes' own have their rows already.
    lines = {name: n for name, n in by_line.items() if name not in counts["by_lane"]}
    for title, rows in (("direction", counts["by_direction"]), ("class · catégorie", counts["by_class"]),
                        ("lane · voie", counts["by_lane"]), ("line · ligne", lines)):
        for name, n in rows.items():
            table.add_row(f"{title}: {name.replace('_', ' ') if title == 'direction' else name}", str(n))
    Console(highlight=False).print(table)
    say(f"[dim]· {summary['frames']} images of {summary['duration_s']:g} s in {took_s:.1f} s: "
        f"{summary['frames'] / max(took_s, 1e-9):.0f} a second[/dim]")
    for one in summary["incidents"]:
        lane = f" on {one['lane']}" if one["lane"] else ""
        say(f"[yellow]· {one['kind']} from {one['start_s']:g} s{lane}: {one['cause']}[/yellow]")
    for one in summary.get("ambulances", ()):
        lane = f" on {one['lane']}" if one["lane"] else ""
        say(f"[yellow]· perhaps an ambulance from {one['since_s']:g} s{lane}, confidence {one['confidence']:g}: for dispatch to "
            "confirm · à confirmer[/yellow]")
    for fault in summary["quality"]["faults"]:
        say(f"[yellow]· {fault['share']:.0%} of the images {fault['quality']}: {fault['reason']}[/yellow]")
    _say(summary["quality"]["notes"][said:])


def _say(notes: Sequence[str]) -> None:
    from rich.markup import escape

    for note in notes:
        say(f"[dim]· {escape(note)}[/dim]")
