"""Write a camera's site file that a person can read and edit; :mod:`controller.cameras.camera_file` reads it back the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controller.yaml_words import number, word
from detectors.camera.site import CameraLane, CameraSite, Homography, KnownPoint, LaneRole, Privacy, Trams

HEAD = """\
# A camera's site file (fichier d'une caméra). Edit what you like; then
#     mourour calibrate SOURCE --site THIS-FILE --picture look.png      draws it over an image of the camera
#
# Pixels (px) are [x, y] from the upper left corner of the image; metres (m) are any two axes at right angles on the road.
# homography  marks on the road (points de calage) whose place is known in the image and on the ground
# lanes       lanes in view (voies): area is the outline on the road (emprise), stop_line the stop line (ligne d'effet des
#             feux); role approach (entrée) or exit (sortie); group the signal group (ligne de feux) that serves it;
#             trams none, shared or only (tramways : aucun, avec les voitures, seuls)
# lines       where else is counted (lignes de comptage)
# zones       crossing, waiting, carriageway, junction, ignored (passage, attente, chaussée, carrefour, à ignorer)
# privacy     nothing of the image is kept unless clips says so (rien n'est conservé sauf demande)
"""


FIT = "# fit: "


def camera_text(site: CameraSite, remarks: Sequence[str] = (), comments: Sequence[str] = ()) -> str:
    """The file's text. ``remarks`` become comments above the homography: how good it is. ``comments`` are those of a person,
    kept below the head."""
    kept = [*(f"# {' '.join(text.split())}" for text in comments), ""] if comments else []
    return "\n".join([HEAD, *kept, *_lines(site, remarks)]) + "\n"


def comments_of(text: str) -> list[str]:
    """What people have written in a file: its lines of comment that are not this module's own."""
    own = HEAD.splitlines()
    lines = [line.strip() for line in text.splitlines() if line.strip() not in own]
    return [line.lstrip("# ") for line in lines if line.startswith("#") and not line.startswith(FIT) and line.strip("# ")]


def _lines(site: CameraSite, remarks: Sequence[str]) -> Iterator[str]:
    yield f"camera: {word(site.camera)}"
    if site.junction is not None:
        yield f"junction: {word(site.junction)}"
    if site.source is not None:
        yield f"source: {word(site.source)}"
    yield f"image: {{width: {site.image.width}, height: {site.image.height}}}"
    yield f"range_m: {number(site.range_m)}"
    if site.homography is not None or remarks:
        yield ""
        yield from (f"{FIT}{' '.join(remark.split())}" for remark in remarks)
    if site.homography is not None:
        yield from _homography(site.homography)
    if site.lanes:
        yield from ("", "lanes:")
        for lane in site.lanes:
            yield from _lane(lane)
    if site.lines:
        yield from ("", "lines:")
        yield from (f"  - {{name: {word(x.name)}, points: {_points(x.points)}}}" for x in site.lines)
    if site.zones:
        yield from ("", "zones:")
    for zone in site.zones:
        yield f"  - name: {word(zone.name)}"
        yield f"    kind: {zone.kind}"
        yield f"    area: {_points(zone.area)}"
        if zone.group is not None:
            yield f"    group: {word(zone.group)}"
    if site.privacy != Privacy():
        yield from ("", "privacy:", f"  clips: {str(site.privacy.clips).lower()}")
        for key in ("keep_days", "before_s", "after_s"):
            yield f"  {key}: {number(getattr(site.privacy, key))}"


def _homography(told: Homography) -> Iterator[str]:
    yield "homography:"
    if told.note:
        yield f"  note: {word(told.note)}"
    if told.matrix is not None:
        yield "  matrix:"
        yield from (f"    - [{', '.join(map(number, row))}]" for row in told.matrix)
        return
    yield "  points:"
    yield from (f"    - {_known(point)}" for point in told.points)


def _known(point: KnownPoint) -> str:
    name = f", name: {word(point.name)}" if point.name else ""
    return f"{{px: {_point(point.px)}, m: {_point(point.m)}{name}}}"


def _lane(lane: CameraLane) -> Iterator[str]:
    yield f"  - id: {word(lane.id)}"
    if lane.role is not LaneRole.APPROACH:
        yield f"    role: {lane.role.value}"
    if lane.group is not None:
        yield f"    group: {word(lane.group)}"
    yield f"    area: {_points(lane.area)}"
    yield f"    stop_line: {_points(lane.stop_line)}"
    yield f"    speed_limit_mps: {number(lane.speed_limit_mps)}"
    if lane.trams is not Trams.NONE:
        yield f"    trams: {lane.trams.value}"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return f"[{', '.join(map(_point, points))}]"


def _point(point: tuple[float, float]) -> str:
    return f"[{number(point[0])}, {number(point[1])}]"
