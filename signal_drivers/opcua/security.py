"""What a centre needs to be let in by a cabinet over OPC UA, and to know that it is that cabinet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from signal_drivers.errors import NotTrusted


@dataclass(frozen=True, slots=True)
class ClientSecurity:
    """Certificate, key and the authority that signs cabinets' certificates, as PEM or DER files; user name and password on top.
    The channel is always Basic256Sha256, signed and encrypted: nothing weaker can be asked for."""

    certificate: Path
    key: Path
    authority: Path
    user: str
    password: str
    application_uri: str = "urn:mourour:centre"


def read_password(file: Path) -> str:
    """The password that stands alone in a file. Raises :class:`NotTrusted` where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NotTrusted(f"the password cannot be read: {error.strerror or error}", where=str(file)) from error
