"""Certificates for emulated cabinets and the centre that talks to them: an authority of one day, made when it is needed."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KEY_BITS = 2048
ROLE = x509.ObjectIdentifier("1.3.6.1.4.1.50316.802.1")
"""Where a Modbus/TCP Security certificate names its holder's role (Modbus/TCP Security specification, 8.3)."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Certificate and private key of one party, PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates into ``folder``; its own is ``authority.pem``."""

    def __init__(self, folder: Path, name: str = "mourour test authority") -> None:
        self._folder = folder
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        made = (x509.CertificateBuilder().subject_name(self._name).issuer_name(self._name).public_key(self._key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
                .not_valid_after(now + datetime.timedelta(days=30))
                .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                .add_extension(_usage(authority=True), critical=True)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
                .sign(self._key, hashes.SHA256()))
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, uri: str, *, hosts: Sequence[str] = ("127.0.0.1", "localhost"), days: float = 1.0,
              role: str = "") -> Papers:
        """Papers for ``name``, good for ``days`` from now (expired already where negative). ``uri`` is its OPC UA application
        URI."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        now = datetime.datetime.now(datetime.UTC)
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
        for host in hosts:
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
        builder = (x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
                   .issuer_name(self._name).public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=2)).not_valid_after(now + datetime.timedelta(days=days))
                   .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                   .add_extension(_usage(authority=False), critical=True)
                   .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                                  critical=False)
                   .add_extension(x509.SubjectAlternativeName(names), critical=False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False))
        if role:
            # DER of a UTF8String: tag 12, length, bytes.
            told = role.encode()
            builder = builder.add_extension(x509.UnrecognizedExtension(ROLE, bytes([12, len(told)]) + told), critical=False)
        papers = Papers(self._folder / f"{name}.pem", self._folder / f"{name}.key.pem")
        papers.certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        papers.key.touch(mode=0o600)
        papers.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                 serialization.NoEncryption()))
        return papers


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=True, content_commitment=not authority, key_encipherment=not authority,
                         data_encipherment=not authority, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
                         encipher_only=False, decipher_only=False)
