"""The published map is the one in the code."""

from __future__ import annotations

from pathlib import Path

from signal_drivers.modbus.document import document
from signal_drivers.modbus.registers import BLOCKS


def test_the_page_is_what_the_code_says(repository: Path) -> None:
    assert (repository / "docs" / "modbus-map.md").read_text(encoding="utf-8") == document(), \
        "python -m signal_drivers.modbus.document > docs/modbus-map.md"


def test_every_field_is_on_it() -> None:
    page = document()
    for block in BLOCKS:
        for field in (*block.fields, *block.each):
            assert f"`{field.name}`" in page
