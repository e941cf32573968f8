"""Who calls: a token looked at, against the accounts as they are now."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from controller.service.accounts import Account, all_accounts
from controller.service.audit import Actor
from controller.service.problem import Kind, Problem, store_refused
from controller.service.roles import FRENCH, Role
from controller.service.store import Store
from controller.service.tokens import Claims, claims_of, read_token

REMEMBERED = 10_000
FRESH_S, STALE_S = 1.0, 30.0
"""Accounts are read again after the one: a disabled one is out no later. Where the database does not answer, what was read last
counts until the other."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and until when the token that said so is good."""

    name: str
    role: Role
    expires_s: float

    @property
    def actor(self) -> Actor:
        return Actor(self.name, self.role.value)


class BadToken(Problem):
    """``reason`` is for the log of commands alone; ``name`` is whose the token is, or claims to be."""

    def __init__(self, reason: str, name: str | None, detail: str, detail_fr: str) -> None:
        super().__init__(Kind.BAD_TOKEN, detail, detail_fr, where="Authorization",
                         headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        self.reason, self.name = reason, name


class Callers:
    """Accounts are few and tokens many: they are kept in memory, and read again now and then."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._store, self._key = store, key
        self._accounts: dict[str, Account] = {}
        self._read_s = float("-inf")
        self._good: dict[str, Claims] = {}

    def who(self, authorization: str | None, now_s: float) -> Caller:
        """Raises :class:`Problem` for no token, one that is not good, and one whose account has changed since."""
        if authorization is None:
            raise Problem(Kind.NO_TOKEN, "this needs a token: POST /token with name and password",
                          "un jeton est nécessaire : POST /token avec nom et mot de passe", where="Authorization")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise BadToken("another-scheme", None, "a bearer token is wanted", "un jeton « Bearer » est attendu")
        claims = self._claims(token.strip(), now_s)
        if claims is None:
            raise self._not_ours(token.strip())
        account = self._account(claims.name)
        if account is None or not account.enabled or account.version != claims.version:
            raise BadToken("ended-token", claims.name, "the account has been changed or disabled since",
                           "compte modifié ou désactivé depuis")
        return Caller(account.name, account.role, claims.expires_s)

    def _claims(self, token: str, now_s: float) -> Claims | None:
        """Positions come with the same token again and again: what was found good is good until it expires."""
        known = self._good.get(token)
        if known is not None and now_s < known.expires_s:
            return known
        claims = read_token(self._key, token, now_s)
        if claims is not None:
            if len(self._good) >= REMEMBERED:
                self._good.clear()
            self._good[token] = claims
        return claims

    def _not_ours(self, token: str) -> BadToken:
        signed, name = claims_of(self._key, token)
        return BadToken("expired-token" if signed else "forged-token", name, "the token is not ours, or has expired",
                        "jeton inconnu ou expiré")

    def role_of(self, name: str) -> Role | None:
        """None where there is no such account, or the database does not say."""
        try:
            account = self._account(name)
        except Problem:
            return None
        return account.role if account is not None else None

    def still(self, caller: Caller, now_s: float) -> bool:
        """Whether a stream that was opened long ago may go on."""
        account = self._account(caller.name)
        return now_s < caller.expires_s and account is not None and account.enabled and account.role is caller.role

    def _account(self, name: str) -> Account | None:
        now_s = time.monotonic()
        if now_s - self._read_s > FRESH_S:
            try:
                with self._store.reading() as connection:
                    self._accounts = all_accounts(connection)
                self._read_s = now_s
            except SQLAlchemyError as error:
                # Who was let in a moment ago may go on; for long, nobody is let in by what may have changed.
                if now_s - self._read_s > STALE_S:
                    raise store_refused(error) from error
        return self._accounts.get(name)


def forbidden(caller: Caller, roles: frozenset[Role]) -> Problem:
    wanted = sorted(roles)
    return Problem(Kind.FORBIDDEN, f"{caller.name} is {caller.role.value}; this is for {', '.join(wanted)}",
                   f"{caller.name} a le rôle {FRENCH[caller.role]} ; réservé à : {', '.join(FRENCH[r] for r in wanted)}",
                   where="role")
