"""Talking to the service as a post: logging in, fetching work, saying how things stand."""

from __future__ import annotations

import ssl
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from controller.service.work import Work

TIMEOUT_S = 3.0


class NotHeard(Exception):
    """The service did not answer, or not as it should; the message says which. ``where`` is the part of what was said that it
    refuses."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(why)
        self.where = where


class Contact:
    """``account`` is the post's name. ``authority`` is the PEM of whoever signed the service's certificate, where the system does
    not know it. To be used with ``async with``."""

    def __init__(self, url: str, account: str, password: str, authority: Path | None = None) -> None:
        self.url, self.account, self._password = url.rstrip("/"), account, password
        trust: ssl.SSLContext | bool = ssl.create_default_context(cafile=str(authority)) if authority is not None else True
        self._http = httpx.AsyncClient(base_url=self.url, timeout=TIMEOUT_S, verify=trust)
        self._token = ""

    async def work(self) -> Work:
        """What concerns this post's junctions. Raises :class:`NotHeard`."""
        answered = await self._ask("GET", f"/posts/{self.account}/work")
        try:
            return Work.model_validate_json(answered.content)
        except ValueError as error:
            raise NotHeard(f"its work cannot be read: {error}") from error

    async def tell(self, said: dict[str, Any]) -> None:
        """How this post stands. Raises :class:`NotHeard`."""
        await self._ask("PUT", f"/posts/{self.account}/state", json=said)

    async def tell_overrides(self, said: dict[str, Any]) -> None:
        """By whose word this post runs without certificates. Raises :class:`NotHeard`."""
        await self._ask("POST", f"/posts/{self.account}/overrides", json=said)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        if not self._token:
            await self._log_in()
        answered = await self._send(method, path, **more)
        if answered.status_code == 401:
            # Tokens last a quarter of an hour; with another the same is said once more.
            await self._log_in()
            answered = await self._send(method, path, **more)
        if not answered.is_success:
            self._token = self._token if answered.status_code != 401 else ""
            where = _where(answered) if answered.status_code == 422 else ""
            raise NotHeard(f"{answered.status_code}: {_reason(answered)}", where)
        return answered

    async def _log_in(self) -> None:
        self._token = ""
        answered = await self._send("POST", "/token", data={"username": self.account, "password": self._password})
        if not answered.is_success:
            raise NotHeard(f"it does not let {self.account} in: {_reason(answered)}")
        try:
            self._token = str(answered.json()["access_token"])
        except (ValueError, KeyError, TypeError):
            raise NotHeard("its token cannot be read") from None

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            return await self._http.request(method, path, headers=headers, **more)
        except httpx.HTTPError as error:
            raise NotHeard(str(error) or type(error).__name__) from error

    async def __aenter__(self) -> Contact:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()


def _reason(answered: httpx.Response) -> str:
    try:
        said = answered.json()
        return f"{said['detail']} ({said['where']})" if said.get("where") else str(said["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return "no reason given"


def _where(answered: httpx.Response) -> str:
    try:
        return str(answered.json()["where"])
    except (ValueError, KeyError, TypeError):
        return ""
