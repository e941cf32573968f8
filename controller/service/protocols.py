"""The token of a WebSocket among the protocols that its client offers: the only words that a browser may choose itself."""

from __future__ import annotations

PROTOCOL, TOKEN = "mourour", "bearer."
"""A client offers the first, and the second with its token behind it."""


def offered_token(protocols: str | None) -> str | None:
    """The token among the protocols that a client offers, as an Authorization header would say it."""
    for one in (protocols or "").split(","):
        if one.strip().startswith(TOKEN):
            return f"Bearer {one.strip().removeprefix(TOKEN)}"
    return None
