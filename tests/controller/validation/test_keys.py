"""Keys on the disk: the private one is its owner's alone, and each kind is refused in the other's place."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from controller.validation.keys import key_id, make_keys, read_private, read_public
from signal_drivers.errors import CertificateRefused, OutputError


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    return make_keys(tmp_path_factory.mktemp("keys") / "new", "sara")


def test_a_pair_signs_and_verifies(pair: tuple[Path, Path, str]) -> None:
    private, public, number = pair
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    key, trust = read_private(private), read_public(public)
    assert key_id(key.public_key()) == trust.id == number and len(number) == 16 and trust.name == "sara"
    signature = key.sign(b"what is signed")
    assert trust.signed(b"what is signed", signature) and not trust.signed(b"what is signeD", signature)


def test_a_key_is_never_written_over(pair: tuple[Path, Path, str]) -> None:
    before = pair[0].read_bytes()
    with pytest.raises(OutputError, match="there is a key already"):
        make_keys(pair[0].parent, "sara")
    assert pair[0].read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_one_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    private, _, _ = make_keys(tmp_path, "open")
    private.chmod(mode)
    with pytest.raises(CertificateRefused, match=f"chmod 600 {private}"):
        read_private(private)


def test_each_kind_is_refused_in_the_others_place(pair: tuple[Path, Path, str], tmp_path: Path) -> None:
    private, public, _ = pair
    with pytest.raises(CertificateRefused, match="belongs on no post"):
        read_public(private)
    copy = tmp_path / "copy.pem"
    copy.touch(0o600)
    copy.write_bytes(public.read_bytes())
    with pytest.raises(CertificateRefused, match="is a public key"):
        read_private(copy)


def test_what_is_no_key(tmp_path: Path) -> None:
    for reader in (read_private, read_public):
        with pytest.raises(CertificateRefused, match="make one: mourour certificates key"):
            reader(tmp_path / "none.pem")
        other = tmp_path / "other.pem"
        other.touch(0o600)
        other.write_text("no key at all")
        with pytest.raises(CertificateRefused, match="in PEM form"):
            reader(other)
    secret = X25519PrivateKey.generate()
    other.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    with pytest.raises(CertificateRefused, match="another kind"):
        read_private(other)
    other.write_bytes(secret.public_key().public_bytes(serialization.Encoding.PEM,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(CertificateRefused, match="another kind"):
        read_public(other)


def test_a_password_is_asked_for_where_there_is_one(tmp_path: Path) -> None:
    private, public, _ = make_keys(tmp_path, "locked", "long enough")
    assert key_id(read_private(private, lambda: "long enough").public_key()) == read_public(public).id
    for wrong in (lambda: "wrong", lambda: "", None):
        with pytest.raises(CertificateRefused, match="password is wrong or was not given"):
            read_private(private, wrong)
