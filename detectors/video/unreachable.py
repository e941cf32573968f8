"""Why a stream does not open: the decoder only says that it does not."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
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
        with socket.create_connection((host, port), PATIENCE_S) as line:
            status = _status(line, parts) if scheme in ("rtsp", "http") else ""
    except socket.gaierror:
        return SourceError(f"there is no host named {host}", mend="check the spelling, or give its IP address")
    except ConnectionRefusedError:
        return SourceError(f"nothing listens on port {port} of {host}", mend="check the port; does the camera serve a stream?")
    except OSError:
        return SourceError(f"{host} does not answer on port {port}", mend="check the address, and that the camera is on")
    if status[:3] in ("401", "403"):
        return SourceError(f"the camera answers {status}", mend="check user and password: rtsp://user:password@host/path")
    if status[:1] in ("4", "5"):
        return SourceError(f"the camera answers {status}", mend="check the path after the host")
    return SourceError(NO_VIDEO, mend="check the path, user and password, or ask for H.264")


def _status(line: socket.socket, parts: SplitResult) -> str:
    """``404 Not Found`` of the answer to a plain question, empty where there is none. HTTP and RTSP are alike so far."""
    line.settimeout(PATIENCE_S)
    host = parts.netloc.rpartition("@")[2]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    question = f"GET {path} HTTP/1.0\r\n" if parts.scheme.lower() == "http" else (
        f"DESCRIBE rtsp://{host}{path} RTSP/1.0\r\nCSeq: 1\r\n")
    user = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        user = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
    answer = b""
    with contextlib.suppress(OSError):
        line.sendall(f"{question}Host: {host}\r\n{user}\r\n".encode())
        answer = line.recv(4000)
    head = answer.decode("latin-1").split("\r\n\r\n")[0]
    # A camera that wants a digest refuses this plain question whether or not the password is right.
    if " 401 " in head[:20] and user and "digest" in head.lower():
        return ""
    protocol, _, status = head.partition("\r\n")[0].partition(" ")
    return "".join(c for c in status if c.isprintable())[:60] if protocol.startswith(("HTTP/", "RTSP/")) else ""
