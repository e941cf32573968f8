"""What a user may call a source of images, and which kind each is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from detectors.errors import SourceError

STREAMS = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")
LISTENING = ("udp", "tcp", "srt")
"""What is sent to us; ``udp://:5000`` names no host."""
IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")


class Kind(StrEnum):
    FILE = "file"
    STREAM = "stream"
    USB = "usb"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Named:
    """``kind`` of a source and ``address`` by which it is opened; ``shown`` is the address without its password."""

    kind: Kind
    address: str = field(repr=False)
    shown: str


def named(source: str) -> Named:
    """Which source is meant: ``0`` or ``/dev/video0`` a USB camera, ``rtsp://…`` a stream, else a file or a folder.

    Raises :class:`SourceError` for what cannot be one.
    """
    text = source.strip()
    if not text:
        raise SourceError("no source is named", where="SOURCE",
                          mend="a video file, an image folder, rtsp://… or a camera's number")
    if text.isdecimal():
        return Named(Kind.USB, text, f"camera {text}")
    if text.startswith("/dev/video") and text[10:].isdecimal():
        return Named(Kind.USB, text[10:], text)
    if "://" in text:
        return _stream(text)
    return _place(text)


def _place(text: str) -> Named:
    try:
        # Absolute, since FFmpeg takes what stands before a colon in a bare file name for a protocol.
        path = Path(text).expanduser().absolute()
        if path.is_dir():
            images_in(str(path))
            return Named(Kind.FOLDER, str(path), text)
        if not path.exists():
            raise SourceError("there is no such file or folder", where=text,
                              mend="check the path; a stream begins with rtsp:// or http://")
        if not path.is_file():
            raise SourceError("is neither a file nor a folder", where=text, mend="a camera is named by its number or /dev/video0")
        if path.stat().st_size == 0:
            raise SourceError("the file is empty", where=text, mend="copy it anew from the camera")
        with path.open("rb"):
            return Named(Kind.FILE, str(path), text)
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=text) from None


def images_in(folder: str) -> list[Path]:
    """The images of ``folder`` in the order of their numbers. Raises :class:`SourceError` where there are none."""
    found = sorted((p for p in Path(folder).iterdir() if p.suffix.lower() in IMAGES and p.name[0] != "." and p.is_file()),
                   key=_numbered)
    if not found:
        raise SourceError("the folder holds no images", where=folder, mend=f"put files there that end in {', '.join(IMAGES)}")
    return found


def _numbered(path: Path) -> list[tuple[int, int, str]]:
    """``9.jpg`` before ``10.jpg``: runs of digits compare as numbers."""
    parts: list[tuple[int, int, str]] = []
    word = ""
    for char in path.name:
        # str.isdecimal takes digits of other scripts too, and int reads those.
        if char.isdecimal() != word.isdecimal() and word:
            parts.append((0, int(word), "") if word.isdecimal() else (1, 0, word))
            word = ""
        word += char
    parts.append((0, int(word), "") if word.isdecimal() else (1, 0, word))
    return parts


def _stream(text: str) -> Named:
    shown = shown_address(text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        # Its own words would quote the password.
        raise SourceError("is not an address", where=shown,
                          mend="rtsp://user:password@host:554/path; in a password write / as %2F, @ as %40, : as %3A") from None
    scheme = parts.scheme.lower()
    if scheme == "file":
        return _place(unquote(parts.path))
    if scheme not in STREAMS:
        raise SourceError(f"streams by {scheme or text.partition('://')[0]}:// are not known", where=shown,
                          mend=f"one of {', '.join(STREAMS)}")
    if not host and scheme not in LISTENING:
        raise SourceError("the address names no host", where=shown, mend="rtsp://host:554/path")
    return Named(Kind.STREAM, text, shown)


def shown_address(text: str) -> str:
    """``text`` without its password, whatever that is made of, and without its query, where cameras take one too."""
    scheme, _, rest = text.partition("://")
    before, at, after = rest.rpartition("@")
    user, colon, _ = before.partition(":")
    if at and any(c in user for c in "/?#"):
        return f"{scheme}://{user.replace('?', '/').replace('#', '/').partition('/')[0]}/***"
    who = f"{user}:***@" if colon else before + at
    return f"{scheme}://{who}{after.partition('?')[0].partition('#')[0]}"
