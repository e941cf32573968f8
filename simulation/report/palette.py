"""Colours that people with colour-blindness can tell apart (Okabe and Ito, Color Universal Design, 2008), and dashes for more."""

from __future__ import annotations

BASELINE = "#7a7f87"
_OTHERS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#6a3d9a", "#8c6d31"]
_DASHES = ["solid", "dash", "dot", "dashdot"]

SIGNAL_GREEN = "#17a673"
SIGNAL_YIELD = "#a9dfc6"
SIGNAL_YELLOW = "#f2b705"
SIGNAL_RED = "#cf3a4a"
FORWARD = "#0072b2"
BACK = "#d9730d"
BUS = "#8e44ad"
TRAM = "#1c1c1c"
INK = "#1f2933"
MUTED = "#5f6b7a"
GRID = "#e6e9ed"


def strategy_colours(strategies: list[str], baseline: str) -> dict[str, str]:
    """Grey for the baseline, a colour each for the others; they repeat after eight, told apart by dashes."""
    others = [name for name in strategies if name != baseline]
    return {baseline: BASELINE} | {name: _OTHERS[i % len(_OTHERS)] for i, name in enumerate(others)}


def strategy_dashes(strategies: list[str], baseline: str) -> dict[str, str]:
    others = [name for name in strategies if name != baseline]
    return {baseline: "solid"} | {name: _DASHES[i // len(_OTHERS) % len(_DASHES)] for i, name in enumerate(others)}


def translucent(colour: str, opacity: float) -> str:
    """``#rrggbb`` → ``rgba(...)``."""
    red, green, blue = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
