"""The list of mutants that no test can notice, each with its reason."""

from __future__ import annotations

from pathlib import Path

import yaml

SURVIVORS = Path(__file__).with_name("survivors.yaml")
Key = tuple[str, str, str, str, int]


def explained() -> dict[Key, str]:
    """Reasons by :attr:`Mutant.key`. Raises ValueError for one without a reason or told twice."""
    found: dict[Key, str] = {}
    for entry in yaml.safe_load(SURVIVORS.read_text(encoding="utf-8")) or []:
        key = (entry["module"], entry["where"], entry["before"], entry["after"], entry.get("nth", 1))
        if key in found or len(entry.get("reason", "")) < 10:
            raise ValueError(f"{SURVIVORS.name}: told twice or without a reason: {key}")
        found[key] = entry["reason"]
    return found
