"""The report in a real browser: every chart is drawn, choices redraw, no script fails, nothing is fetched."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from simulation.report import write_report
from tests.simulation.report.explained import explained
from tests.simulation.report.records import full

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--window-size=1400,3000", "--virtual-time-budget=20000",
         "--enable-logging=stderr"]

# Runs after the page's own script: counts what was drawn, changes every choice, and writes what it saw into the page.
PROBE = """
<script>
var failures = [];
window.addEventListener("error", function (event) { failures.push(event.message); });
window.addEventListener("securitypolicyviolation", function (event) { failures.push("blocked " + event.blockedURI); });
</script>
"""
REPORT = """
<script>
var before = document.querySelectorAll(".js-plotly-plot .main-svg").length;
document.querySelectorAll("select").forEach(function (choice) {
  choice.selectedIndex = choice.options.length - 1;
  choice.dispatchEvent(new Event("change"));
});
setTimeout(function () {
  var drawn = document.querySelectorAll(".js-plotly-plot").length;
  var empty = Array.prototype.filter.call(document.querySelectorAll(".js-plotly-plot"), function (place) {
    return !place.hidden && !place.querySelector(".lines path, .points path, .point path, .hm image");
  }).length;
  var cloud = document.querySelectorAll("[data-title^=Share]").length;
  var out = document.createElement("p");
  out.id = "probe";
  out.textContent = JSON.stringify([before > 0, drawn, empty, cloud, failures]);
  document.body.appendChild(out);
}, 3000);
</script>
"""


@pytest.mark.integration
def test_the_report_draws_without_errors(tmp_path: Path) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser found (looked for {', '.join(BROWSERS)}): install chromium to run this test")
    records = [full(name, seed, 10.0 + seed + shift)
               for name, shift in (("fixed", 2.0), ("sumo:actuated", 0.0)) for seed in (1, 2)]
    records[0].explain = [explained()]
    path = write_report(records, tmp_path / "report.html")
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("<body>", f"<body>{PROBE}", 1).replace("</body>", f"{REPORT}</body>", 1), encoding="utf-8")
    done = subprocess.run([browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
                          capture_output=True, text=True, timeout=180, check=False)
    assert "data-ready=\"yes\"" in done.stdout, done.stderr[-2000:]
    seen = re.search(r'<p id="probe">(.*?)</p>', done.stdout)
    assert seen is not None, done.stderr[-2000:]
    # delay, spread, change, queues, two heat maps, approaches; two panels each of time-space and signals; costs of a decision.
    assert seen.group(1) == "[true,12,0,0,[]]"
    assert "Uncaught" not in done.stderr
