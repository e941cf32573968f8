"""Logging in: a name and a password against a token, with a limit on wrong ones that outlives a restart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from controller.service.accounts import Account
from controller.service.audit import Actor, Audit
from controller.service.passwords import LONGEST, is_password, nobodys_hash
from controller.service.problem import Kind, Problem
from controller.service.roles import Role
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import login_failures, users
from controller.service.tokens import make_token
from controller.service.writer import Writer

WAITING = 50
"""Logins that may wait for each other."""


@dataclass(frozen=True, slots=True)
class Attempt:
    name: str
    password: str
    address: str


class Login:
    """Hashes are reckoned one at a time, in a thread: they are slow on purpose, and positions must not wait for them."""

    def __init__(self, store: Store, writer: Writer, audit: Audit, key: bytes, settings: ServiceSettings) -> None:
        self._store, self._writer, self._audit, self._key, self._settings = store, writer, audit, key, settings
        self._one, self._waiting = asyncio.Semaphore(1), 0

    async def token(self, attempt: Attempt, now_s: float) -> tuple[str, Account]:
        """Raises :class:`Problem` for a wrong name or password, and where there have been too many."""
        if self._waiting >= WAITING:
            raise _locked(60.0)
        self._waiting += 1
        try:
            return await self._next(attempt, now_s)
        finally:
            self._waiting -= 1

    async def _next(self, attempt: Attempt, now_s: float) -> tuple[str, Account]:
        # In one go, or many attempts at once would all be within the limit.
        async with self._one:
            wait_s = await asyncio.to_thread(self._locked_s, attempt, now_s)
            if wait_s > 0:
                raise _locked(wait_s)
            account = await asyncio.to_thread(self._account, attempt)
            if account is None:
                await self._writer.do(lambda c: self._failed(c, attempt, now_s))
                raise Problem(Kind.BAD_LOGIN, "there is no account of that name with that password",
                              "aucun compte de ce nom avec ce mot de passe", where="username")
        await self._writer.do(lambda c: self._succeeded(c, attempt, account, now_s))
        return make_token(self._key, account.name, account.version, now_s, self._settings.token_s), account

    def _account(self, attempt: Attempt) -> Account | None:
        with self._store.reading() as connection:
            row = connection.execute(select(users).where(users.c.name == attempt.name)).first()
        hashed = row.password_hash if row is not None else nobodys_hash()
        good = len(attempt.password) <= LONGEST and is_password(hashed, attempt.password)
        if row is None or not good or not row.enabled:
            return None
        return Account(row.name, Role(row.role), row.version, row.enabled)

    def _locked_s(self, attempt: Attempt, now_s: float) -> float:
        """Seconds until there may be another attempt."""
        said, table = self._settings, login_failures.c
        since_s = now_s - said.failures_in_s
        limits = ((said.failures_each, (table.name == attempt.name, table.address == attempt.address)),
                  (said.failures_address, (table.address == attempt.address,)),
                  (said.failures_name, (table.name == attempt.name,)))
        wait_s = 0.0
        with self._store.reading() as connection:
            for at_most, which in limits:
                times = connection.execute(select(table.time_s).where(table.time_s > since_s, *which)
                                           .order_by(table.time_s.desc()).limit(at_most)).scalars().all()
                if len(times) == at_most:
                    wait_s = max(wait_s, times[-1] - since_s)
        return wait_s

    def _failed(self, connection: Connection, attempt: Attempt, now_s: float) -> None:
        connection.execute(insert(login_failures).values(name=attempt.name, address=attempt.address, time_s=now_s))
        table = login_failures.c
        count = connection.execute(select(func.count()).where(
            table.name == attempt.name, table.address == attempt.address,
            table.time_s > now_s - self._settings.failures_in_s)).scalar_one()
        if count == self._settings.failures_each:
            # Of names that are no account's one may be a password typed in the wrong place.
            known = connection.execute(select(users.c.name).where(users.c.name == attempt.name)).scalar()
            name = attempt.name if known is not None else "?"
            self._audit.add(connection, now_s, Actor(name, ""), "login.locked", name, {"address": attempt.address})

    def _succeeded(self, connection: Connection, attempt: Attempt, account: Account, now_s: float) -> None:
        table = login_failures.c
        connection.execute(delete(login_failures).where(table.name == attempt.name, table.address == attempt.address))
        self._audit.add(connection, now_s, Actor(account.name, account.role.value), "login", account.name,
                        {"address": attempt.address})


def _locked(wait_s: float) -> Problem:
    minutes = max(1, round(wait_s / 60))
    return Problem(Kind.LOCKED, f"too many wrong passwords; try again in {minutes} min",
                   f"trop de mots de passe incorrects ; réessayez dans {minutes} min", where="username",
                   headers={"Retry-After": str(int(wait_s) + 1)})
