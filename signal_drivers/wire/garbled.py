"""A report that cannot be what it says it is."""

from __future__ import annotations


class Garbled(ValueError):
    """Bytes or values that no cabinet of this map sends; the message quotes what was wrong."""
