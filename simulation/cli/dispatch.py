"""``mourour dispatch ...``: emergencies from the command line, against a running service."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from signal_drivers.errors import BadInput
from simulation.cli.choices import JsonOption
from simulation.cli.console import put_json, say
from simulation.cli.service_client import Client, address, keep_token
from simulation.cli.service_options import UrlOption

app = typer.Typer(no_args_is_help=True, help="Emergencies: ask for green waves, follow them, call them off. "
                                             "*Urgences : demander, suivre, annuler une vague verte.*")
Id = Annotated[str, typer.Argument(metavar="ID", help="The emergency's id.")]


class ClassChoice(StrEnum):
    ambulance = "ambulance"
    fire = "fire"
    police = "police"


@app.command("login")
def login(name: Annotated[str, typer.Argument(metavar="NAME", help="An account of role dispatch.")],
          url: UrlOption = None) -> None:
    """Log in; the token is kept where only you can read it, for a quarter of an hour. MOUROUR_TOKEN goes before it.

    *Se connecter ; le jeton est gardé un quart d'heure.*

    Examples:

        mourour dispatch login samu --url https://feux.casablanca.example
    """
    from simulation.cli.service_options import ask_password

    _need()
    where = address(url)
    said = {"username": name, "password": ask_password(name, twice=False)}
    told = Client(where, anonymous=True).ask("POST", "/token", data=said)
    path = keep_token(where, told["access_token"], told["expires_in"])
    say(f"{name}: {told['role']}, {told['expires_in'] // 60} min. {path}")


@app.command("start")
def start(
    vehicle: Annotated[str, typer.Option(help="Who drives, as its crew calls it.")],
    origin: Annotated[str | None, typer.Option("--from", metavar="PLACE", help="LON,LAT or a junction's id.")] = None,
    destination: Annotated[str | None, typer.Option("--to", metavar="PLACE", help="LON,LAT or a junction's id.")] = None,
    route: Annotated[Path | None, typer.Option(metavar="FILE", help="A GeoJSON LineString to follow, instead of --from and "
                                                                    "--to.")] = None,
    kind: Annotated[ClassChoice, typer.Option("--class", help="Who goes first where two meet: ambulance, fire, police.")]
    = ClassChoice.ambulance,
    priority: Annotated[int, typer.Option(min=0, max=14, help="14 the most urgent.")] = 7,
    departs_in: Annotated[float | None, typer.Option(metavar="S", min=0, help="Seconds until it sets off: signals near its "
                                                     "station are prepared before there is a position.")] = None,
    expires_in: Annotated[float, typer.Option(metavar="MIN", min=1, help="Minutes after which it ends by itself.")] = 30.0,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Your own id for it; the service makes one if not given.")] = None,
    url: UrlOption = None, json: JsonOption = False,
) -> None:
    """Ask for a green wave. Signals are turned green once there are positions of the vehicle, or before with --departs-in.

    *Demander une vague verte. Les feux passent au vert dès que des positions arrivent, ou avant avec --departs-in.*

    Examples:

        mourour dispatch start --vehicle "SAMU 12" --from -7.6331,33.5883 --to zellaqa --priority 12
        mourour dispatch start --vehicle "SAMU 14" --from zellaqa --to barathon --departs-in 45
        mourour dispatch start --vehicle "Pompiers 3" --class fire --route way.geojson
    """
    _need()
    now_s = time.time()
    said: dict[str, Any] = {"vehicle": vehicle, "class": kind.value, "priority": priority, "sent_at": _iso(now_s),
                            "expires_at": _iso(now_s + 60 * expires_in), "nonce": secrets.token_hex(12)}
    if departs_in is not None:
        said["departs_at"] = _iso(now_s + departs_in)
    if id is not None:
        said["id"] = id
    if route is not None:
        said["route"] = _line(route)
    for key, option, text in (("origin", "--from", origin), ("destination", "--to", destination)):
        if text is not None:
            said[key] = _place(text, option)
    told = Client(address(url)).ask("POST", "/emergencies", json=said)
    _put(told, json)


@app.command("position", context_settings={"ignore_unknown_options": True})
def position(
    id: Id, place: Annotated[str, typer.Argument(metavar="LON,LAT", help="Where the vehicle is.")],
    speed: Annotated[float | None, typer.Option(metavar="MPS", help="m/s.")] = None,
    heading: Annotated[float | None, typer.Option(metavar="DEG", help="Clockwise from north.")] = None,
    accuracy: Annotated[float | None, typer.Option(metavar="M", help="Of the position.")] = None,
    url: UrlOption = None, json: JsonOption = False,
) -> None:
    """Say where the vehicle is now. *Donner la position du véhicule.*

    Examples:

        mourour dispatch position A-118 -7.6293,33.5887 --speed 14
    """
    _need()
    lon_lat = _place(place, "LON,LAT")
    if isinstance(lon_lat, dict):
        raise BadInput(f"{place!r} is no position", where="LON,LAT", mend="for example -7.6293,33.5887")
    said = {"lon": lon_lat[0], "lat": lon_lat[1], "time": _iso(time.time()), "speed_mps": speed, "heading_deg": heading,
            "accuracy_m": accuracy}
    told = Client(address(url)).ask("POST", f"/emergencies/{_quoted(id)}/positions", json=said)
    if json:
        put_json(told)
    else:
        say(f"{id}: {told['at_m']:.0f} m along its way, {told['off_m']:.0f} m off it")


@app.command("cancel")
def cancel(
    id: Id,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; needed where another account asked for it.")] = None,
    url: UrlOption = None, json: JsonOption = False,
) -> None:
    """Call an emergency off; everything that is held for it is released. *Annuler une urgence.*

    Examples:

        mourour dispatch cancel A-118
        mourour dispatch cancel A-118 --reason "patient driven by another crew"
    """
    _need()
    params = {"reason": reason} if reason is not None else {}
    _put(Client(address(url)).ask("DELETE", f"/emergencies/{_quoted(id)}", params=params), json)


@app.command("show")
def show(id: Annotated[str | None, typer.Argument(metavar="[ID]", help="All under way if not given.")] = None,
         url: UrlOption = None, json: JsonOption = False) -> None:
    """Show emergencies, their signals and when each will be reached. *Afficher les urgences et leurs heures de passage.*"""
    _need()
    client = Client(address(url))
    if id is not None:
        _put(client.ask("GET", f"/emergencies/{_quoted(id)}"), json)
        return
    told = client.ask("GET", "/emergencies")
    if json:
        put_json(told)
        return
    if not told["emergencies"]:
        say("no emergencies · aucune urgence")
    for one in told["emergencies"]:
        _put(one, False)


@app.command("watch")
def watch(id: Annotated[str | None, typer.Argument(metavar="[ID]", help="All of them if not given.")] = None,
          url: UrlOption = None,
          json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as they come.")] = False) -> None:
    """Follow emergencies live, until they are over or you press Ctrl-C. *Suivre en direct.*

    Examples:

        mourour dispatch watch A-118
        mourour dispatch watch --json | jq .state
    """
    _need()
    client = Client(address(url))
    path = "/events" if id is None else f"/emergencies/{_quoted(id)}/stream"
    put: Callable[[Any], None] = _put_line if json else _put_short
    for name, data in client.events(path):
        if name == "emergency" or (json and name in ("position", "route")):
            put(data)
        elif name == "token-over":
            raise BadInput("your token has expired", where="mourour dispatch", mend="mourour dispatch login NAME")


def _need() -> None:
    from simulation.cli.extras import need

    need("serve")


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat()


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _place(text: str, option: str) -> list[float] | dict[str, str]:
    """``LON,LAT`` in degrees, or a junction. Raises :class:`BadInput` for degrees that are none."""
    parts = text.split(",")
    if len(parts) != 2:
        return {"junction": text}
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        return {"junction": text}
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise BadInput(f"{text} is nowhere on Earth", where=option, mend="LON,LAT in degrees, for example -7.6293,33.5887")
    return [lon, lat]


def _line(path: Path) -> Any:
    """A LineString, or a feature that is one."""
    from json import loads

    try:
        said = loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(path), mend="a GeoJSON file with one LineString") from None
    if isinstance(said, dict) and said.get("type") == "Feature":
        said = said.get("geometry")
    if not isinstance(said, dict) or said.get("type") != "LineString":
        raise BadInput("has no LineString", where=str(path), mend="a GeoJSON file with one LineString")
    return {"type": "LineString", "coordinates": [p[:2] for p in said.get("coordinates") or [] if isinstance(p, list)]}


def _put(told: dict[str, Any], json: bool) -> None:
    if json:
        put_json(told)
        return
    from rich.markup import escape
    from rich.table import Table

    from simulation.cli.console import console

    _put_short(told)
    if not told["junctions"]:
        return
    table = Table("junction", "m", "arrival · passage", "", "queue", box=None, pad_edge=False)
    for j in told["junctions"]:
        when = "passed · franchi" if j["passed"] else _clock(j["arrival"])
        table.add_row(escape(j["junction"]), f"{j['distance_m']:.0f}", when, j["arrival_from"],
                      "" if j["queue_veh"] is None else str(j["queue_veh"]))
    console().print(table)


def _put_short(told: dict[str, Any]) -> None:
    from rich.markup import escape

    left = [j for j in told["junctions"] if not j["passed"]]
    more = f", next {left[0]['junction']} {_clock(left[0]['arrival'])}" if left and left[0]["arrival"] else ""
    why = f" ({told['why']})" if told["why"] else ""
    say(escape(f"{told['id']} {told['vehicle']}: {told['state']} · {told['state_fr']}{why}, "
               f"{len(left)} of {len(told['junctions'])} signals ahead{more}"))


def _clock(moment: str | None) -> str:
    """Time of day on this machine's clock."""
    return f"{datetime.fromisoformat(moment).astimezone():%H:%M:%S}" if moment else ""


def _put_line(told: dict[str, Any]) -> None:
    from json import dumps

    typer.echo(dumps(told, ensure_ascii=False))
