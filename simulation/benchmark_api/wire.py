"""HTTP as thin as it can be, so that the load costs less than what it loads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any


class Wire:
    """One connection that is kept open; one request at a time."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._host, self._port = host, port
        self._heads = f"Host: {host}\r\nAuthorization: Bearer {token}\r\n"

    async def open(self) -> Wire:
        self._read, self._write = await asyncio.open_connection(self._host, self._port, limit=2**22)
        return self

    async def post(self, path: str, said: Any) -> tuple[int, bytes]:
        """Status and body of the answer."""
        body = json.dumps(said).encode()
        self._write.write(f"POST {path} HTTP/1.1\r\n{self._heads}Content-Type: application/json\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, heads = await self._head()
        return status, await self._read.readexactly(int(heads.get("content-length", "0")))

    async def stream(self, path: str) -> AsyncIterator[bytes]:
        """What comes, as it comes (the body's chunks, RFC 9112)."""
        self._write.write(f"GET {path} HTTP/1.1\r\n{self._heads}\r\n".encode())
        status, _ = await self._head()
        assert status == 200, status
        while size := int(await self._read.readline(), 16):
            yield await self._read.readexactly(size)
            await self._read.readexactly(2)

    async def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = (await self._read.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def close(self) -> None:
        self._write.close()
