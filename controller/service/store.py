"""The database: SQLite beside the secret unless ``DATABASE_URL`` names a PostgreSQL. What was acknowledged is on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from controller.service.anchor import AnchorFile
from controller.service.audit import WRITTEN
from controller.service.problem import first_line
from controller.service.tables import meta, metadata
from signal_drivers.errors import BadInput, RunFailed

VARIABLE = "DATABASE_URL"
FILE = "mourour.sqlite"
LAYOUT = "1"
"""Of the tables; a database with another is refused."""
BUSY_MS = 10_000
FOLD_PAGES = 10_000
"""Pages (4 KiB) of the log before they are folded into the database: whoever commits then waits for both to be on the disk. By
default that would be every other second under load."""


class Store:
    """Open it, read it, write it. Writes of one process should go through one thread (:mod:`controller.service.writer`); other
    processes, such as ``mourour users``, wait for each other at the database.

    Raises :class:`BadInput` for an address that is none, and :class:`RunFailed` where the database cannot be had.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        url = url or os.environ.get(VARIABLE) or f"sqlite:///{folder / FILE}"
        self.anchor = AnchorFile(folder)
        self.engine = _engine(url, folder)
        self.where = self.engine.url.render_as_string(hide_password=True)
        self._writes = self.engine.execution_options(mourour_writes=True)
        try:
            with self.engine.begin() as connection:
                metadata.create_all(connection)
            self._check_layout()
        except SQLAlchemyError as error:
            self.engine.dispose()
            raise RunFailed(f"the database cannot be opened: {first_line(error)}", where=self.where,
                            mend=f"is it there, and writable? {VARIABLE} names another") from error

    def _check_layout(self) -> None:
        with self.engine.connect() as connection:
            found = connection.execute(select(meta.c.value).where(meta.c.key == "layout")).scalar()
        if found is None:
            try:
                with self.writing() as connection:
                    connection.execute(insert(meta).values(key="layout", value=LAYOUT))
            except IntegrityError:
                # Another process was first.
                return
        elif found != LAYOUT:
            raise BadInput(f"its tables have layout {found}, this program knows {LAYOUT}", where=self.where,
                           mend="use the program that made it, or another database")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Reading, all of it as it was at one moment: SQLite does so by itself."""
        same = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect().execution_options(**same) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: everything in it is on the disk behind the ``with``, or nothing is."""
        with self._writes.begin() as connection:
            connection.info.pop(WRITTEN, None)
            yield connection
            written = connection.info.pop(WRITTEN, None)
        if written is not None:
            self.anchor.write(written)

    def close(self) -> None:
        self.engine.dispose()


def _engine(text: str, folder: Path) -> Engine:
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadInput("is no address of a database", where=VARIABLE,
                       mend="for example postgresql://mourour:...@127.0.0.1/mourour") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _own_file(url.database)
        engine = create_engine(url)
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begins)
        return engine
    if url.drivername != "postgresql+psycopg":
        raise BadInput(f"{url.drivername} is not known here", where=VARIABLE, mend="sqlite or postgresql")
    try:
        return create_engine(url, pool_pre_ping=True)
    except ImportError:
        raise BadInput("the PostgreSQL driver is not installed", where=VARIABLE, mend="pip install 'mourour[serve]'") from None


def _own_file(name: str | None) -> None:
    """A new database is its owner's alone, from the beginning: there are hashes of passwords in it."""
    try:
        if name:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise RunFailed(f"the database cannot be made: {error.strerror or error}", where=name,
                        mend="name another folder with --data") from error


def _sqlite_connected(connection: Any, record: Any) -> None:
    # Transactions are begun below, and not by the driver when it thinks best.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", f"wal_autocheckpoint={FOLD_PAGES}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _sqlite_begins(connection: Connection) -> None:
    # A transaction that begins by reading could not go on to write if another has written meanwhile.
    writes = connection.get_execution_options().get("mourour_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
