"""Accounts: made and changed by whoever sits at the machine, never over the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from controller.service.audit import AT_THE_MACHINE, Audit
from controller.service.passwords import check_password, hash_password
from controller.service.roles import Role
from controller.service.tables import users
from signal_drivers.errors import BadInput

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MEND = "see mourour users list"


@dataclass(frozen=True, slots=True)
class Account:
    """Tokens are good while their version is the account's: a new password, or being disabled, ends all of them."""

    name: str
    role: Role
    version: int
    enabled: bool


def all_accounts(connection: Connection) -> dict[str, Account]:
    rows = connection.execute(select(users.c.name, users.c.role, users.c.version, users.c.enabled).order_by(users.c.name))
    return {r.name: _account(r) for r in rows}


def _account(row: Any) -> Account:
    return Account(row.name, Role(row.role), row.version, row.enabled)


def add_account(connection: Connection, audit: Audit, name: str, role: Role, password: str, now_s: float) -> None:
    """Raises :class:`BadInput` for a name that is none or is taken, and for a password that is too easy."""
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r} cannot be an account's name", where="name", mend="letters, digits, - and _, at most 64")
    taken = connection.execute(select(users.c.name).where(func.lower(users.c.name) == name.lower())).scalar()
    if taken is not None:
        raise BadInput(f"there is an account {taken} already", where=f"account {name}", mend="choose another name, or "
                       f"mourour users password {taken}")
    check_password(password, name)
    connection.execute(insert(users).values(name=name, role=role.value, password_hash=hash_password(password), version=1,
                                            enabled=True, created_s=now_s, changed_s=now_s))
    audit.add(connection, now_s, AT_THE_MACHINE, "account.added", name, {"role": role.value})


def change_password(connection: Connection, audit: Audit, name: str, password: str, now_s: float) -> None:
    """All tokens of the account end."""
    known = _known(connection, name)
    check_password(password, name)
    connection.execute(update(users).where(users.c.name == name).values(password_hash=hash_password(password),
                                                                        version=known.version + 1, changed_s=now_s))
    audit.add(connection, now_s, AT_THE_MACHINE, "account.password", name)


def enable(connection: Connection, audit: Audit, name: str, on: bool, now_s: float) -> None:
    """Disabling ends all tokens of the account. The last admin stays."""
    known = _known(connection, name)
    if known.enabled == on:
        raise BadInput(f"it is {'enabled' if on else 'disabled'} already", where=f"account {name}", mend=MEND)
    admins = [a for a in all_accounts(connection).values() if a.role is Role.ADMIN and a.enabled]
    if not on and known in admins and len(admins) == 1:
        raise BadInput("it is the last admin", where=f"account {name}", mend="add another one first")
    connection.execute(update(users).where(users.c.name == name).values(enabled=on, version=known.version + 1, changed_s=now_s))
    audit.add(connection, now_s, AT_THE_MACHINE, "account.enabled" if on else "account.disabled", name)


def _known(connection: Connection, name: str) -> Account:
    row = connection.execute(select(users.c.name, users.c.role, users.c.version, users.c.enabled)
                             .where(users.c.name == name).with_for_update()).first()
    if row is None:
        raise BadInput("there is no such account", where=f"account {name}", mend=MEND)
    return _account(row)


def need_admin(connection: Connection) -> None:
    """Raises :class:`BadInput` where nobody could see to accounts: a service without an admin is not started."""
    if not any(a.role is Role.ADMIN and a.enabled for a in all_accounts(connection).values()):
        raise BadInput("there is no admin account yet, and none by default", where="mourour serve",
                       mend="mourour users add NAME --role admin")
