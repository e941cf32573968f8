"""Ed25519 keys (RFC 8032) as PEM files: the private one signs certificates and stays with its engineer, the public one is given
to posts and to the service."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signal_drivers.errors import CertificateRefused, OutputError

ID_LENGTH = 16
MAKE_ONE = "make one: mourour certificates key NAME"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key and what people call it. ``id`` begins the SHA-256 of its DER form, hexadecimal: what ``openssl pkey -pubin
    -outform DER | sha256sum`` prints."""

    id: str
    name: str
    public: Ed25519PublicKey

    def signed(self, content: bytes, signature: bytes) -> bool:
        try:
            self.public.verify(signature, content)
        except InvalidSignature:
            return False
        return True


def key_id(public: Ed25519PublicKey) -> str:
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:ID_LENGTH]


def make_keys(folder: Path, name: str, password: str | None = None) -> tuple[Path, Path, str]:
    """``NAME.key.pem``, which its owner alone can read, and ``NAME.pub.pem``; with the key's id. Raises :class:`OutputError`,
    also where there is such a file already: a key that is lost cannot be had again."""
    private = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption() if password is None else \
        serialization.BestAvailableEncryption(password.encode())
    secret = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    files = folder / f"{name}.key.pem", folder / f"{name}.pub.pem"
    there = next((f for f in files if f.exists()), None)
    if there is not None:
        raise OutputError("there is a key already", where=str(there), mend="choose another name, or move that one away")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file, content, mode in zip(files, (secret, public), (0o600, 0o644), strict=True):
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
                out.write(content)
    except OSError as error:
        raise OutputError(f"the key cannot be kept: {error.strerror or error}", where=str(folder),
                          mend="choose a folder that is writable") from error
    return *files, key_id(private.public_key())


def read_private(path: Path, password: Callable[[], str] | None = None) -> Ed25519PrivateKey:
    """``password`` is asked for where the key has one. Raises :class:`CertificateRefused`, also for a key that others can read:
    who has read it can sign in its owner's name."""
    content = _read(path, "private key")
    if b"PUBLIC KEY" in content:
        raise CertificateRefused("is a public key; signing needs the private one", where=str(path), mend="name the .key.pem")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise CertificateRefused("others than its owner can read the key", where=str(path), mend=f"chmod 600 {path}")
    try:
        secret = password().encode() if b"ENCRYPTED" in content and password is not None else None
        found = serialization.load_pem_private_key(content, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        why = "its password is wrong or was not given" if b"ENCRYPTED" in content else "is no private key in PEM form"
        raise CertificateRefused(why, where=str(path), mend=MAKE_ONE if b"ENCRYPTED" not in content else "try again") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise CertificateRefused("is a key of another kind, and no Ed25519 key", where=str(path), mend=MAKE_ONE)
    return found


def read_public(path: Path) -> TrustedKey:
    """Raises :class:`CertificateRefused`, also for a private key: none has any business where keys are only trusted."""
    content = _read(path, "public key")
    if b"PRIVATE KEY" in content:
        raise CertificateRefused("is a private key, which belongs on no post", where=str(path),
                                 mend="name the .pub.pem, and take the private key away")
    try:
        found = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateRefused("is no public key in PEM form", where=str(path), mend=MAKE_ONE) from None
    if not isinstance(found, Ed25519PublicKey):
        raise CertificateRefused("is a key of another kind, and no Ed25519 key", where=str(path), mend=MAKE_ONE)
    return TrustedKey(key_id(found), path.name.removesuffix(".pem").removesuffix(".pub"), found)


def _read(path: Path, kind: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CertificateRefused(f"no such {kind}", where=str(path), mend=MAKE_ONE) from None
    except OSError as error:
        raise CertificateRefused(f"cannot be read: {error.strerror or error}", where=str(path),
                                 mend="name a file that this user can read") from None
