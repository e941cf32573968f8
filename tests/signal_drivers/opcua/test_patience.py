"""An answer that comes in the very moment in which patience ends is a timeout, and no end of whoever waited."""

from __future__ import annotations

import asyncio

import pytest

from signal_drivers.opcua.patience import patience


class WithResult(asyncio.CancelledError):
    """As the library's own waiting raises it."""


async def answered_too_late() -> None:
    try:
        await asyncio.sleep(10.0)
    except asyncio.CancelledError:
        raise WithResult from None


def test_an_answer_just_too_late_is_a_timeout() -> None:
    async def ask() -> str:
        with pytest.raises(TimeoutError):
            async with patience(0.01):
                await answered_too_late()
        task = asyncio.current_task()
        assert task is not None and not task.cancelling()
        return "goes on"

    assert asyncio.run(ask()) == "goes on"


def test_whoever_is_cancelled_ends() -> None:
    async def ask() -> None:
        async with patience(10.0):
            await answered_too_late()

    async def cancelled() -> type[BaseException]:
        task = asyncio.create_task(ask())
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return type(error)
        raise AssertionError("it went on")

    assert asyncio.run(cancelled()) is asyncio.CancelledError


def test_in_time_it_is_let_be() -> None:
    async def ask() -> int:
        async with patience(1.0):
            return await asyncio.sleep(0.0, 3)

    assert asyncio.run(ask()) == 3
