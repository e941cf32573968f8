"""The secret that tokens are signed with: made once, in a file that only its owner reads, or handed over in the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from signal_drivers.errors import BadInput, OutputError

VARIABLE = "MOUROUR_SECRET"
FILE = "secret"
SHORTEST = 32


class Secret:
    """Keys for each purpose are derived from it (HMAC-SHA-256 of the purpose's name), so that none betrays another."""

    def __init__(self, text: str, where: str) -> None:
        if len(text) < SHORTEST:
            raise BadInput(f"the secret has {len(text)} characters, too few to be safe", where=where,
                           mend=f"at least {SHORTEST}, for example from: openssl rand -hex 32")
        self._key = text.encode()

    def key(self, purpose: str) -> bytes:
        return hmac.digest(self._key, purpose.encode(), hashlib.sha256)


def read_secret(folder: Path) -> Secret:
    """From the environment, else from the file in ``folder``, which is made where there is none. Raises :class:`BadInput` for one
    that is too short or that others can read, and :class:`OutputError` where it cannot be made."""
    told = os.environ.get(VARIABLE)
    if told is not None:
        return Secret(told, VARIABLE)
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadInput("others than its owner can read the secret", where=str(path), mend=f"chmod 600 {path}")
        return Secret(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"the secret cannot be made or read: {getattr(error, 'strerror', None) or error}", where=str(path),
                          mend=f"name another folder with --data, or set {VARIABLE}") from error
