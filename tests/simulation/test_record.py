"""Records survive the disk, those of earlier versions too."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from simulation.record import FORMAT, RunRecord
from tests.simulation.report.explained import explained
from tests.simulation.report.records import full


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    record = full("predictive", 1, 10.0, figures={}, detectors="missing=0.1", explain=[explained()])
    record.save(tmp_path / "run.json.gz")
    assert RunRecord.load(tmp_path / "run.json.gz") == record


def test_a_record_from_before_explanations_and_detector_faults_still_loads(tmp_path: Path) -> None:
    record = full("fixed", 1, 10.0, figures={})
    record.save(tmp_path / "run.json.gz")
    with gzip.open(tmp_path / "run.json.gz", "rt", encoding="utf-8") as source:
        data = json.load(source)
    assert data["format"] == FORMAT
    del data["explain"], data["detectors"]
    with gzip.open(tmp_path / "old.json.gz", "wt", encoding="utf-8") as out:
        json.dump(data, out)
    old = RunRecord.load(tmp_path / "old.json.gz")
    assert old == record and (old.detectors, old.explain) == ("perfect", [])
