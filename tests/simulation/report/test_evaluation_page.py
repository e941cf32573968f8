"""The page of an evaluation: every event is in the drawing once, every figure in a table, nothing of a name is markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from detectors.evaluation.compare import Evaluation, Rules, compare
from detectors.evaluation.read import read_content
from detectors.evaluation.reading import Reading
from signal_drivers.errors import OutputError
from simulation.report.chart_counted import MOST_DRAWN, interval_chart, timeline
from simulation.report.evaluation_page import evaluation_page, write_evaluation_page
from tests.detectors.evaluation.examples import LEFT, event, results

COUNTED = [event(10, lane="1"), event(52, LEFT, lane="1"), event(100, lane="2"), event(300, lane="9")]
TRUTH = "frame,direction,lane\n12,1,1\n52,1,1\n100,1,2\n200,1,<b>\n"


def evaluation(counted: list[dict[str, Any]], truth: str) -> Evaluation:
    return compare(read_content(json.dumps(results(*counted)).encode(), "counted <i>", Reading()),
                   read_content(truth.encode(), "truth", Reading()), Rules())


def drawings(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="drawings">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    stored: dict[str, Any] = json.loads(found[1])
    return stored


def test_every_event_is_drawn_once() -> None:
    made = evaluation(COUNTED, TRUTH)
    assert made.events is not None
    drawing = timeline(made.events)
    assert drawing is not None
    numbers = {re.sub(r" ·.*", "", trace.name): len(trace.x) for trace in drawing.data if trace.name}
    assert numbers == {"True, found": 2, "True, missed": 2, "Counted, right": 2, "Counted, extra": 1,
                       "Counted, wrong direction": 1}
    # Lanes of the truth, and one row more for the lane that it does not name.
    assert list(drawing.layout.yaxis.ticktext) == ["1", "2", "&lt;b&gt;", "elsewhere · ailleurs"]


def test_where_the_truth_names_no_place_there_is_one_row() -> None:
    made = evaluation(COUNTED, "frame\n12\n")
    assert made.events is not None
    drawing = timeline(made.events)
    assert drawing is not None and list(drawing.layout.yaxis.ticktext) == ["all · tout"]


def test_names_are_text() -> None:
    page = evaluation_page(evaluation(COUNTED, TRUTH))
    assert "counted &lt;i&gt;" in page and "lane &lt;b&gt;" in page
    assert "<i>" not in re.sub(r"· <i>[^<]*</i>", "", page.split("<script")[0])
    assert set(drawings(page)) == {"timeline"}


def test_intervals_and_their_drawing() -> None:
    made = evaluation(COUNTED, "start_s,end_s,lane,count\n0,30,1,2\n0,30,2,5\n")
    page = evaluation_page(made)
    assert "2 of 7" not in page and "<b>3 of 7</b> in 2 intervals" in page and set(drawings(page)) == {"intervals"}
    assert made.intervals is not None and interval_chart(made.intervals) is not None


def test_a_day_of_a_boulevard_is_not_drawn() -> None:
    many = [event(frame) for frame in range(0, 8 * MOST_DRAWN, 15)]
    made = evaluation(many, "frame\n" + "\n".join(str(e["frame"]) for e in many))
    assert made.events is not None and timeline(made.events) is None and made.f1 == 1.0


def test_a_place_that_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="the evaluation's page cannot be written"):
        write_evaluation_page(evaluation(COUNTED, TRUTH), tmp_path / "file" / "page.html")
