"""Who may speak to a fleet of emulated cabinets, and with which papers."""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signal_drivers.opcua.security import ClientSecurity
    from simulation.cabinet.opcua_server import ServerSecurity

CABINET_URI, CENTRE_URI = "urn:mourour:cabinet:emulated", "urn:mourour:centre"
USER = "post"


@dataclass(frozen=True, slots=True)
class FleetAccess:
    """Files in one folder, and the password of the one user. All cabinets of a fleet share their papers: each its own would only
    take longer to make."""

    folder: Path
    password: str

    @classmethod
    def made(cls, folder: Path) -> FleetAccess:
        """New papers in ``folder``, and a password nobody has used before."""
        from simulation.cabinet.certificates import Authority

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = Authority(folder)
        authority.issue("cabinet", CABINET_URI, days=30)
        authority.issue("centre", CENTRE_URI, days=30, role="operator")
        return cls(folder, secrets.token_urlsafe(24))

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def centre(self) -> tuple[Path, Path]:
        """Certificate and key of the centre."""
        return self.folder / "centre.pem", self.folder / "centre.key.pem"

    def opcua_server(self) -> ServerSecurity:
        from simulation.cabinet.opcua_server import ServerSecurity

        return ServerSecurity(self.folder / "cabinet.pem", self.folder / "cabinet.key.pem", self.authority, USER, self.password,
                              CABINET_URI)

    def opcua_client(self) -> ClientSecurity:
        from signal_drivers.opcua.security import ClientSecurity

        certificate, key = self.centre
        return ClientSecurity(certificate, key, self.authority, USER, self.password, CENTRE_URI)

    def tls_server(self) -> ssl.SSLContext:
        from simulation.cabinet.modbus_server import server_context

        return server_context(self.folder / "cabinet.pem", self.folder / "cabinet.key.pem", self.authority)

    def tls_client(self) -> ssl.SSLContext:
        from signal_drivers.modbus.security import client_context

        certificate, key = self.centre
        return client_context(certificate, key, self.authority)
