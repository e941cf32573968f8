"""What a register map is made of: fields in blocks, each with its place, type, unit and meaning.

Everything longer than one register is big-endian with the high word first, which is how a block's bytes come off the wire: one
``struct`` reads a whole block.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """Type of a field; the value is its ``struct`` code."""

    U16 = "H"
    U32 = "I"
    U64 = "Q"
    TEXT = "64s"

    @property
    def words(self) -> int:
        return struct.calcsize(f">{self.value}") // 2

    @property
    def label(self) -> str:
        return "text, 64 bytes UTF-8, zero-filled" if self is Kind.TEXT else self.name.lower()


class Access(StrEnum):
    READ = "read"
    WRITE = "write, whole block at once"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    codes: tuple[str, ...] = ()
    """Meaning of each value, or of each bit where ``bits``."""
    bits: bool = False


@dataclass(frozen=True)
class Block:
    """Registers from ``address`` on: ``fields`` once, then ``each`` field again for every one of ``per`` (a group, a detector),
    up to ``at_most`` of them."""

    name: str
    address: int
    access: Access
    meaning: str
    fields: tuple[Field, ...]
    per: str = ""
    each: tuple[Field, ...] = ()
    at_most: int = 0

    @cached_property
    def head_words(self) -> int:
        return sum(f.kind.words for f in self.fields)

    @cached_property
    def row_words(self) -> int:
        return sum(f.kind.words for f in self.each)

    def words(self, rows: int | None = None) -> int:
        """Registers of the block with ``rows`` rows, with all of them by default."""
        return self.head_words + self.row_words * (self.at_most if rows is None else rows)

    def at(self, name: str) -> int:
        """Address of a field of the head. Raises KeyError for one it has not."""
        address = self.address
        for field in self.fields:
            if field.name == name:
                return address
            address += field.kind.words
        raise KeyError(name)

    @cached_property
    def _structs(self) -> dict[int, struct.Struct]:
        return {}

    def _struct(self, rows: int) -> struct.Struct:
        if rows not in self._structs:
            head, row = ("".join(f.kind.value for f in fields) for fields in (self.fields, self.each))
            self._structs[rows] = struct.Struct(">" + head + row * rows)
        return self._structs[rows]

    def pack(self, values: Sequence[int | bytes], rows: int = 0) -> list[int]:
        """Registers of the values in order, ``rows`` rows of them. Raises ``struct.error`` for a value that does not fit."""
        data = self._struct(rows).pack(*values)
        return list(struct.unpack(f">{len(data) // 2}H", data))

    def unpack(self, registers: Sequence[int], rows: int = 0) -> tuple[int, ...]:
        """Values of the registers in order. Raises ``struct.error`` for too few or too many registers."""
        return self._struct(rows).unpack(struct.pack(f">{len(registers)}H", *registers))
