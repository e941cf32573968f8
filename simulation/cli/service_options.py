"""Options and files that the commands around the service share."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signal_drivers.errors import BadInput

if TYPE_CHECKING:
    from controller.service.audit import Audit
    from controller.service.store import Store

DataOption = Annotated[Path | None, typer.Option(
    "--data", metavar="DIR", envvar="MOUROUR_DATA", help="Where the service keeps its secret, and its database unless "
    "DATABASE_URL names one.")]


UrlOption = Annotated[str | None, typer.Option("--url", metavar="URL", help="The service; MOUROUR_URL, that of the last login, "
                                               "or this machine's if not given.")]


def data_folder(said: Path | None) -> Path:
    if said is not None:
        return said
    from platformdirs import user_data_path

    return user_data_path("mourour") / "service"


@contextmanager
def opened(said: Path | None) -> Iterator[tuple[Store, Audit]]:
    """The service's database and its log of commands, from this machine."""
    from simulation.cli.extras import need

    need("serve")
    from controller.service.secret_file import read_secret
    from controller.service.service import audit_of
    from controller.service.store import Store

    folder = data_folder(said)
    audit = audit_of(read_secret(folder))
    store = Store(folder)
    try:
        yield store, audit
    finally:
        store.close()


def ask_password(name: str, *, twice: bool) -> str:
    """Typed unseen at a terminal, or the first line of standard input. Raises :class:`BadInput` for two that differ and none."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(f"Password of {name} · mot de passe : ")
        if twice and getpass.getpass("Once more · encore une fois : ") != password:
            raise BadInput("the two passwords differ", where=f"account {name}", mend="type it again")
    if not password:
        raise BadInput("no password was given", where=f"account {name}", mend="type it, or put it on standard input")
    return password
