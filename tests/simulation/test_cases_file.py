"""A long benchmark that was interrupted goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.errors import BadInput
from simulation.benchmark_waves import Case
from simulation.cases_file import CasesFile

HOUR = {"strategy": "predictive", "duration_s": None}


def _case(seed: int) -> Case:
    return Case("centre", seed, {"trips": 20}, {"delay_s": 88.5}, {"vetoes": 0, "violations": 0})


def _kept(path: Path, settings: dict[str, object] = HOUR) -> list[Case]:
    with CasesFile(path, settings) as file:
        return file.known


def test_cases_are_there_the_next_time_and_only_those_of_the_same_settings(tmp_path: Path) -> None:
    path = tmp_path / "waves.jsonl"
    with CasesFile(path, HOUR) as file:
        assert file.known == []
        file.add(_case(1))
    with CasesFile(path, HOUR | {"strategy": "actuated"}) as file:
        assert file.known == []
        file.add(_case(2))
    assert _kept(path) == [_case(1)]
    assert _kept(path, HOUR | {"strategy": "actuated"}) == [_case(2)]


@given(cut=st.integers(min_value=1))
def test_what_was_cut_off_while_it_was_written_costs_that_case_alone(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "waves.jsonl"
    with CasesFile(path, HOUR) as file:
        file.add(_case(1))
        whole = path.stat().st_size
        file.add(_case(2))
    said = path.read_bytes()
    path.write_bytes(said[:whole + cut % (len(said) - whole)])
    with CasesFile(path, HOUR) as file:
        assert file.known == [_case(1)]
        file.add(_case(3))
    assert _kept(path) == [_case(1), _case(3)]


@pytest.mark.parametrize("line", ["{}", "nonsense", "[1]", '{"settings": {}, "case": {"scenario": "centre"}}', "\x00"])
def test_a_line_that_is_no_case_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "waves.jsonl"
    with CasesFile(path, HOUR) as file:
        file.add(_case(1))
    with path.open("a", encoding="utf-8") as more:
        more.write(line + "\n")
    with pytest.raises(BadInput, match=r"waves\.jsonl:2.*not a case"):
        CasesFile(path, HOUR)


def test_without_a_file_nothing_is_kept_and_a_folder_is_none(tmp_path: Path) -> None:
    with CasesFile(None, HOUR) as file:
        file.add(_case(1))
        assert file.known == []
    with pytest.raises(BadInput, match="file"):
        CasesFile(tmp_path, HOUR)


def test_a_file_of_somebody_elses_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"no newline at its end")
    with pytest.raises(BadInput, match="not a case"):
        CasesFile(path, HOUR)
    assert path.read_bytes() == b"no newline at its end"
