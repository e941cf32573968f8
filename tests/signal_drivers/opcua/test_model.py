"""The OPC UA model: reports to variables and back, and the published nodeset is what the code says."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ElementTree
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.opcua.model import IDENTITY, METHODS, NAMESPACE, VARIABLES, to_identity, to_report
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Identity, Report
from tests.signal_drivers.wire.reports import reports


def values(report: Report) -> dict[str, Any]:
    return {v.name: v.get(report) for v in VARIABLES}


@given(reports())
def test_a_report_comes_out_as_it_went_in(report: Report) -> None:
    assert to_report(values(report)) == report


@given(reports(), st.sampled_from([v.name for v in VARIABLES]), st.sampled_from([None, "x", -1, [1, 2], 2**70, 3.5]))
def test_any_value_makes_a_report_or_is_garbled(report: Report, name: str, value: object) -> None:
    told = values(report) | {name: value}
    with suppress(Garbled):
        to_report(told)
    del told[name]
    with pytest.raises(Garbled):
        to_report(told)


def test_identity() -> None:
    row = {name: i for i, (name, _, _) in enumerate(IDENTITY)}
    assert to_identity(row) == Identity(0, 1, 2, 3, 4, 5, 6)  # type: ignore[arg-type]
    del row["Checksum"]
    with pytest.raises(Garbled, match="Checksum"):
        to_identity(row)


async def _written(path: Path) -> None:
    from signal_drivers.opcua.nodeset import write_nodeset

    await write_nodeset(path)


def _nodes(path: Path) -> dict[str, str]:
    """Every node of a nodeset with its text, sorted inside so that the order of references does not count."""
    root = ElementTree.parse(path).getroot()
    return {node.get("NodeId", ""): "\n".join(sorted(ElementTree.tostringlist(node, "unicode")))
            for node in root if node.tag.rpartition("}")[2].startswith("UA")}


def test_the_published_nodeset_is_what_the_code_says(tmp_path: Path) -> None:
    from signal_drivers.opcua.nodeset import NODESET

    made = tmp_path / "made.xml"
    asyncio.run(_written(made))
    assert _nodes(made) == _nodes(NODESET), "python -m signal_drivers.opcua.nodeset"
    text = NODESET.read_text(encoding="utf-8")
    assert NAMESPACE in text
    for name in [*(n for n, _, _ in IDENTITY), *(v.name for v in VARIABLES), *(m.name for m in METHODS)]:
        assert f's=Cabinet.{name}"' in text and f's=CabinetType.{name}"' in text
