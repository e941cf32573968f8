"""Modbus inside TLS, as the Modbus/TCP Security specification has it: 1.2 or newer, certificates on both sides."""

from __future__ import annotations

import ssl
from pathlib import Path

from signal_drivers.errors import NotTrusted


def client_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """For a centre that shows ``certificate`` and believes cabinets whose own ``authority`` signed, for the host it calls. Raises
    :class:`NotTrusted` for files that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load(context, certificate, key, authority)
    return context


def load(context: ssl.SSLContext, certificate: Path, key: Path, authority: Path) -> None:
    """Put papers into a context. Raises :class:`NotTrusted`, naming the file."""
    for file in (certificate, key, authority):
        if not file.is_file():
            raise NotTrusted("is not there", where=str(file), mend="name a PEM file")
    try:
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise NotTrusted(f"certificate and key cannot be used: {error}", where=str(certificate)) from error
    try:
        context.load_verify_locations(authority)
    except (ssl.SSLError, OSError) as error:
        raise NotTrusted(f"the authority's certificate cannot be used: {error}", where=str(authority)) from error
