"""``mourour calibrate``: what a camera looks at, and how its pixels lie on the road."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signal_drivers.errors import BadInput
from simulation.cli.choices import JsonOption
from simulation.cli.console import console, put_json, say

if TYPE_CHECKING:
    from detectors.camera.lane_view import LanePlane
    from detectors.vision.detections import Image
    from simulation.calibration.draft import Draft


def calibrate(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A video, an image, a folder of images, rtsp://… or the number "
                                                                 "of a USB camera.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the camera's site file here.")] = None,
    site: Annotated[Path | None, typer.Option(metavar="FILE", help="Start from this site file and keep what it has.")] = None,
    point: Annotated[list[str] | None, typer.Option(metavar="x,y=X,Y", help="A mark on the road: pixels, then metres on any two "
                                                    "axes at right angles; `name:` may come before. Four or more.")] = None,
    points: Annotated[Path | None, typer.Option(metavar="CSV", help="The same from a table with columns x_px, y_px, x_m, y_m and "
                                                "name.")] = None,
    lane_width: Annotated[float | None, typer.Option(metavar="M", help="Instead of points: the width of a lane whose two edges "
                                                     "are given.")] = None,
    edge: Annotated[list[str] | None, typer.Option(metavar="x1,y1,x2,y2", help="An edge of that lane; give both.")] = None,
    vanishing: Annotated[str | None, typer.Option(metavar="x,y", help="Where the road vanishes, if not where the edges meet; an "
                                                  "edge may then be one point.")] = None,
    length: Annotated[str | None, typer.Option(metavar="x1,y1,x2,y2=M", help="A known length along that road: finds "
                                             "the lens.")] = None,
    height: Annotated[float | None, typer.Option(metavar="M", help="Or the camera's height over the road.")] = None,
    view_deg: Annotated[float | None, typer.Option(metavar="DEG", help="Or how wide the lens sees; 60 is assumed if "
                                                   "nothing is given, and said.")] = None,
    lane: Annotated[list[str] | None, typer.Option(metavar="ID:x,y/x,y/x,y@x1,y1/x2,y2", help="A lane: its corners, then the "
                                                   "ends of its stop line. `;` and blanks part points as well.")] = None,
    exit_lane: Annotated[list[str] | None, typer.Option("--exit", metavar="ID:…@…", help="A lane out of the junction.")] = None,
    trams: Annotated[list[str] | None, typer.Option("--trams", metavar="ID=only|shared", help="Trams drive in this lane: nobody "
                                                    "else, or others as well.")] = None,
    line: Annotated[list[str] | None, typer.Option(metavar="NAME:x1,y1,x2,y2", help="A line at which is counted too.")] = None,
    camera: Annotated[str | None, typer.Option(metavar="NAME", help="The camera's name.")] = None,
    junction: Annotated[str | None, typer.Option(metavar="ID", help="The junction it looks at.")] = None,
    frame: Annotated[int, typer.Option(metavar="N", min=0, help="Over which image, from 0.")] = 0,
    picture: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw all of it over the image: points, lanes, stop lines, "
                                                 "a metre grid on the road, the horizon.")] = None,
    page: Annotated[bool, typer.Option("--page", help="Click it all in the browser; Save writes --out.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of that page, on this machine alone; 0 takes a free one.")] = 8090,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write --out though it is there and --site is not it.")] = False,
    json: JsonOption = False,
) -> None:
    """Describe a camera: lanes, stop lines and counting lines, and the road plane by which pixels become metres.

    The plane comes from four or more known points, or from a lane's width. Without either the camera still counts. What the plane
    is worth is said: metres off at each point, metres a pixel at the far end of each lane.

    *Caler une caméra : voies, lignes d'effet des feux, lignes de comptage, et le plan de la chaussée.*

    Examples:

        mourour calibrate camera.mp4 --page --out site.yaml
        mourour calibrate camera.mp4 --points marks.csv --lane N1:310,90/350,90/420,470/180,470@200,400/400,400 --out site.yaml
        mourour calibrate camera.mp4 --lane-width 3.5 --edge 180,470,310,90 --edge 420,470,350,90 --length 200,400,260,220=20
        mourour calibrate camera.mp4 --site site.yaml --picture look.png
    """
    from simulation.cli.extras import need

    need("video", *(("serve",) if page else ()))
    _check_places(out, site, picture, page, overwrite, json)
    from controller.cameras.camera_file import read_camera
    from controller.cameras.camera_text import comments_of
    from detectors.camera.site import CameraSite, ImageSize, LaneRole
    from simulation.calibration import words
    from simulation.calibration.draft import Draft, built
    from simulation.calibration.points_file import read_points
    from simulation.calibration.shot import fitted_to, shot

    base = read_camera(site) if site is not None else None
    # Misspelt options are said before a minute of video is decoded.
    marks = [*(read_points(points) if points else ()), *(built(words.point, "--point", t) for t in point or ())]
    lanes = [*(built(words.lane, "--lane", t) for t in lane or ()),
             *(built(words.lane, "--exit", t, LaneRole.EXIT) for t in exit_lane or ())]
    lines = [built(words.line, "--line", t) for t in line or ()]
    rails = [built(words.trams, "--trams", t) for t in trams or ()]
    _once("lane", [one.id for one in lanes])
    _once("line", [two.name for two in lines])
    told = _view(lane_width, edge, vanishing, length, height, view_deg, bool(marks))
    with console().status(f"reading {source} ..."):
        image = shot(source, frame)
    if base is None:
        base = CameraSite(image=ImageSize(width=image.shape[1], height=image.shape[0]))
    image = fitted_to(image, base)
    names = {k: v for k, v in {"camera": camera, "junction": junction}.items() if v is not None}
    comments = comments_of(site.read_text(encoding="utf-8")) if site is not None else ()
    draft = Draft(built(CameraSite.model_validate, "--camera", {**dict(base), **names}), comments)
    for mark in marks:
        draft.add_point(mark)
    for one in lanes:
        draft.add_lane(one)
    for name, told_of in rails:
        draft.say_trams(name, told_of)
    for two in lines:
        draft.add_line(two)
    plane = None
    if told is not None:
        from detectors.camera.lane_view import LaneView

        plane = draft.see_lane(LaneView(base.image.width, base.image.height, **told))
    if page:
        from simulation.calibration.page import serve

        place = out or site
        assert place is not None
        serve(draft, image, place, port)
        return
    _put(draft, plane, image, out, picture, json)


def _check_places(out: Path | None, site: Path | None, picture: Path | None, page: bool, overwrite: bool, json: bool) -> None:
    if page and json:
        raise BadInput("a page and a JSON object cannot both be had", where="--json", mend="leave out one of them")
    if page and out is None and site is None:
        raise BadInput("the page has no file to save to", where="--page", mend="add --out site.yaml")
    if out is not None and out.exists() and not overwrite and not (site is not None and site.exists() and out.samefile(site)):
        raise BadInput("is there already", where=str(out), mend=f"--site {out} keeps what it has, --overwrite begins anew")
    if picture is not None and picture.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise BadInput(f"{picture.name} is no name of a picture", where="--picture", mend="it ends in .png or .jpg")


def _once(what: str, names: list[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise BadInput(f"{what} {name} is given twice", where=f"--{what}", mend="give each its own name")


def _view(lane_width: float | None, edge: list[str] | None, vanishing: str | None, length: str | None, height: float | None,
          view_deg: float | None, marks: bool) -> dict[str, Any] | None:
    """What is known of a lane, as :class:`LaneView` takes it. Raises :class:`BadInput` for parts that do not go together."""
    from math import isfinite

    from simulation.calibration import words

    lens = {"--length": length, "--height": height, "--view-deg": view_deg}
    others = {"--edge": edge or None, "--vanishing": vanishing, **lens}
    if lane_width is None:
        for option, value in others.items():
            if value is not None:
                raise BadInput("goes with --lane-width only", where=option, mend="add --lane-width M, or give known points")
        return None
    if marks:
        raise BadInput("known points say all that a lane's width would", where="--lane-width", mend="leave out one of them")
    given = [option for option, value in lens.items() if value is not None]
    if len(given) > 1:
        raise BadInput(f"{' and '.join(given)} both say which lens it is", where=given[1], mend="leave out one of them")
    for option, value, least, most in (("--lane-width", lane_width, 1.0, 30.0), ("--height", height, 1.0, 200.0),
                                       ("--view-deg", view_deg, 5.0, 150.0)):
        if value is not None and not (isfinite(value) and least <= value <= most):
            raise BadInput(f"{value:g} is none", where=option, mend=f"{least:g} to {most:g}")
    if len(edge or ()) != 2:
        raise BadInput(f"{len(edge or ())} edges are given, a lane has two", where="--edge", mend=words.EDGE)
    edges = [words.edge(text) for text in edge or ()]
    if vanishing is None and any(a == b for a, b in edges):
        raise BadInput("an edge of one point says nothing of where the road vanishes", where="--edge", mend=words.EDGE)
    return {"lane_width_m": lane_width, "edges": tuple(edges), "vanishing": words.pixel(vanishing) if vanishing else None,
            "length": words.length(length) if length else None, "height_m": height, "view_deg": view_deg}


def _put(draft: Draft, plane: LanePlane | None, image: Image, out: Path | None, picture: Path | None, json: bool) -> None:
    from rich.markup import escape

    from detectors.errors import CameraError
    from simulation.calibration.save import save_picture, save_site
    from simulation.calibration.tell import as_object, lanes_table, points_table, summary, warnings_of

    if 0 < len(draft.points) < 4:
        raise CameraError(f"{len(draft.points)} known points are given, four are needed", where="--point",
                          mend="without any the camera still counts")
    site, quality = draft.site(), draft.quality()
    if picture is not None:
        save_picture(picture, image, site, summary(quality, plane))
    if out is not None:
        save_site(site, out, summary(quality, plane), draft.comments)
    if json:
        put_json({**as_object(site, quality, plane), "file": str(out) if out else None,
                  "picture": str(picture) if picture else None})
        return
    for table in (points_table(site, quality), lanes_table(quality.lanes) if site.homography else None):
        if table is not None:
            console().print(table)
    for text in summary(quality, plane):
        say(escape(text))
    for text in warnings_of(quality, plane):
        say(f"[yellow]![/yellow] {escape(text)}")
    for text in quality.remarks:
        say(f"[dim]· {escape(text)}[/dim]")
    for what, path in (("picture", picture), ("site file", out)):
        if path is not None:
            say(f"{what}: {escape(str(path))}")
    if out is None and picture is None:
        say("[dim]· nothing is written: add --out site.yaml[/dim]")
