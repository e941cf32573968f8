"""A certificate holds for exactly what was signed: whatever is changed in it is refused, how it is written is no matter."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
from copy import deepcopy
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from controller.validation.canonical import canonical, digest, parsed
from controller.validation.certificate import Certificate, parse, read
from signal_drivers.errors import CertificateRefused
from tests.controller.validation.made import NOW_S, OTHER, SECRET, book, certificate, trusted

WHOLE = certificate(strategy="fixed", plans=book())
TEXT = WHOLE.text


def good(text: str, now_s: float = NOW_S) -> Certificate:
    found = parse(text, "town.json")
    found.check([trusted()], now_s)
    return found


def refused(text: str, now_s: float = NOW_S) -> str:
    with pytest.raises(CertificateRefused) as caught:
        good(text, now_s)
    assert "\n" not in str(caught.value) and caught.value.mend
    return str(caught.value)


def test_what_was_signed_is_good_and_comes_back_as_it_was() -> None:
    assert good(TEXT).body == WHOLE.body and good(TEXT).id == WHOLE.id and len(WHOLE.id) == 16
    assert WHOLE.check([trusted(OTHER), trusted()], NOW_S).name == "sara"


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_says_the_same(at: int, byte: int) -> None:
    content = bytearray(TEXT.encode())
    assume(content[at] != byte)
    content[at] = byte
    try:
        text = content.decode()
        found = good(text)
    except (UnicodeDecodeError, CertificateRefused):
        return
    # A space for a line's end, or a digit more behind the point: the value is what it was.
    assert found.signed == WHOLE.signed and found.signature == WHOLE.signature


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every single value of a body."""
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in places(v, (*path, k))]
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in places(v, (*path, i))]
    return [path]


BODY = json.loads(TEXT)["body"]
PLACES = places(BODY)


@given(st.sampled_from(PLACES), st.sampled_from(["another", "more", "gone"]))
def test_any_changed_value_is_refused(path: tuple[Any, ...], how: str) -> None:
    said = {"body": deepcopy(BODY), "signature": WHOLE.signature}
    inside: Any = said["body"]
    for part in path[:-1]:
        inside = inside[part]
    value = inside[path[-1]]
    if how == "gone":
        del inside[path[-1]]
    elif isinstance(value, bool) or value is None:
        inside[path[-1]] = not value
    elif isinstance(value, int | float):
        inside[path[-1]] = value + (1 if how == "more" else 0.001)
    else:
        inside[path[-1]] = value[:-1] + ("0" if value[-1] != "0" else "1") if how == "another" else value + "0"
    refused(json.dumps(said))


def test_every_kind_of_thing_is_among_what_is_changed() -> None:
    parts = {path[0] for path in PLACES}
    assert parts >= {"strategy", "plans", "network", "scenarios", "criteria", "runs", "versions", "valid_from", "valid_until",
                     "engineer", "key_id"}


@settings(max_examples=50)
@given(st.randoms(use_true_random=False), st.sampled_from([None, 1, 3, "\t"]), st.booleans())
def test_order_and_spaces_do_not_matter(dice: random.Random, indent: Any, ascii_only: bool) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            rows = list(value.items())
            dice.shuffle(rows)
            return {k: shuffled(v) for k, v in rows}
        return [shuffled(v) for v in value] if isinstance(value, list) else value

    assert good(json.dumps(shuffled(json.loads(TEXT)), indent=indent, ensure_ascii=ascii_only)).id == WHOLE.id


def test_another_key_is_refused_even_under_the_name_of_a_trusted_one() -> None:
    assert "is not trusted here" in refused(certificate(OTHER).text)
    said = json.loads(certificate(OTHER).text)
    said["body"]["key_id"] = trusted().id
    assert "changed since it was signed" in refused(json.dumps(said))


@given(st.floats(0.001, 1e8))
def test_its_time_has_a_beginning_and_an_end(seconds: float) -> None:
    begin, end = WHOLE.body.valid_from.timestamp(), WHOLE.body.valid_until.timestamp()
    assert "by the clock here it is" in refused(TEXT, begin - seconds)
    assert "expired on" in refused(TEXT, end + seconds) and "expired on" in refused(TEXT, end)
    good(TEXT, begin)
    good(TEXT, end - 0.001)


@given(st.integers(0, len(TEXT) - 3))
def test_one_that_was_cut_short_is_refused(length: int) -> None:
    refused(TEXT[:length])


@pytest.mark.parametrize(("text", "says"), [
    ("[]", "a body, a signature and nothing else"), ('{"body": {}, "signature": "00"}', "128 hexadecimal digits"),
    ('{"body": {}, "signature": "' + "0" * 128 + '"}', "is no certificate this program knows"),
    (TEXT.replace('"signature"', '"more": 1, "signature"'), "nothing else"), ("[" * 100_000, "nested too deep"),
    (TEXT.replace('"engineer": "sara"', '"engineer": "sara", "engineer": "omar"'), "stands twice"),
    (TEXT.replace("42.125", "NaN"), "NaN"), (TEXT.replace("42.125", "1e999"), "is no certificate"),
    (TEXT.upper(), "is no certificate"),
])
def test_what_is_no_certificate_is_said_in_one_line(text: str, says: str) -> None:
    assert says in refused(text)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(CertificateRefused, match="no such certificate"):
        read(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CertificateRefused, match="must be a UTF-8 text file"):
        read(tmp_path / "bytes.json")


values = st.recursive(st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.text(st.characters(exclude_categories=("Cs",)))
                      | st.floats(-1e15, 1e15), lambda v: st.lists(v) | st.dictionaries(st.text("abcé"), v), max_leaves=12)


@given(values)
def test_canonical_bytes_are_those_of_what_they_say(value: Any) -> None:
    assert canonical(parsed(canonical(value).decode())) == canonical(value)
    assert digest(value) == digest(json.loads(json.dumps(value)))


def test_whole_numbers_have_no_point() -> None:
    assert canonical({"b": 6.0, "a": [1, 0.5, -0.0, True, "é"]}) == '{"a":[1,0.5,0,true,"é"],"b":6}'.encode()
    with pytest.raises(ValueError):
        canonical(float("inf"))


@pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")
def test_openssl_agrees(tmp_path: Path) -> None:
    """An authority needs no program of ours."""
    key = SECRET.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "signature").write_bytes(bytes.fromhex(json.loads(TEXT)["signature"]))

    def verify(content: bytes) -> int:
        (tmp_path / "body").write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "body"]
        return subprocess.run([*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, check=False).returncode

    # What another program writes: keys in order, no spaces.
    written = json.dumps(json.loads(TEXT)["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert verify(written) == 0 and verify(written + b" ") != 0
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
    assert hashlib.sha256(der).hexdigest().startswith(trusted().id)

