"""A time limit around a library that raises more than it should when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """``asyncio.timeout``: raises :class:`TimeoutError` after ``seconds``.

    asyncua waits by a ``wait_for`` of its own, which answers a cancellation that meets its result with a subclass of
    ``CancelledError``. ``asyncio.timeout`` takes only that class itself for its own doing: the other would pass for a wish to
    end the task, and end it.
    """
    async with asyncio.timeout(seconds):
        try:
            yield
        except asyncio.CancelledError as error:
            if type(error) is asyncio.CancelledError:
                raise
            raise asyncio.CancelledError from error
