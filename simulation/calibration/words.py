"""What ``mourour calibrate`` is told in options: points, lanes, lines and lengths, as text."""

from __future__ import annotations

import math
import re

from detectors.camera.site import CameraLane, KnownPoint, LaneRole, LineOfCamera, Trams
from signal_drivers.errors import BadInput

Pixel = tuple[float, float]

POINT = "--point x,y=X,Y or --point name:x,y=X,Y: pixels, then metres"
LANE = "--lane id:x,y/x,y/x,y@x1,y1/x2,y2: corners of the area, then the two ends of the stop line"
LINE = "--line name:x1,y1,x2,y2"
EDGE = "--edge x1,y1,x2,y2, and again for the lane's other edge"
LENGTH = "--length x1,y1,x2,y2=M: two pixels along the road, then the metres between them"
TRAMS = "--trams id=only for a track of its own, --trams id=shared where cars drive on it, too"
VANISHING = "--vanishing x,y"


def point(text: str) -> KnownPoint:
    """``x,y=X,Y``, with a name before it or none. Raises :class:`BadInput`, as all of these."""
    name, rest = _named(text)
    px, equals, m = rest.partition("=")
    if not equals:
        raise _not(text, "a known point", "--point", POINT)
    return KnownPoint(px=_pair(px, text, "--point", POINT), m=_pair(m, text, "--point", POINT), name=name)


def lane(text: str, role: LaneRole = LaneRole.APPROACH) -> CameraLane:
    """``id:corners@stop line``; points are parted by ``/``, ``;`` or blanks."""
    option = "--lane" if role is LaneRole.APPROACH else "--exit"
    shape = LANE.replace("--lane", option)
    name, rest = _named(text)
    area, at, stop = rest.partition("@")
    if not name or not at:
        raise _not(text, "a lane", option, shape)
    corners = [_pair(p, text, option, shape) for p in _points(area)]
    if len(corners) < 3:
        raise BadInput(f"{text!r} has {len(corners)} corners, three are needed", where=option, mend=shape)
    ends = _numbers(",".join(_points(stop)), 4, text, option, shape)
    return CameraLane(id=name, area=tuple(corners), stop_line=((ends[0], ends[1]), (ends[2], ends[3])), role=role)


def trams(text: str) -> tuple[str, Trams]:
    """``id=only``, ``shared`` or ``none``: a lane, and whether trams drive in it."""
    name, equals, told = (part.strip() for part in text.rpartition("="))
    if not equals or not name or told not in list(Trams):
        raise _not(text, "a lane and its trams", "--trams", TRAMS)
    return name, Trams(told)


def line(text: str) -> LineOfCamera:
    name, rest = _named(text)
    if not name:
        raise _not(text, "a line", "--line", LINE)
    ends = _numbers(",".join(_points(rest)), 4, text, "--line", LINE)
    return LineOfCamera(name=name, points=((ends[0], ends[1]), (ends[2], ends[3])))


def edge(text: str) -> tuple[Pixel, Pixel]:
    """``x1,y1,x2,y2``; ``x,y`` alone is a point of the edge, which is enough where the vanishing point is given."""
    many = 2 if text.count(",") == 1 else 4
    told = _numbers(text, many, text, "--edge", EDGE)
    return (told[0], told[1]), (told[-2], told[-1])


def length(text: str) -> tuple[Pixel, Pixel, float]:
    px, equals, metres = text.partition("=")
    if not equals:
        raise _not(text, "a length", "--length", LENGTH)
    a = _numbers(px, 4, text, "--length", LENGTH)
    return (a[0], a[1]), (a[2], a[3]), _numbers(metres, 1, text, "--length", LENGTH)[0]


def pixel(text: str, option: str = "--vanishing", shape: str = VANISHING) -> Pixel:
    return _pair(text, text, option, shape)


def _named(text: str) -> tuple[str, str]:
    """Lanes of SUMO have colons in their names: the last one parts."""
    name, _, rest = text.rpartition(":")
    return name.strip(), rest


def _points(text: str) -> list[str]:
    return [part for part in re.split(r"[/;\s]+", text.strip()) if part]


def _pair(text: str, whole: str, option: str, shape: str) -> Pixel:
    x, y = _numbers(text, 2, whole, option, shape)
    return x, y


def _numbers(text: str, many: int, whole: str, option: str, shape: str) -> list[float]:
    parts = text.split(",")
    try:
        told = [float(part) for part in parts]
    except ValueError:
        odd = next(part for part in parts if not _is_number(part))
        raise BadInput(f"{odd.strip()!r} in {whole!r} is not a number", where=option, mend=shape) from None
    if len(told) != many:
        raise BadInput(f"{text!r} has {len(told)} numbers, {many} are needed" + ("" if text == whole else f", in {whole!r}"),
                       where=option, mend=shape)
    if not all(math.isfinite(v) and abs(v) <= 1e7 for v in told):
        raise BadInput(f"{whole!r} is out of all bounds", where=option, mend=shape)
    return told


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _not(text: str, what: str, option: str, shape: str) -> BadInput:
    return BadInput(f"{text!r} is not {what}", where=option, mend=shape)
