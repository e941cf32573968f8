"""Passwords, kept as argon2id hashes with the parameters of argon2-cffi's own defaults (RFC 9106, low memory)."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from signal_drivers.errors import BadInput

SHORTEST, LONGEST = 12, 256


def check_password(password: str, name: str) -> None:
    """Raise :class:`BadInput` for a password that is too easy: length counts, and not being the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"the password has {len(password)} characters", where=f"account {name}",
                       mend=f"{SHORTEST} to {LONGEST}; a few words make a good one")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise BadInput("the password is too easy to guess", where=f"account {name}",
                       mend="not the name, and not the same few characters; a few words make a good one")


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def is_password(hashed: str, password: str) -> bool:
    """Takes about as long whatever the answer."""
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """To be compared with where there is no such account, so that the answer comes no sooner."""
    return hash_password("nobody has this password")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()
