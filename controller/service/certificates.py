"""Certificates of validation in the permanent archive, and the word of engineers who run without: kept, listed, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, exists, insert, select

from controller.service.audit import Audit
from controller.service.callers import Caller
from controller.service.problem import Kind, Problem
from controller.service.said import SaidCertificate, SaidOverrides
from controller.service.store import Store
from controller.service.tables import certificate_junctions, certificates, overrides
from controller.service.told import moment
from controller.service.writer import Writer
from controller.validation.certificate import Certificate
from controller.validation.enough import enough
from controller.validation.keys import TrustedKey, read_public
from signal_drivers.errors import CertificateRefused


class CertificateStatus(BaseModel):
    """A certificate that is kept (*certificat archivé*). ``valid``: its time has begun and is not over."""

    id: str
    strategy: str
    plans: list[str]
    junctions: list[str]
    scenarios: list[str]
    engineer: str
    key: str
    key_name: str
    validated_at: str
    valid_from: str
    valid_until: str
    valid: bool
    kept_at: str
    kept_by: str


class Certificates:
    """``keys`` are files of public keys. Raises :class:`CertificateRefused` for one that is none."""

    def __init__(self, store: Store, writer: Writer, audit: Audit, keys: Sequence[str], clock: Callable[[], float]) -> None:
        self._store, self._writer, self._audit, self._clock = store, writer, audit, clock
        self._trusted: list[TrustedKey] = [read_public(Path(k)) for k in keys]

    async def keep(self, said: SaidCertificate, caller: Caller) -> tuple[CertificateStatus, bool]:
        """The certificate as it is kept, and whether it is new. Raises :class:`Problem` for one that is not good."""
        now_s = self._clock()
        certificate, key = self._checked(said, now_s)
        body = certificate.body
        junctions = sorted(body.network.junctions)
        row = {"id": certificate.id, "strategy": body.strategy.name, "plans": _list(body.plans or ()),
               "scenarios": _list(s.name for s in body.scenarios), "engineer": body.engineer, "key": key.id,
               "key_name": key.name, "validated_s": body.validated_at.timestamp(), "valid_from_s": body.valid_from.timestamp(),
               "valid_until_s": body.valid_until.timestamp(), "kept_s": now_s, "by": caller.name, "text": certificate.text}

        def store(connection: Connection) -> bool:
            if connection.execute(select(certificates.c.id).where(certificates.c.id == certificate.id)).first() is not None:
                return False
            connection.execute(insert(certificates).values(**row))
            connection.execute(insert(certificate_junctions), [{"certificate": certificate.id, "junction": j} for j in junctions])
            self._audit.add(connection, now_s, caller.actor, "certificate.kept", certificate.id, {
                "strategy": row["strategy"], "junctions": len(junctions), "key": key.id,
                "until": moment(body.valid_until.timestamp())})
            return True

        new = await self._writer.do(store)
        return self.one(certificate.id), new

    def _checked(self, said: SaidCertificate, now_s: float) -> tuple[Certificate, TrustedKey]:
        try:
            certificate = Certificate(said.body, said.signature, "the certificate")
            if not self._trusted:
                raise certificate.refuse("this service trusts no key", "certificate_keys in its settings")
            key = certificate.check(self._trusted, now_s)
            short = enough(certificate.body, certificate.body.criteria)
            if short:
                raise certificate.refuse(f"does not meet its own criteria: {short}", "validate anew")
        except CertificateRefused as error:
            raise Problem(Kind.NOT_TRUSTED, f"{error.where}: {error.what}", f"certificat refusé : {error.what}",
                          where="body") from None
        return certificate, key

    def one(self, name: str) -> CertificateStatus:
        """Raises :class:`Problem` for one that is not kept here."""
        found = self.all(name=name)
        if not found:
            raise unknown(name)
        return found[0]

    def all(self, *, name: str | None = None, junction: str | None = None,
            strategy: str | None = None) -> list[CertificateStatus]:
        """The newest first."""
        query = select(certificates).order_by(certificates.c.kept_s.desc(), certificates.c.id)
        if name is not None:
            query = query.where(certificates.c.id == name)
        if strategy is not None:
            query = query.where(certificates.c.strategy == strategy)
        if junction is not None:
            query = query.where(exists().where(certificate_junctions.c.certificate == certificates.c.id,
                                               certificate_junctions.c.junction == junction))
        members = select(certificate_junctions)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
            if name is not None:
                members = members.where(certificate_junctions.c.certificate == name)
            places: dict[str, list[str]] = {}
            for member in connection.execute(members):
                places.setdefault(member.certificate, []).append(member.junction)
        return [self._told(row, sorted(places.get(row.id, ()))) for row in rows]

    def text(self, name: str) -> str:
        """The certificate itself. Raises :class:`Problem` for one that is not kept here."""
        with self._store.reading() as connection:
            found = connection.execute(select(certificates.c.text).where(certificates.c.id == name)).scalar()
        if found is None:
            raise unknown(name)
        return str(found)

    async def overridden(self, post: str, said: SaidOverrides, caller: Caller) -> None:
        """What a post runs by an engineer's word: a row of the archive and of the log of commands for each junction, once a start
        of the post."""
        now_s = self._clock()

        def store(connection: Connection) -> None:
            table = overrides.c
            known = set(connection.execute(select(table.junction).where(table.post == post, table.run == said.run)).scalars())
            for one in said.overrides:
                if one.junction in known:
                    continue
                known.add(one.junction)
                connection.execute(insert(overrides).values(
                    post=post, run=said.run, junction=one.junction, engineer=one.engineer, reason=one.reason, why=one.why,
                    until_s=one.until.timestamp(), time_s=now_s))
                self._audit.add(connection, now_s, caller.actor, "certificate.overridden", one.junction, {
                    "engineer": one.engineer, "reason": one.reason, "until": moment(one.until.timestamp()), "why": one.why})

        await self._writer.do(store)

    def _told(self, row: Any, junctions: list[str]) -> CertificateStatus:
        return CertificateStatus(
            id=row.id, strategy=row.strategy, plans=json.loads(row.plans), junctions=junctions,
            scenarios=json.loads(row.scenarios), engineer=row.engineer, key=row.key, key_name=row.key_name,
            validated_at=moment(row.validated_s), valid_from=moment(row.valid_from_s), valid_until=moment(row.valid_until_s),
            valid=row.valid_from_s <= self._clock() < row.valid_until_s, kept_at=moment(row.kept_s), kept_by=row.by)


def _list(names: Iterable[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)


def unknown(name: str) -> Problem:
    return Problem(Kind.UNKNOWN, f"no certificate {name!r} is kept here", f"aucun certificat {name!r} n'est archivé ici",
                   where="certificate")
