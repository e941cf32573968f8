"""The socket of our web servers: each answer leaves at once, on every event loop."""

from __future__ import annotations

import asyncio
import socket

import pytest

from controller import web_server
from signal_drivers.errors import RunFailed


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_small_parts_of_an_answer_do_not_wait_for_each_other(host: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        heard = web_server.listen(host, 0, "it", "name another port")
    except RunFailed:
        if host == "::1":
            pytest.skip("no IPv6 here")
        raise
    told: list[int] = []

    async def talk() -> None:
        done = asyncio.Event()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            told.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            done.set()

        async with await asyncio.start_server(connected, sock=heard):
            _, writer = await asyncio.open_connection(host, heard.getsockname()[1])
            await done.wait()
            writer.close()
            await writer.wait_closed()

    asyncio.run(talk())
    assert told == [1]


def test_a_port_that_is_taken_says_so() -> None:
    with web_server.listen("127.0.0.1", 0, "it", "name another port") as heard, pytest.raises(RunFailed, match="cannot listen"):
        web_server.listen("127.0.0.1", heard.getsockname()[1], "it", "name another port")
