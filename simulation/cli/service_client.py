"""Talking to a running service from the command line: its address, a token only its owner can read, one-line errors."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signal_drivers.errors import BadInput, OutputError, RunFailed

if TYPE_CHECKING:
    import httpx

URL_VARIABLE, TOKEN_VARIABLE, CA_VARIABLE = "MOUROUR_URL", "MOUROUR_TOKEN", "MOUROUR_CA"
DEFAULT_URL = "http://127.0.0.1:8080"
LOG_IN = "mourour dispatch login NAME"


def token_file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("mourour") / "token.json"


def keep_token(url: str, token: str, good_for_s: float) -> Path:
    """In a file that nobody else can read, from its first byte on. Raises :class:`OutputError`."""
    path = token_file()
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"url": url, "token": token, "until_s": time.time() + good_for_s}, file)
        draft.replace(path)
    except OSError as error:
        raise OutputError(f"the token cannot be kept: {error.strerror or error}", where=str(path),
                          mend=f"or set {TOKEN_VARIABLE} yourself") from error
    return path


def _kept() -> dict[str, Any]:
    try:
        said = json.loads(token_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def address(said: str | None) -> str:
    """Of the service: what was said, the environment's, that of the last login, or this machine's."""
    return (said or os.environ.get(URL_VARIABLE) or _kept().get("url") or DEFAULT_URL).rstrip("/")


def _token(url: str) -> str:
    told = os.environ.get(TOKEN_VARIABLE)
    if told:
        return told
    kept = _kept()
    # A token is never shown to another service than the one that made it.
    if kept.get("url") != url or not isinstance(kept.get("token"), str):
        raise BadInput(f"you have not logged in to {url}", where="mourour dispatch", mend=LOG_IN)
    if time.time() >= float(kept.get("until_s") or 0):
        raise BadInput("your token has expired", where="mourour dispatch", mend=LOG_IN)
    return str(kept["token"])


class Client:
    """Raises :class:`BadInput` with what the service says of a refusal, and :class:`RunFailed` where it does not answer."""

    def __init__(self, url: str, *, anonymous: bool = False) -> None:
        import httpx

        self.url = url
        headers = {} if anonymous else {"Authorization": f"Bearer {_token(url)}"}
        ca = os.environ.get(CA_VARIABLE)
        if ca is not None and not Path(ca).is_file():
            raise BadInput("no such file of certificates", where=f"{CA_VARIABLE}={ca}", mend="name a PEM file")
        try:
            if ca is not None:
                import ssl

                trust = ssl.create_default_context(cafile=ca)
                self._http = httpx.Client(base_url=url, headers=headers, timeout=10.0, verify=trust)
            else:
                self._http = httpx.Client(base_url=url, headers=headers, timeout=10.0)
        except (ValueError, OSError, httpx.InvalidURL) as error:
            raise BadInput(f"cannot be used: {error}", where=url, mend=f"for example --url {DEFAULT_URL}") from None

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """The answer's JSON."""
        with self._named():
            answered = self._http.request(method, path, **more)
        return self._read(answered)

    def events(self, path: str) -> Iterator[tuple[str, Any]]:
        """Server-sent events as (name, data), until there are no more."""
        import httpx

        with self._named(), self._http.stream("GET", path, timeout=httpx.Timeout(10.0, read=30.0)) as answered:
            if answered.is_error:
                answered.read()
                self._read(answered)
            name = "message"
            for line in answered.iter_lines():
                kind, _, rest = line.partition(": ")
                if kind == "event":
                    name = rest
                elif kind == "data":
                    yield name, json.loads(rest)

    @contextmanager
    def _named(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.UnsupportedProtocol:
            raise BadInput("is no address of a service", where=self.url, mend=f"for example --url {DEFAULT_URL}") from None
        except httpx.HTTPError as error:
            raise RunFailed(f"the service does not answer: {str(error) or type(error).__name__}", where=self.url,
                            mend=f"is it running? --url or {URL_VARIABLE} names another") from error

    def _read(self, answered: httpx.Response) -> Any:
        try:
            said = answered.json() if answered.content else None
        except ValueError:
            said = None
        if answered.is_success:
            return said
        if not isinstance(said, dict) or "detail" not in said:
            raise RunFailed(f"the service answers {answered.status_code} and no reason", where=self.url)
        where = str(said.get("where") or "").removeprefix("body.") or self.url
        text = f"{said['detail']} · {said.get('detail_fr', '')}"
        if answered.status_code >= 500:
            raise RunFailed(text, where=where)
        raise BadInput(text, where=where, mend=LOG_IN if answered.status_code == 401 else None)
