"""The cabinet contract over OPC UA."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, TypeVar

from asyncua import Client, ua
from asyncua.common.subscription import DataChangeEvent, Subscription
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.crypto.validator import CertificateValidatorOptions

from signal_drivers.errors import CabinetError, NotTrusted, Unreachable
from signal_drivers.opcua.model import (
    CLOCK_CALL,
    HURRY_CALL,
    IDENTITY,
    NAMESPACE,
    NO_CALL,
    OBJECT,
    STAGE_CALL,
    STANDING,
    VARIABLES,
    Method,
    to_identity,
    to_report,
)
from signal_drivers.opcua.patience import patience
from signal_drivers.opcua.security import ClientSecurity
from signal_drivers.opcua.trust import NOT_TRUSTED, validator
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Identity, Report

WATCH_S = 30.0
"""How often the library asks whether the server lives: seldom, since a report that does not come says so at once."""
_T = TypeVar("_T")

logging.getLogger("asyncua").setLevel(logging.CRITICAL)
"""It logs every lost connection with a traceback; whoever uses this link is told by an exception."""


class OpcUaLink:
    """One cabinet at ``host:port``. With ``publish_s`` the cabinet sends what changes that often and :meth:`report` hands out
    what has come; without, each report is one block read. ``security`` None speaks in clear and as nobody, for tests only: no
    cabinet should let that in.
    """

    def __init__(self, host: str, port: int, *, security: ClientSecurity | None, timeout_s: float = 2.0,
                 publish_s: float | None = None, detectors: bool = True) -> None:
        self._host, self._port, self._security = host, port, security
        self._timeout_s, self._publish_s = timeout_s, publish_s
        self._variables = tuple(v for v in VARIABLES if detectors or v.each != "detector")
        self._nothing: dict[str, list[Any]] = {} if detectors else {v.name: [] for v in VARIABLES if v.each == "detector"}
        self._client: Client | None = None
        self._values: dict[str, Any] = {}
        self._hearing: asyncio.Task[None] | None = None

    @property
    def where(self) -> str:
        return f"opc.tcp://{self._host}:{self._port}"

    async def open(self) -> Identity:
        await self.close()
        client = Client(self.where, timeout=self._timeout_s, watchdog_intervall=WATCH_S)
        client.name = "mourour"
        try:
            async with patience(4 * self._timeout_s):
                await self._secure(client)
                await client.connect(auto_reconnect=False)
                self._client = client
                index = await client.get_namespace_index(NAMESPACE)
                self._object = client.get_node(ua.NodeId(OBJECT, index))
                self._methods = {m: ua.NodeId(f"{OBJECT}.{m.name}", index)
                                 for m in (STANDING, STAGE_CALL, HURRY_CALL, CLOCK_CALL)}
                self._nodes = [client.get_node(ua.NodeId(f"{OBJECT}.{v.name}", index)) for v in self._variables]
                names = [name for name, _, _ in IDENTITY]
                told = await client.read_values([client.get_node(ua.NodeId(f"{OBJECT}.{name}", index)) for name in names])
                await self._read()
                if self._publish_s is not None:
                    await self._subscribe(client, self._publish_s)
        except (ua.UaError, OSError, TimeoutError, ValueError) as error:
            if self._client is None:
                client.disconnect_socket()
            await self.close()
            raise self._reason(error) from error
        return to_identity(dict(zip(names, told, strict=True)))

    async def _secure(self, client: Client) -> None:
        security = self._security
        if security is None:
            return
        client.application_uri = security.application_uri
        client.certificate_validator = validator(security.authority, CertificateValidatorOptions.PEER_SERVER)
        client.set_user(security.user)
        client.set_password(security.password)
        await client.set_security(SecurityPolicyBasic256Sha256, security.certificate, security.key,
                                  mode=ua.MessageSecurityMode.SignAndEncrypt)

    async def _subscribe(self, client: Client, publish_s: float) -> None:
        subscription = await client.create_subscription(1000 * publish_s, queue_maxsize=10 * len(self._variables))
        await subscription.subscribe_data_change(self._nodes)
        self._hearing = asyncio.create_task(self._hear(subscription))

    async def _hear(self, subscription: Subscription) -> None:
        """Take in what the cabinet publishes. All of one message is in the queue before the first of it is taken out, and taking
        from a queue that is not empty lets nobody else run: a report is never half of one message and half of the next."""
        names = {node.nodeid: v.name for node, v in zip(self._nodes, self._variables, strict=True)}
        async for event in subscription:
            if isinstance(event, DataChangeEvent):
                self._values[names[event.node.nodeid]] = event.value

    async def _read(self) -> None:
        assert self._client is not None
        told = await self._client.read_values(self._nodes)
        # What was published before this was read is taken in before it, not after.
        for _ in range(3):
            await asyncio.sleep(0)
        self._values = {v.name: value for v, value in zip(self._variables, told, strict=True)}

    async def report(self, *, whole: bool = False) -> Report:
        if self._client is None:
            raise Unreachable("is not connected", where=self.where)
        if self._hearing is None:
            await self._good(self._read())
        elif self._hearing.done():
            await self.close()
            raise Unreachable("its subscription ended", where=self.where)
        report = to_report(self._values | self._nothing)
        return report if whole else replace(report, clock_ms=0)

    def latest(self) -> Report | None:
        """What has been published so far."""
        if self._hearing is None or self._hearing.done():
            return None
        return replace(to_report(self._values | self._nothing), clock_ms=0)

    async def standing(self, standing: Standing) -> None:
        ages = [NO_CALL if age is None else 1 + age for age in standing.call_age_ms]
        await self._call(STANDING, standing.heartbeat, int(standing.wanted), standing.plan, ages)

    async def stage_call(self, call: StageCall) -> None:
        await self.force_call(call.sequence, 1 << call.stage - 1, call.issued_ms, call.life_ms)

    async def force_call(self, sequence: int, force: int, issued_ms: int, life_ms: int) -> None:
        """A stage call with any ``force`` bits, for whoever tests that a cabinet refuses all but one."""
        await self._call(STAGE_CALL, sequence, force, issued_ms, life_ms)

    async def hurry_call(self, call: HurryCall) -> None:
        await self._call(HURRY_CALL, call.sequence, call.stage, call.level, call.issued_ms, call.life_ms)

    async def clock_call(self, call: ClockCall) -> None:
        await self._call(CLOCK_CALL, call.sequence, call.clock_ms)

    async def _call(self, method: Method, *values: Any) -> None:
        if self._client is None:
            raise Unreachable("is not connected", where=self.where)
        arguments = [ua.Variant(value, ua.VariantType[a.kind], is_array=a.array)
                     for a, value in zip(method.arguments, values, strict=True)]
        answer = await self._good(self._object.call_method(self._methods[method], *arguments))
        if not isinstance(answer, int):
            await self.close()
            raise Garbled(f"{method.name} answers {answer!r}")

    async def _good(self, work: Awaitable[_T]) -> _T:
        try:
            async with patience(self._timeout_s):
                return await work
        except (ua.UaError, OSError, TimeoutError, ValueError) as error:
            await self.close()
            raise self._reason(error) from error

    def _reason(self, error: Exception) -> CabinetError:
        if isinstance(error, ua.UaStatusCodeError):
            name = ua.status_codes.get_name_and_doc(error.code)
            if error.code in NOT_TRUSTED:
                return NotTrusted(f"is not trusted or does not trust us: {name[1]}", where=self.where,
                                  mend="look at certificate, authority, user and password on both sides")
            return Unreachable(f"answers {name[0]}: {name[1]}", where=self.where)
        if isinstance(error, ssl.SSLError):
            return NotTrusted(str(error), where=self.where)
        if isinstance(error, TimeoutError):
            return Unreachable(f"no answer within {self._timeout_s:g} s", where=self.where,
                               mend="check host and port, and that the cabinet is on")
        if isinstance(error, ua.UaError) and "No matching endpoints" in str(error):
            return NotTrusted("offers no encrypted channel of policy Basic256Sha256", where=self.where,
                              mend="switch it on in the cabinet")
        what = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__} {error}".strip()
        return Unreachable(f"nobody answers: {what}", where=self.where, mend="check host and port, and that the cabinet is on")

    async def close(self) -> None:
        hearing, self._hearing = self._hearing, None
        client, self._client = self._client, None
        if hearing is not None:
            hearing.cancel()
        if client is not None:
            try:
                async with patience(self._timeout_s):
                    await client.disconnect()
            except (ua.UaError, OSError, TimeoutError, ValueError):
                client.disconnect_socket()
