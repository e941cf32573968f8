"""What a behaviour's trial comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_TRIED = "not tried"


VERDICT_FR = {Verdict.PASSED: "conforme", Verdict.FAILED: "non conforme", Verdict.NOT_TRIED: "non essayé"}


class Failed(Exception):
    """The cabinet did something else: what was expected and what was seen, and when where that was before the trial."""

    def __init__(self, expected: str, seen: str, at_s: float | None = None) -> None:
        self.expected, self.seen, self.at_s = expected, seen, at_s
        super().__init__(f"expected {expected}; seen {seen}")


class NotTried(Exception):
    """The behaviour cannot be tried here; the message says why and, where somebody can help, how."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One behaviour's verdict. ``seen`` tells what the cabinet did, or why it was not tried; times are seconds of the run."""

    id: str
    title: str
    title_fr: str
    verdict: Verdict
    seen: str
    expected: str
    began_s: float
    ended_s: float
    at_s: float | None = None
    """When it was seen to go wrong, where that is not between the two."""
