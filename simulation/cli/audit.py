"""``mourour audit ...``: is the log of commands whole?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from signal_drivers.errors import BadInput, RunFailed
from simulation.cli.choices import JsonOption
from simulation.cli.console import put_json, say
from simulation.cli.service_options import DataOption, opened

if TYPE_CHECKING:
    from controller.service.anchor import Anchor

app = typer.Typer(no_args_is_help=True, help="The log of commands. *Journal des commandes.*")


@app.callback()
def root() -> None:
    """The log of commands."""


@app.command("verify")
def verify(
    data: DataOption = None,
    expect: Annotated[str | None, typer.Option(metavar="ROWS:HASH", help="What an earlier verification said; the log must go on "
                                               "from there.")] = None,
    json: JsonOption = False,
) -> None:
    """Walk the log of commands from its first row and say where it was tampered with, if anywhere.

    Every row holds the hash of the one before it; the end is sealed with the service's secret, and noted in a file beside it. The
    last line may be put on paper and given to the next verification. Exit code 1 where something is wrong.

    *Vérifier le journal des commandes : première ligne modifiée, supprimée ou ajoutée, s'il y en a une.*

    Examples:

        mourour audit verify
        mourour audit verify --expect 1204:9f2c...
    """
    with opened(data) as (store, audit):
        from controller.service.audit_check import check_audit

        noted = store.anchor.read()
        anchors = [a for a in (noted, _expected(expect)) if a is not None]
        with store.snapshot() as connection:
            verdict = check_audit(connection, audit.key, tuple(anchors))
        where = store.where
        unanchored = noted is None and verdict.rows > 0
    if json:
        put_json({"good": verdict.good, "rows": verdict.rows, "hash": verdict.hash, "row": verdict.row, "what": verdict.what,
                  "anchor_file": not unanchored})
    elif verdict.good:
        say(f"good: {verdict.rows} rows · {verdict.rows} lignes, intact")
        if unanchored:
            say(f"[yellow]![/yellow] no anchor file at {store.anchor.path}: an older copy of the whole database would pass")
        typer.echo(f"{verdict.rows}:{verdict.hash}")
    if not verdict.good:
        raise RunFailed(f"row {verdict.row}: {verdict.what}", where=where,
                        mend="the rows before it are good; compare with a backup")


def _expected(said: str | None) -> Anchor | None:
    if said is None:
        return None
    from controller.service.anchor import Anchor

    rows, _, last = said.partition(":")
    if not rows.isdecimal() or len(last) != 64:
        raise BadInput(f"{said!r} is not ROWS:HASH", where="--expect", mend="copy the line that mourour audit verify printed")
    return Anchor(int(rows), last.lower())
