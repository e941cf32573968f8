"""The API's documentation in a real browser: all of it comes from the service, nothing is blocked, every route is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.controller.service.harness import Served
from tests.integration.browser import tab

pytestmark = pytest.mark.integration
WATCH = """
var failures = [];
addEventListener("error", function (event) { failures.push(event.message || event.target.src || event.target.href); }, true);
addEventListener("securitypolicyviolation", function (event) { failures.push(event.violatedDirective + event.blockedURI); });
"""


def test_the_documentation_needs_nothing_but_the_service(served: Served, tmp_path: Path) -> None:
    with tab("about:blank", tmp_path / "profile") as page:
        page.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        page.call("Page.navigate", url=f"{served.url}/docs")
        page.wait("document.querySelectorAll('.opblock').length >= 18")
        assert "urgence" in page.ask("document.body.innerText").lower()
        fetched = page.ask("performance.getEntriesByType('resource').map(function (r) { return r.name; })")
        assert len(fetched) >= 3 and all(name.startswith((served.url, "data:")) for name in fetched), fetched
        assert page.ask("failures") == []
