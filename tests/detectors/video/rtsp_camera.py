"""A camera with an RTSP server and H.264, as a test wants it: GStreamer's server, in a process of its own that can be killed.

It runs in the system's Python, which has GStreamer's bindings where Debian's packages are installed:
``apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PYTHON = Path("/usr/bin/python3")
PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly"
USER, PASSWORD = "operator", "mot de passe"
PROGRAM = """
import sys, gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtsp", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer
Gst.init(None)
if not all(map(Gst.ElementFactory.find, ("x264enc", "rtph264pay", "jpegdec", "multifilesrc", "videoconvert"))):
    sys.exit("an element is missing")
if len(sys.argv) == 1:
    sys.exit(0)
port, images, fps, user, password = sys.argv[1:]
factory = GstRtspServer.RTSPMediaFactory()
factory.set_shared(True)
factory.set_launch(f"( multifilesrc location={images}/%04d.jpg loop=true caps=image/jpeg,framerate={fps}/1 ! jpegdec "
                   "! videoconvert ! video/x-raw,format=I420 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 "
                   "bitrate=3000 ! rtph264pay name=pay0 pt=96 config-interval=1 )")
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1"); server.set_service(port)
server.get_mount_points().add_factory("/street", factory)
if user:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    rights = GstRtspServer.RTSPPermissions()
    rights.add_permission_for_role("viewer", "media.factory.access", True)
    rights.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(rights)
if server.attach(None) == 0:
    sys.exit("the port is taken")
print("ready", flush=True)
GLib.MainLoop().run()
"""


def need_rtsp_server() -> None:
    """Skips, and says what to install, where there is none."""
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", PROGRAM], capture_output=True, timeout=60, check=False).returncode:
        pytest.skip(f"no GStreamer RTSP server with H.264: apt-get install {PACKAGES}")


def write_images(folder: Path, images: Iterable[bytes]) -> Path:
    """JPEGs that the server shows again and again."""
    folder.mkdir(exist_ok=True)
    for i, image in enumerate(images):
        (folder / f"{i:04d}.jpg").write_bytes(image)
    return folder


@contextmanager
def rtsp_camera(port: int, images: Path, *, fps: int = 20, guarded: bool = False) -> Iterator[subprocess.Popen[str]]:
    """Serves ``images`` at ``rtsp://127.0.0.1:port/street`` until the block ends or somebody kills it."""
    who = (USER, PASSWORD) if guarded else ("", "")
    process = subprocess.Popen([PYTHON, "-c", PROGRAM, str(port), str(images), str(fps), *who], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
