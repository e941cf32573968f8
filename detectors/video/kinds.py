"""What a user may call a source of images, and which kind each is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from detectors.errors import SourceError

STREAMS = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")
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
    address: str
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
    path = Path(text).expanduser()
    try:
        if path.is_dir():
            return Named(Kind.FOLDER, str(path), text)
        if not path.exists():
            raise SourceError("there is no such file or folder", where=text,
                              mend="check the path; a stream begins with rtsp:// or http://")
        if path.stat().st_size == 0 and path.is_file():
            raise SourceError("the file is empty", where=text, mend="copy it anew from the camera")
        with path.open("rb"):
            return Named(Kind.FILE, str(path), text)
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=text) from None


def images_in(folder: str) -> list[Path]:
    """The images of ``folder`` in the order of their numbers. Raises :class:`SourceError` where there are none."""
    found = sorted((p for p in Path(folder).iterdir() if p.suffix.lower() in IMAGES and not p.name.startswith(".")),
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
    try:
        parts = urlsplit(text)
        host = parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise SourceError(f"is not an address: {error}", where=_without_password(text)) from None
    if parts.scheme.lower() == "file":
        return named(parts.path)
    if parts.scheme.lower() not in STREAMS:
        raise SourceError(f"streams by {parts.scheme}:// are not known", where=_without_password(text),
                          mend=f"one of {', '.join(STREAMS)}")
    if not host:
        raise SourceError("the address names no host", where=_without_password(text), mend="rtsp://host:554/path")
    user = f"{parts.username}:***@" if parts.password else f"{parts.username}@" if parts.username else ""
    return Named(Kind.STREAM, text, urlunsplit((parts.scheme, f"{user}{host}{port}", parts.path, "", "")))


def _without_password(text: str) -> str:
    scheme, _, rest = text.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
