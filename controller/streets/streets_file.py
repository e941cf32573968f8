"""Streets files: a city's roads and turns as JSON, written by ``mourour scenario streets`` or by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from controller.json_source import MOST_FAULTS, inspect_json, source_of
from controller.plans.model import Name, Part
from controller.streets.model import Road, Turn, TurnSignal
from controller.streets.plane import LocalPlane, LonLat, metres_along, plane_around
from controller.yaml_source import Loc, read_text
from signal_drivers.errors import BadInput, InvalidValue, SiteError
from signal_drivers.ids import GroupId, JunctionId, LaneId

FORMAT = "1"
EXAMPLE = "start from a file that mourour scenario streets wrote"
CITY_M = 200_000.0
"""No city is larger; one that is has a point with longitude and latitude the wrong way round, or a digit too many."""
GAP_M = 300.0
"""No junction is larger: a turn's two roads end and begin this near each other."""

Degrees = tuple[Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
                Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)]]
Metres = Annotated[float, Field(gt=0, le=CITY_M, allow_inf_nan=False)]
Limit = Annotated[float, Field(ge=0.5, le=45, allow_inf_nan=False)]
"""m/s: 2 to 160 km/h, so that a limit written in km/h is seen for what it is."""


class RoadPart(Part):
    """A road in one direction. Without ``length_m`` its line is measured."""

    id: Name
    name: str = ""
    line: tuple[Degrees, ...] = Field(min_length=2)
    length_m: Metres | None = None
    speed_mps: Limit


class SignalPart(Part):
    """The signal of a turn."""

    junction: Name
    groups: tuple[Name, ...] = Field(min_length=1)
    lanes: tuple[Name, ...] = ()


class TurnPart(Part):
    """A turn that is allowed. Without ``length_m`` the gap between the roads is measured; without ``speed_mps`` the slower road's
    holds."""

    from_road: Name = Field(alias="from")
    to_road: Name = Field(alias="to")
    length_m: Annotated[float, Field(ge=0, le=2 * GAP_M, allow_inf_nan=False)] | None = None
    speed_mps: Limit | None = None
    line: tuple[Degrees, ...] = ()
    signal: SignalPart | None = None


class StreetsPart(Part):
    """The whole file."""

    mourour_streets: Literal["1"]
    title: str = ""
    attribution: str = ""
    roads: tuple[RoadPart, ...] = Field(min_length=1)
    turns: tuple[TurnPart, ...] = ()


@dataclass(frozen=True)
class Parts:
    """What a file that can be used says."""

    roads: tuple[Road, ...]
    turns: tuple[Turn, ...]
    title: str
    attribution: str


def streets_text(roads: Sequence[Road], turns: Sequence[Turn], title: str, attribution: str) -> str:
    """The file's text: one road or turn a line, so that two versions can be compared. Places to the centimetre."""
    def block(name: str, rows: list[dict[str, Any]]) -> str:
        return f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"

    head = ", ".join(f'"{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in
                     (("mourour_streets", FORMAT), ("title", title), ("attribution", attribution)))
    return "{\n" + ",\n".join([head, block("roads", list(map(_road, roads))), block("turns", list(map(_turn, turns)))]) + "\n}\n"


def _road(r: Road) -> dict[str, Any]:
    return {"id": r.id} | ({"name": r.name} if r.name else {}) | {"length_m": round(r.length_m, 3),
                                                                "speed_mps": round(r.speed_mps, 3), "line": _line(r.line)}


def _turn(t: Turn) -> dict[str, Any]:
    row: dict[str, Any] = {"from": t.from_road, "to": t.to_road, "length_m": round(t.length_m, 3),
                           "speed_mps": round(t.speed_mps, 3)}
    if t.line:
        row["line"] = _line(t.line)
    if t.signal is not None:
        row["signal"] = {"junction": t.signal.junction, "groups": list(t.signal.groups), "lanes": list(t.signal.lanes)}
    return row


def _line(line: Sequence[LonLat]) -> list[list[float]]:
    return [[round(p.lon, 7), round(p.lat, 7)] for p in line]


def read_parts(path: Path) -> tuple[Parts | None, list[BadInput]]:
    """What the file says, or everything that is wrong with it, each with its line. Raises :class:`SiteError` for a file that
    cannot be read at all."""
    text = read_text(path, "streets file", SiteError)
    said, faults = inspect_json(text, path.name, StreetsPart, EXAMPLE)
    if said is None:
        return None, faults
    roads, turns, wrong = _built(said)
    if wrong:
        source = source_of(text, path.name, EXAMPLE)
        return None, [source.refuse(*w) for w in wrong[:MOST_FAULTS]]
    return Parts(roads, turns, said.title, said.attribution), []


Fault = tuple[Loc, str, str]


def _built(said: StreetsPart) -> tuple[tuple[Road, ...], tuple[Turn, ...], list[Fault]]:
    plane = plane_around([p for part in said.roads for p in part.line])
    wrong: list[Fault] = []
    roads: dict[str, Road] = {}
    seen: set[str] = set()
    for i, part in enumerate(said.roads):
        if part.id in seen:
            wrong.append((("roads", i, "id"), f"road {part.id} is there twice", "give each its own id"))
            continue
        seen.add(part.id)
        try:
            roads[part.id] = _road_of(part, plane)
        except InvalidValue as error:
            wrong.append((("roads", i), f"{error.where}: {error.what}", error.mend or "mend that road"))
    turns: dict[tuple[str, str], Turn] = {}
    for i, told in enumerate(said.turns):
        ends = (told.from_road, told.to_road)
        unknown = [(key, name) for key, name in zip(("from", "to"), ends, strict=True) if name not in seen]
        wrong += [(("turns", i, key), f"no road is called {name!r}", "name one of its roads") for key, name in unknown]
        if ends in turns:
            wrong.append((("turns", i), f"the turn from {ends[0]} to {ends[1]} is there twice", "keep one of them"))
        if all(name in roads for name in ends):
            try:
                turns[ends] = _turn_of(told, roads, plane)
            except InvalidValue as error:
                wrong.append((("turns", i), f"{error.where}: {error.what}", error.mend or "mend that turn"))
    wide_m = _width_m(said, plane)
    if wide_m > CITY_M:
        wrong.append((("roads",), f"its roads lie {wide_m / 1000:,.0f} km apart",
                      "has a place its longitude and latitude the wrong way round?"))
    return tuple(roads.values()), tuple(turns.values()), wrong


def _width_m(said: StreetsPart, plane: LocalPlane) -> float:
    points = [plane.xy_m(lat, lon) for part in said.roads for lon, lat in part.line]
    return max(max(p[k] for p in points) - min(p[k] for p in points) for k in (0, 1))


def _road_of(part: RoadPart, plane: LocalPlane) -> Road:
    line = tuple(LonLat(*p) for p in part.line)
    own_m = metres_along([plane.xy_m(p.lat, p.lon) for p in line])[-1]
    road = Road(part.id, line, part.length_m if part.length_m is not None else own_m, part.speed_mps, part.name)
    if abs(own_m - road.length_m) > GAP_M / 10 and not 0.5 <= road.length_m / own_m <= 2.0:
        raise InvalidValue(f"its line is {own_m:,.0f} m long, its length_m {road.length_m:,.0f}", where=f"road {part.id}",
                           mend="correct one of them, or leave length_m out")
    return road


def _turn_of(part: TurnPart, roads: dict[str, Road], plane: LocalPlane) -> Turn:
    before, after = roads[part.from_road], roads[part.to_road]
    bend = [before.line[-1], *(LonLat(*p) for p in part.line), after.line[0]]
    points = [plane.xy_m(p.lat, p.lon) for p in bend]
    gap_m = math.dist(points[0], points[-1])
    if gap_m > GAP_M:
        raise InvalidValue(f"the one road ends {gap_m:,.0f} m from where the other begins",
                           where=f"turn from {part.from_road} to {part.to_road}", mend="are both lines in driving order?")
    signal = None
    if part.signal is not None:
        signal = TurnSignal(JunctionId(part.signal.junction), tuple(GroupId(g) for g in part.signal.groups),
                            tuple(LaneId(lane) for lane in part.signal.lanes))
    return Turn(part.from_road, part.to_road, metres_along(points)[-1] if part.length_m is None else part.length_m,
                min(before.speed_mps, after.speed_mps) if part.speed_mps is None else part.speed_mps, signal, tuple(bend[1:-1]))
