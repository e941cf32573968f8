"""A real browser without a window, driven over its debugging protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--window-size=1400,1000", "--remote-debugging-port=0",
         "--remote-allow-origins=*"]
PATIENCE_S = 60.0


class Tab:
    """One page of the browser."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0

    def call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def ask(self, script: str) -> Any:
        """The value of an expression; an exception in the page is one here."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str) -> Any:
        """Until the expression is true."""
        until_s = time.monotonic() + PATIENCE_S
        while not (found := self.ask(script)):
            assert time.monotonic() < until_s, f"never true: {script}\n{self.ask('document.body.innerText')}"
            time.sleep(0.05)
        return found

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, selector: str, text: str) -> None:
        self.wait(f"!!document.querySelector({selector!r})")
        self.ask(f"document.querySelector({selector!r}).focus()")
        self.call("Input.insertText", text=text)


@contextmanager
def tab(url: str, profile: Path) -> Iterator[Tab]:
    """A page at ``url``; skips, and says so, where there is no browser."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser found (looked for {', '.join(BROWSERS)}): install chromium to run this test")
    connect = pytest.importorskip("websockets.sync.client", reason="comes with the serve extra").connect
    process = subprocess.Popen([browser, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.DEVNULL)
    try:
        told = profile / "DevToolsActivePort"
        until_s = time.monotonic() + PATIENCE_S
        while not told.exists() or "\n" not in told.read_text():
            assert process.poll() is None and time.monotonic() < until_s
            time.sleep(0.05)
        port = told.read_text().splitlines()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=PATIENCE_S) as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None) as socket:
            page = Tab(socket)
            page.call("Page.enable")
            page.call("Page.navigate", url=url)
            yield page
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
