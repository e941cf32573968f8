"""The link to each of a site's cabinets, with the post's papers."""

from __future__ import annotations

import ssl
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from controller.site.read import Site
from controller.site.site_model import CabinetPart
from signal_drivers.wire.link import Link

if TYPE_CHECKING:
    from signal_drivers.opcua.security import ClientSecurity


class Links:
    """Makes them. A Modbus cabinet may take ``timeout_s`` for an answer, an OPC UA one twice as long. Raises
    :class:`NotTrusted` for papers that cannot be used."""

    def __init__(self, site: Site, timeout_s: float = 1.0) -> None:
        self._site, self._timeout_s = site, timeout_s

    def to(self, cabinet: CabinetPart, *, published: bool = True) -> Link:
        """Where ``published``, an OPC UA cabinet sends what changes five times a period; else each report is asked for."""
        if cabinet.protocol == "modbus":
            from signal_drivers.modbus.link import ModbusLink

            return ModbusLink(cabinet.host, cabinet.port, timeout_s=self._timeout_s, tls=self._tls if cabinet.tls else None)
        from signal_drivers.opcua.link import OpcUaLink

        security = None if cabinet.insecure_for_tests else self._opcua
        return OpcUaLink(cabinet.host, cabinet.port, timeout_s=2 * self._timeout_s, security=security,
                         publish_s=self._site.said.period_s / 5 if published else None)

    def _papers(self) -> tuple[Path, Path, Path]:
        said = self._site.said.security
        assert said is not None
        return self._site.file(said.certificate), self._site.file(said.key), self._site.file(said.authority)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        from signal_drivers.modbus.security import client_context

        return client_context(*self._papers())

    @cached_property
    def _opcua(self) -> ClientSecurity:
        from signal_drivers.opcua.security import ClientSecurity, read_password

        said = self._site.said.security
        assert said is not None and said.password_file is not None
        return ClientSecurity(*self._papers(), said.user, read_password(self._site.file(said.password_file)))
