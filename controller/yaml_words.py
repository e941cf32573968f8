"""Words of a YAML file as a person would write them."""

from __future__ import annotations

import re

import yaml

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")


def word(text: str) -> str:
    """Plain where YAML cannot mistake it, quoted otherwise."""
    if _PLAIN.fullmatch(text):
        return text
    return str(yaml.dump(text, default_style='"', allow_unicode=True, width=10**9)).strip()


def number(value: float) -> str:
    """The shortest text that is read back as the same number; whole ones without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
