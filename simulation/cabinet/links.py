"""The link that fits an emulated cabinet."""

from __future__ import annotations

from signal_drivers.wire.link import Link
from simulation.cabinet.seat import CabinetSpec, WireProtocol


def link_to(spec: CabinetSpec, *, detectors: bool = True, timeout_s: float = 5.0, publish_s: float | None = None) -> Link:
    """A link with the centre's papers; ``publish_s`` has an OPC UA cabinet publish that often instead of being asked."""
    if spec.protocol is WireProtocol.MODBUS:
        from signal_drivers.modbus.link import ModbusLink

        return ModbusLink(spec.host, spec.port, timeout_s=timeout_s, detectors=detectors,
                          tls=spec.access.tls_client() if spec.access else None)
    from signal_drivers.opcua.link import OpcUaLink

    return OpcUaLink(spec.host, spec.port, security=spec.access.opcua_client() if spec.access else None, timeout_s=timeout_s,
                     publish_s=publish_s, detectors=detectors)
