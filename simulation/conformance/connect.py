"""The cabinet that is meant: its junction, its address and the papers for it, from options or from a site file."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.opcua.security import read_password
from simulation.conformance.observer import TestableLink


@dataclass(frozen=True)
class Papers:
    """Files a cabinet is shown and judged by; which are needed depends on the protocol."""

    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    user: str = ""
    password_file: Path | None = None

    def files(self, what: str) -> tuple[Path, Path, Path]:
        """Certificate, key and authority. Raises :class:`BadInput` for one that is not named or not there."""
        found = []
        for option, file in (("--certificate", self.certificate), ("--key", self.key), ("--authority", self.authority)):
            if file is None:
                raise BadInput(f"{what} needs it", where=option, mend="name a PEM file")
            if not file.is_file():
                raise BadInput(f"there is no file {file}", where=option, mend="name a PEM file")
            found.append(file)
        return found[0], found[1], found[2]

    def password(self) -> str:
        """Raises :class:`BadInput` where there is none."""
        if self.password_file is None or not self.user:
            raise BadInput("OPC UA cabinets ask for a user and a password", where="--user, --password-file",
                           mend="name both; the password stands in a file of its own")
        return read_password(self.password_file)


def from_network(network: Path, junction: str) -> Junction:
    """The junction of a network file. Raises :class:`BadInput`."""
    from controller.site.network_file import read_network

    return _named(read_network(network).junctions, junction, network.name)


def link_at(protocol: str, host: str, port: int, papers: Papers, *, tls: bool, insecure: bool) -> TestableLink:
    """A link by options. Raises :class:`BadInput` for papers that are missing and :class:`NotTrusted` for bad ones."""
    if protocol == "modbus":
        from signal_drivers.modbus.link import ModbusLink
        from signal_drivers.modbus.security import client_context

        return ModbusLink(host, port, tls=client_context(*papers.files("Modbus inside TLS")) if tls else None)
    from signal_drivers.opcua.link import OpcUaLink
    from signal_drivers.opcua.security import ClientSecurity

    if tls:
        raise BadInput("OPC UA encrypts by itself", where="--tls", mend="leave it out")
    security = None if insecure else ClientSecurity(*papers.files("OPC UA"), papers.user, papers.password())
    return OpcUaLink(host, port, security=security)


def from_site(site: Path, junction: str) -> tuple[Junction, TestableLink, str]:
    """Junction, link and host by a site file. Raises :class:`BadInput`."""
    from controller.daemon.links import Links
    from controller.site.read import read_site

    read = read_site(site)
    cabinet = read.cabinets.get(JunctionId(junction))
    found = _named({j: read.network.junctions[j] for j in read.cabinets}, junction, site.name)
    assert cabinet is not None
    return found, cast(TestableLink, Links(read).to(cabinet, published=False)), cabinet.host


def _named(junctions: dict[JunctionId, Junction] | object, junction: str, where: str) -> Junction:
    known = cast("dict[JunctionId, Junction]", junctions)
    found = known.get(JunctionId(junction))
    if found is None:
        raise BadInput(f"no junction is called {junction!r}", where=where,
                       mend=f"name one of {', '.join(list(known)[:4])}{', ...' if len(known) > 4 else ''}")
    return found


def loopback(host: str) -> bool:
    """Whether the cabinet is on this machine: an emulator."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
