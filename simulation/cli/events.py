"""``mourour events``: what the event log says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signal_drivers.errors import BadInput
from simulation.cli.choices import JsonOption
from simulation.cli.console import put_json, say

if TYPE_CHECKING:
    from controller.archive.book import Entry
    from controller.archive.event import Event
    from controller.archive.query import Count, Search

SHOWN = 200
"""Rows of the table where no limit is given."""


def events(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that events are written to.")],
    begin: Annotated[str | None, typer.Option("--from", metavar="T", help="From this moment on: 2026-11-26, 2026-11-26T07:30 or "
                                              "with a zone, 2026-11-26T07:30+01:00. UTC where none is said.")] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="Before this moment.")] = None,
    junction: Annotated[list[str] | None, typer.Option("--junction", "--device", metavar="N", help="Of this junction only: its "
                                                       "number, its id or its name; may be repeated.")] = None,
    code: Annotated[list[str] | None, typer.Option(metavar="N|NAME", help="Of this kind only: 1, phase-begin-green, guard-veto; "
                                                   "may be repeated.")] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="With this somewhere in the detail.")] = "",
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help=f"At most so many, the first ones; {SHOWN} in a table and "
                                              "all of them elsewhere if not given.")] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Count by junction and kind.")] = False,
    json: JsonOption = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them here, with the columns of the log.")] = None,
) -> None:
    """Look into the event log: what happened at which junction, when. A log that is being written can be read too.

    *Consulter le journal des événements.*

    Examples:

        mourour events /var/lib/mourour/events --from 2026-11-26T07:30 --junction 12 --code phase-begin-green
        mourour events events --code guard-veto --text "minimum green"
        mourour events events --from 2026-11-26 --until 2026-11-27 --summary
        mourour events events --junction "Place Zellaqa" --csv zellaqa.csv
    """
    if summary and csv is not None:
        raise BadInput("counts are not written to a file", where="--csv", mend="leave out --summary, or take --json")
    from simulation.cli.extras import need

    need("archive")
    from controller.archive.book import read_books
    from controller.archive.query import Search, counts, find

    books = read_books(folder)
    search = Search(_moment(begin, "--from"), _moment(until, "--until"), tuple(_device(word, books) for word in junction or ()),
                    tuple(_code(word) for word in code or ()), text)
    if summary:
        _put_counts(counts(folder, search), books, json)
        return
    plain = not json and csv is None
    most = limit or (SHOWN if plain else None)
    found = find(folder, _limited(search, None if most is None else most + 1))
    more, found = most is not None and len(found) > most, found[:most]
    if csv is not None:
        _write_csv(found, csv)
    if json:
        put_json({"events": [_as_dict(e, books) for e in found], "more": more, **({"file": str(csv)} if csv else {})})
    elif csv is not None:
        say(f"{len(found)} events: {csv}")
    else:
        _put_table(found, books)
        if more:
            say(f"[dim]· the first {most}; there are more (--limit, --from, --csv)[/dim]")


def _limited(search: Search, limit: int | None) -> Search:
    from dataclasses import replace

    return replace(search, limit=limit)


def _moment(text: str | None, where: str) -> float | None:
    """Seconds since 1970 UTC. Raises :class:`BadInput` for what is no moment."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadInput(f"{text!r} is not a time", where=where, mend="for example 2026-11-26T07:30") from None


def _device(word: str, books: dict[int, Entry]) -> int:
    if word.isdecimal() and int(word) < 2**31:
        return int(word)
    found = [n for n, entry in books.items() if word in (entry.junction, entry.name)]
    found = found or [n for n, entry in books.items() if word.lower() in entry.name.lower()]
    if len(found) != 1:
        raise BadInput(f"{word!r} is {'no junction' if not found else 'more than one junction'} of the log", where="--junction",
                       mend="give its number; --summary lists them")
    return found[0]


def _code(word: str) -> int:
    from difflib import get_close_matches

    from controller.archive.codes import Code, code_of

    number = code_of(word)
    if number is None:
        names = [name.lower().replace("_", "-") for name in Code.__members__]
        near = get_close_matches(word.lower(), names, n=1, cutoff=0.4)
        raise BadInput(f"{word!r} is no kind of event", where="--code", mend=f"did you mean {near[0]}?" if near else
                       "give its number or a name such as phase-begin-green")
    return number


def _time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _called(device: int, books: dict[int, Entry]) -> str:
    entry = books.get(device)
    return f"{device} {entry.name or entry.junction}" if entry else str(device)


def _meant(event: Event, books: dict[int, Entry]) -> str:
    """The parameter, with the group or lane it stands for where the log says."""
    from controller.archive.names import CHANNEL, PHASE, name_of

    entry, kind = books.get(event.device), name_of(event.code).parameter
    of = {PHASE: entry.phases, CHANNEL: entry.lanes}.get(kind, ()) if entry else ()
    place = event.parameter % 100 if kind == CHANNEL else event.parameter
    return f"{event.parameter} {of[place - 1]}" if 1 <= place <= len(of) else str(event.parameter)


def _as_dict(event: Event, books: dict[int, Entry]) -> dict[str, Any]:
    from controller.archive.names import name_of

    entry = books.get(event.device)
    return {"time": _time(event.time_s), "device": event.device, "junction": entry.junction if entry else None,
            "code": event.code, "name": name_of(event.code).english, "parameter": event.parameter, "detail": event.detail}


def _put_table(found: list[Event], books: dict[int, Entry]) -> None:
    from rich.markup import escape

    from controller.archive.names import name_of

    rows = []
    for e in found:
        name = name_of(e.code)
        rows.append([_time(e.time_s), _called(e.device, books), str(e.code), name.english, name.french, _meant(e, books),
                     e.detail])
    _table(("time (UTC)", "junction", "code", "event", "événement", "of", "detail"), [[escape(c) for c in row] for row in rows])


def _put_counts(found: list[Count], books: dict[int, Entry], json: bool) -> None:
    from rich.markup import escape

    from controller.archive.names import name_of

    if json:
        put_json({"counts": [{"device": c.device, "code": c.code, "name": name_of(c.code).english, "events": c.events,
                              "first": _time(c.first_s), "last": _time(c.last_s)} for c in found]})
        return
    _table(("junction", "code", "event", "événement", "number", "first (UTC)", "last (UTC)"),
           [[escape(_called(c.device, books)), str(c.code), name_of(c.code).english, name_of(c.code).french, str(c.events),
             _time(c.first_s), _time(c.last_s)] for c in found])


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> None:
    from rich.table import Table

    from simulation.cli.console import console

    if not rows:
        say("no such events · aucun événement")
        return
    table = Table(box=None, pad_edge=False)
    for name in heads:
        table.add_column(name, justify="right" if name in ("code", "number") else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def _write_csv(found: list[Event], path: Path) -> None:
    from csv import writer
    from io import StringIO

    from simulation.whole_file import write_whole

    text = StringIO()
    put = writer(text, lineterminator="\n")
    put.writerow(("TimeStamp", "DeviceId", "EventId", "Parameter", "Detail"))
    put.writerows((_time(e.time_s).removesuffix("Z"), e.device, e.code, e.parameter, e.detail) for e in found)
    write_whole(path, text.getvalue().encode(), "the list of events")
