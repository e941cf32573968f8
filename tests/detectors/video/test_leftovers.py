"""What a source leaves behind: nothing. No process, no memory, no open file, however it ends."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detectors.errors import SourceError
from detectors.video.source import Source
from tests.detectors.video.camera_server import serving
from tests.detectors.video.films import film, jpegs

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts what a process has in /proc")


def children() -> set[str]:
    """Process ids of this process's children, dead ones that nobody waited for among them."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def files() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def alive(pid: str) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_nothing_is_left_however_it_ends(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 100)
    text = tmp_path / "b.mp4"
    text.write_text("no video")
    with Source(str(path)) as source:
        source.read()
    gc.collect()
    processes, open_files = children(), files()

    for frames in (0, 3, 100):
        with Source(str(path)) as source:
            assert len(children() - processes) == 1
            for _ in range(frames):
                source.read()
        source.close()
    with contextlib.suppress(SourceError):
        Source(str(text))
    assert sum(1 for _ in Source(str(path), at_most_fps=1.0)) == 4
    Source(str(path)).read()  # Nobody closes it.
    with serving([jpegs()]) as server, Source(server.address) as source:
        source.read()
    del source
    gc.collect()
    assert children() == processes and files() == open_files
    assert "mourour-images" not in Path("/proc/self/maps").read_text(), "memory of images; it has no name in /dev/shm at all"


def test_memory_is_flat_over_many_openings(tmp_path: Path) -> None:
    big = film(tmp_path / "a.avi", 3, codec="MJPG", size=(1280, 720))

    def open_and_read(times: int) -> float:
        for _ in range(times):
            with Source(str(big)) as source:
                assert sum(1 for _ in source) == 3
        gc.collect()
        return resident_mb()

    before_mb = open_and_read(1)
    # Each opening maps 11 MB and starts a process.
    assert open_and_read(4) - before_mb < 8.0


@pytest.mark.parametrize("way", ["os.kill(os.getpid(), 9)", "sys.exit(0)"])
def test_a_program_that_ends_takes_its_decoder_along(tmp_path: Path, repository: Path, way: str) -> None:
    path = film(tmp_path / "a.mp4", 300)
    # Not guarded, as people write it in a notebook.
    code = f"""
import os, sys
from detectors.video.source import Source
source = Source({str(path)!r})
source.read()
print(source._child.pid, flush=True)
{way}
"""
    program = tmp_path / "program.py"
    program.write_text(code)
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "PYTHONPATH": str(repository)})
    pid = done.stdout.strip()
    assert pid.isdecimal(), done.stderr
    until_s = time.monotonic() + 5.0
    while alive(pid) and time.monotonic() < until_s:
        time.sleep(0.05)
    assert not alive(pid)
    assert "Exception ignored" not in done.stderr and "resource_tracker" not in done.stderr
