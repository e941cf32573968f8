"""Bearer tokens: JSON Web Tokens (RFC 7519), signed HS256, good for a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHM = "HS256"
ISSUER = "mourour"


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, of which version of the account, and until when it is good."""

    name: str
    version: int
    expires_s: float


def make_token(key: bytes, name: str, version: int, now_s: float, good_for_s: float) -> str:
    return jwt.encode({"iss": ISSUER, "sub": name, "ver": version, "iat": int(now_s), "exp": int(now_s + good_for_s)}, key,
                      algorithm=ALGORITHM)


def read_token(key: bytes, token: str, now_s: float) -> Claims | None:
    """What it says, or None for one that is not ours, not whole, or no longer good. The account is not looked at."""
    try:
        # The time is compared here, with the clock that the rest of the service goes by.
        said: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], issuer=ISSUER, options={
            "require": ["exp", "iat", "sub", "iss"], "verify_exp": False, "verify_iat": False, "verify_nbf": False})
        name, version, expires_s = said["sub"], said["ver"], said["exp"]
    except (jwt.InvalidTokenError, KeyError):
        return None
    if not isinstance(name, str) or not isinstance(version, int) or not isinstance(expires_s, (int, float)):
        return None
    return Claims(name, version, float(expires_s)) if now_s < expires_s else None


def claims_of(key: bytes, token: str) -> tuple[bool, str | None]:
    """Of one that is not good: whether we have signed it, and whose it claims to be."""
    for checked in (True, False):
        try:
            said: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options={
                "verify_signature": checked, "verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False,
                "verify_iss": False, "verify_sub": False})
        except jwt.InvalidTokenError:
            continue
        name = said.get("sub")
        return checked and "ver" in said, name if isinstance(name, str) else None
    return False, None
