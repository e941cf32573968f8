"""Why a stream does not open: the decoder only says that it does not."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import socket
import urllib.request
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from detectors.errors import SourceError
from detectors.video.kinds import Named

PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "http": 80, "https": 443}
PATIENCE_S = 3.0
NO_VIDEO = "answers, but sends no video that can be decoded"


def why_unreachable(source: Named) -> SourceError:
    """The error to raise for a stream that the decoder could not open; asks its host once more, within about 3 s."""
    parts = urlsplit(source.address)
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname or any(f"{s}_proxy" in os.environ for s in ("http", "https", "all")):
        return SourceError("nobody answers, or it is no video", mend="check the address")
    host, port = parts.hostname, parts.port or PORTS[scheme]
    try:
        if scheme in ("rtsp", "http"):
            answer = _answer(parts, host, port)
        else:
            answer = None
            socket.create_connection((host, port), PATIENCE_S).close()
    except socket.gaierror:
        return SourceError(f"there is no host named {host}", mend="check the spelling, or give its IP address")
    except ConnectionRefusedError:
        return SourceError(f"nothing listens on port {port} of {host}", mend="check the port; does the camera serve a stream?")
    except OSError:
        return SourceError(f"{host} does not answer on port {port}", mend="check the address, and that the camera is on")
    if answer is not None and not answer.head:
        return SourceError(f"{host} takes the connection on port {port} and says nothing", mend="check the port")
    if answer is not None and answer.protocol.lower() != scheme:
        return SourceError(f"what answers on port {port} of {host} does not speak {scheme.upper()}",
                           mend="check the port; cameras have RTSP at 554, HTTP at 80")
    status = answer.status if answer is not None else ""
    if status[:3] in ("401", "403"):
        return SourceError(f"the camera answers {status}", mend="check user and password: rtsp://user:password@host/path")
    if status[:1] in ("4", "5"):
        return SourceError(f"the camera answers {status}", mend="check the path after the host")
    return SourceError(NO_VIDEO, mend="check the path, user and password, or ask for H.264")


class _Answer(NamedTuple):
    """``protocol`` and ``status`` as in ``RTSP/1.0 404 Not Found``, both empty where there is no such line."""

    protocol: str
    status: str
    head: str


def _answer(parts: SplitResult, host: str, port: int) -> _Answer:
    """To a plain question; of a camera that wants a digest, to one with it."""
    basic = None
    if parts.username is not None:
        basic = f"Basic {base64.b64encode(':'.join(_pair(parts)).encode()).decode()}"
    answer = _asked(parts, host, port, basic)
    wanted = re.search(r"^WWW-Authenticate:\s*Digest\s+(.+)$", answer.head, re.IGNORECASE | re.MULTILINE)
    if answer.status[:3] != "401" or wanted is None or parts.username is None:
        return answer
    # It refuses the password as it stands, whether or not it is right.
    digest = _digest(parts, wanted[1])
    return _asked(parts, host, port, digest) if digest is not None else answer._replace(status="")


def _asked(parts: SplitResult, host: str, port: int, authorization: str | None) -> _Answer:
    """HTTP and RTSP are alike so far."""
    question = f"GET {_uri(parts)} HTTP/1.0\r\n" if parts.scheme.lower() == "http" else (
        f"DESCRIBE {_uri(parts)} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n")
    user = f"Authorization: {authorization}\r\n" if authorization is not None else ""
    answer = b""
    with socket.create_connection((host, port), PATIENCE_S) as line, contextlib.suppress(OSError):
        line.settimeout(PATIENCE_S)
        line.sendall(f"{question}Host: {parts.netloc.rpartition('@')[2]}\r\n{user}\r\n".encode())
        answer = line.recv(4000)
    head = answer.decode("latin-1").split("\r\n\r\n")[0]
    first = re.match(r"(HTTP|RTSP)/\S+ (.*)", head)
    return _Answer(first[1], "".join(c for c in first[2] if c.isprintable())[:60], head) if first else _Answer("", "", head)


def _uri(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return path if parts.scheme.lower() == "http" else f"rtsp://{parts.netloc.rpartition('@')[2]}{path}"


def _pair(parts: SplitResult) -> tuple[str, str]:
    return unquote(parts.username or ""), unquote(parts.password or "")


def _digest(parts: SplitResult, wanted: str) -> str | None:
    """The header for a digest (RFC 2617), as the standard library's opener reckons it for HTTP; None where it cannot."""
    uri = _uri(parts)
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, uri, *_pair(parts))  # type: ignore[arg-type]  # any realm, as documented
    told = urllib.request.parse_keqv_list(list(filter(None, urllib.request.parse_http_list(wanted.strip()))))
    question: Any = SimpleNamespace(full_url=uri, selector=uri, data=None,
                                    get_method=lambda: "GET" if parts.scheme.lower() == "http" else "DESCRIBE")
    try:
        reckoned = urllib.request.AbstractDigestAuthHandler(known).get_authorization(question, told)
    except ValueError:
        return None
    return f"Digest {reckoned}" if reckoned else None
