"""A station as an OPC UA server: the published information model with a control unit behind it."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.validator import CertificateValidatorOptions
from asyncua.server.internal_server import InternalServer

from signal_drivers.errors import RunFailed
from signal_drivers.opcua.model import (
    CLOCK_CALL,
    HURRY_CALL,
    IDENTITY,
    METHODS,
    NO_CALL,
    OBJECT,
    STAGE_CALL,
    STANDING,
    VARIABLES,
    Method,
)
from signal_drivers.opcua.trust import validator
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing, Wanted
from signal_drivers.wire.report import Answer
from simulation.cabinet.mischief import Mischief
from simulation.cabinet.opcua_nodes import nodes_of_one
from simulation.cabinet.opcua_transport import serve
from simulation.cabinet.station import Station

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class ServerSecurity:
    """Papers of the cabinet, the authority whose clients it lets in, and the one user it knows."""

    certificate: Path
    key: Path
    authority: Path
    user: str
    password: str
    application_uri: str


class _Users:
    """Lets in the one user, by password; nobody where there is none to ask for."""

    def __init__(self, security: ServerSecurity | None) -> None:
        self._security = security

    def get_user(self, iserver: Any, username: str | None = None, password: str | None = None,
                 certificate: Any = None) -> User | None:
        s = self._security
        if s is None:
            return User(role=UserRole.User)
        if username != s.user or not hmac.compare_digest((password or "").encode(), s.password.encode()):
            return None
        return User(role=UserRole.User, name=username)


class OpcUaStation:
    """Serves one station at ``host:port``, by default to nobody who is not signed, encrypted and known; ``security`` None lets
    anybody in, for tests. :meth:`refresh` publishes a new report."""

    def __init__(self, station: Station, host: str, port: int, *, security: ServerSecurity | None) -> None:
        self.station, self.host, self.port, self._security = station, host, port, security
        self.mischief = Mischief()
        self._server: Server | None = None
        self._written: dict[str, Any] = {}
        self._ids: dict[str, ua.NodeId] = {}

    async def start(self) -> None:
        """Raises :class:`RunFailed` where the address cannot be had."""
        security = self._security
        inner = InternalServer(user_manager=_Users(security))
        index = await nodes_of_one(inner)
        server = Server(inner)
        uri = security.application_uri if security else f"urn:mourour:cabinet:{self.port}"
        await server.set_application_uri(uri)
        server.set_server_name(f"mourour cabinet {self.station.unit.junction.id}")
        server.set_endpoint(f"opc.tcp://{self.host}:{self.port}")
        if security is None:
            server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
            server.set_identity_tokens([ua.AnonymousIdentityToken])
        else:
            await server.load_certificate(security.certificate)
            await server.load_private_key(security.key)
            server.set_certificate_validator(validator(security.authority, CertificateValidatorOptions.PEER_CLIENT))
            server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
            server.set_identity_tokens([ua.UserNameIdentityToken])
        self._ids = {name: ua.NodeId(f"{OBJECT}.{name}", index) for name in
                     [*(n for n, _, _ in IDENTITY), *(v.name for v in VARIABLES), *(m.name for m in METHODS)]}
        methods: dict[Method, Callable[..., Any]] = {STANDING: self._standing, STAGE_CALL: self._stage, HURRY_CALL: self._hurry,
                                                     CLOCK_CALL: self._clock}
        for method, do in methods.items():
            server.link_method(server.get_node(self._ids[method.name]), _called(do))
        self._server = server
        who = self.station.identity
        told = (who.map_version, who.checksum, who.groups, who.stages, who.detectors, who.plans, who.name)
        for (name, kind, _), value in zip(IDENTITY, told, strict=True):
            await self._write(name, ua.Variant(value, ua.VariantType[kind]))
        await self.refresh()
        try:
            await serve(server, self.mischief)
        except OSError as error:
            raise RunFailed("the address cannot be listened at", where=f"{self.host}:{self.port}",
                            mend="is another fleet running there? choose another --port") from error

    async def stop(self) -> None:
        if self._server is not None:
            self.mischief.clear()
            await self._server.stop()
            self._server = None

    async def _write(self, name: str, value: ua.Variant) -> None:
        assert self._server is not None
        await self._server.iserver.aspace.write_attribute_value(self._ids[name], ua.AttributeIds.Value, ua.DataValue(value))

    async def refresh(self) -> None:
        """Make a report and write what is new in it."""
        report = self.station.report()
        for v in VARIABLES:
            value = v.get(report)
            if self._written.get(v.name) != value:
                self._written[v.name] = value
                await self._write(v.name, ua.Variant(value, ua.VariantType[v.kind], is_array=bool(v.each)))

    async def _standing(self, heartbeat: int, wanted: int, plan: int, ages: list[int] | None) -> Answer:
        told = tuple(None if age == NO_CALL else age - 1 for age in ages or ())
        return self.station.standing(Standing(heartbeat, Wanted(wanted), plan, told))

    async def _stage(self, sequence: int, force: int, issued_ms: int, life_ms: int) -> Answer:
        stage = force.bit_length() if force and not force & (force - 1) else 0
        answer = self.station.stage_call(StageCall(sequence, stage, issued_ms, life_ms))
        await self.refresh()
        return answer

    async def _hurry(self, sequence: int, stage: int, level: int, issued_ms: int, life_ms: int) -> Answer:
        answer = self.station.hurry_call(HurryCall(sequence, stage, level, issued_ms, life_ms))
        await self.refresh()
        return answer

    async def _clock(self, sequence: int, clock_ms: int) -> Answer:
        answer = self.station.clock_call(ClockCall(sequence, clock_ms))
        await self.refresh()
        return answer


def _called(do: Callable[..., Any]) -> Callable[..., Any]:
    """A method as asyncua calls it: the object's id first, variants in and out, a status code where it cannot be."""
    async def call(parent: ua.NodeId, *arguments: ua.Variant) -> Any:
        try:
            answer = await do(*(a.Value for a in arguments))
        except (ValueError, TypeError):
            return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
        return [ua.Variant(int(answer), ua.VariantType.UInt16)]
    return call


