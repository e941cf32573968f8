"""``docs/modbus-map.md`` from the register map: run ``python -m signal_drivers.modbus.document > docs/modbus-map.md``."""

from __future__ import annotations

from collections.abc import Iterator

from signal_drivers.modbus.layout import Access, Block, Field
from signal_drivers.modbus.registers import BLOCKS, LONGEST_READ, MAX_DETECTORS, MAX_GROUPS, MAX_STAGES, STATE, UNIT
from signal_drivers.wire.checksum import MAP_VERSION

HEAD = f"""\
# Modbus register map, version {MAP_VERSION}

Written by `python -m signal_drivers.modbus.document` from `signal_drivers/modbus/registers.py`; a test holds the two together.

- One cabinet is one Modbus/TCP server, unit {UNIT}: port 502 in clear, inside a closed network only, or 802 inside TLS with
  certificates on both sides (Modbus/TCP Security; the MBAP header is kept).
- Addresses count from 0. Functions: 3 and 4 read (the same registers), 16 writes. Nothing else is answered.
- Types longer than a register are big-endian, high word first, so that a block's bytes are one structure in network order.
- A report takes one read for up to {(LONGEST_READ - STATE.head_words) // STATE.row_words} signal groups, two for more: an
  answer holds {LONGEST_READ} registers. At most {MAX_GROUPS} groups, {MAX_STAGES} stages and {MAX_DETECTORS} detectors.
  Registers past the junction's own groups or detectors do not exist.
- A block is written whole, in one request, or not at all: exception 2. Values that cannot be are refused with exception 3. Every
  write is echoed in the state or service block with what became of it, and every write expires.
- Groups, stages and detectors are told by their place in the junction's configuration; stages and plans count from 1. Both
  ends must have the same configuration: its checksum is in the identity block.
- Times are the unit's uptime, which nobody can set; only plans follow the calendar clock.

*FR : plan d'adresses Modbus. Un bloc s'écrit en une seule requête ; chaque écriture est confirmée et périme.*
"""


def document() -> str:
    """The whole page."""
    return "\n".join([HEAD, *("\n".join(_block(b)) for b in BLOCKS)])


def _block(block: Block) -> Iterator[str]:
    last = block.address + block.words() - 1
    yield f"## {block.name}: {block.address} to {last}, {block.access.value}\n"
    yield block.meaning + "\n"
    yield "| address | name | type | unit | meaning |"
    yield "|---|---|---|---|---|"
    address = block.address
    for field in block.fields:
        yield _row(str(address), field)
        address += field.kind.words
    for field in block.each:
        yield _row(f"{address} + {block.row_words} × i", field)
        address += field.kind.words
    if block.each:
        yield f"\nThe rows with *i* are there once for each {block.per}, *i* from 0, at most {block.at_most}."
    if block.access is Access.WRITE:
        fixed = f"{block.head_words} registers"
        yield f"\nWritten as {fixed}{f' and {block.row_words} for each {block.per}' if block.each else ''}, function 16."
    yield ""


def _row(address: str, field: Field) -> str:
    codes = ""
    if field.codes:
        what = "bit " if field.bits else ""
        codes = ": " + ", ".join(f"{what}{i} {name}" for i, name in enumerate(field.codes))
    return f"| {address} | `{field.name}` | {field.kind.label} | {field.unit} | {field.meaning}{codes} |"


if __name__ == "__main__":
    print(document(), end="")
