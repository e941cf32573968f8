"""Names of sources: what each is taken for, and that no password is ever shown."""

from __future__ import annotations

import os
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SourceError
from detectors.video.kinds import Kind, named, shown_address


@pytest.mark.parametrize(("text", "kind", "address", "shown"), [
    ("0", Kind.USB, "0", "camera 0"),
    (" 12 ", Kind.USB, "12", "camera 12"),
    ("/dev/video3", Kind.USB, "3", "/dev/video3"),
    ("rtsp://10.0.0.5/a", Kind.STREAM, "rtsp://10.0.0.5/a", "rtsp://10.0.0.5/a"),
    ("RTSP://Cam:8554/a?u=x&p=geheim", Kind.STREAM, "RTSP://Cam:8554/a?u=x&p=geheim", "RTSP://Cam:8554/a"),
    ("rtsp://op:secret@cam/a", Kind.STREAM, "rtsp://op:secret@cam/a", "rtsp://op:***@cam/a"),
    ("rtsp://op@[::1]:554/a", Kind.STREAM, "rtsp://op@[::1]:554/a", "rtsp://op@[::1]:554/a"),
    ("udp://:5000", Kind.STREAM, "udp://:5000", "udp://:5000"),
    ("udp://@239.0.0.1:5000", Kind.STREAM, "udp://@239.0.0.1:5000", "udp://@239.0.0.1:5000"),
])
def test_taken_for(text: str, kind: Kind, address: str, shown: str) -> None:
    source = named(text)
    assert (source.kind, source.address, source.shown) == (kind, address, shown)


@pytest.mark.parametrize(("text", "said"), [
    ("", "no source is named"), ("  ", "no source is named"),
    ("nothing.mp4", "there is no such file or folder"), ("~nobody-here/a.mp4", "cannot be read"),
    ("a\0b.mp4", ""), ("x" * 5000, ""), ("/dev/null", "is neither a file nor a folder"),
    ("rtsp://", "names no host"), ("rtsp:///stream", "names no host"), ("ftp://host/a.mp4", "streams by ftp:// are not known"),
    ("rtsp://host:99999/a", "is not an address"), ("rtsp://[::1/a", "is not an address"), ("://x", "are not known"),
    ("file:///nothing%20here.mp4", "there is no such file or folder"),
])
def test_what_cannot_be_a_source(text: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        named(text)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_files_by_address_and_pipes_that_would_block(tmp_path: Path) -> None:
    film = tmp_path / "a film.mp4"
    film.write_bytes(b"x")
    assert named(f"file://{quote(str(film))}").address == str(film)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        named(str(tmp_path / "pipe"))


SECRET = "Geheim9"


@given(st.sampled_from(["rtsp", "http", "ftp", "nonsense"]),
       st.text(string.ascii_letters + string.digits + "/:?#[]%@&= é", max_size=6),
       st.text(string.ascii_letters + string.digits + "/:?#[]%@&= é", max_size=6),
       st.text("abcü._-", max_size=5), st.sampled_from(["host", "10.0.0.5:554", "[::1]:8554", "", "h:x"]),
       st.sampled_from(["", "/", "/a/b", f"/a?password={SECRET}"]))
def test_a_password_is_never_shown(scheme: str, before: str, after: str, user: str, host: str, path: str) -> None:
    text = f"{scheme}://{user}:{before}{SECRET}{after}@{host}{path}"
    try:
        source = named(text)
        told = f"{source.shown} {source!r}"
    except SourceError as error:
        told = f"{error} {error!r}"
    assert SECRET not in told and SECRET not in shown_address(text)
