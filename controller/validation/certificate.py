"""The certificate: what was simulated, what came of it, and a signature over all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AwareDatetime, Field, ValidationError

from controller.plans.model import Name, Part
from controller.validation.canonical import canonical, digest, parsed
from controller.validation.criteria import Criteria
from controller.validation.judge import Figures
from signal_drivers.errors import CertificateRefused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from controller.validation.keys import TrustedKey

FORMAT = "1"
LARGEST = 4 * 2**20
SIGNATURE = re.compile(r"[0-9a-f]{128}")
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Place = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/]{1,64}$")]
"""A junction's id."""
Number = Annotated[float, Field(allow_inf_nan=False)]
MEND = "validate anew: mourour validate"


class StrategyPart(Part):
    """``model_sha256``: of the file of what was learnt, None where nothing was; ``code_sha256``: of its program."""

    name: Word
    parameters: dict[str, Any]
    model_sha256: Hash | None
    code_sha256: Hash


class NetworkPart(Part):
    """Hashes of junctions' configurations by id, and of the roads and corridors between them."""

    junctions: dict[Place, Hash] = Field(min_length=1)
    roads: tuple[Hash, ...]
    corridors: tuple[Hash, ...]


class ScenarioPart(Part):
    """One scenario as it was run: seconds of the day, from one decision of control to the next, weekday by name, what was wrong
    with the detectors."""

    name: Word
    title: str
    sha256: Hash
    begin_s: Number
    end_s: Number
    tick_s: Number
    weekday: Name
    special_day: str | None
    view: Name
    detectors: str


class RunPart(Part):
    """Figures of one run, of what is certified or of the ``reference``."""

    scenario: Word
    seed: int
    reference: bool
    figures: dict[Name, Number]


class Body(Part):
    """What is signed. ``plans`` has the hash of each plan that ran, by name and junction; None for a strategy that runs none."""

    mourour_certificate: Literal["1"]
    strategy: StrategyPart
    plans: dict[Word, dict[Place, Hash]] | None
    network: NetworkPart
    scenarios: tuple[ScenarioPart, ...] = Field(min_length=1)
    criteria: Criteria
    runs: tuple[RunPart, ...] = Field(min_length=1)
    versions: dict[Name, str]
    validated_at: AwareDatetime
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    engineer: Word
    key_id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]

    @property
    def figures(self) -> list[Figures]:
        return [Figures(r.scenario, r.seed, r.reference, r.figures) for r in self.runs]


class Certificate:
    """A body and its signature. Made by :func:`read` or :func:`sign`; whether the signature is good, and whose, is for
    :meth:`check` to say."""

    def __init__(self, raw: Mapping[str, Any], signature: str, where: str) -> None:
        """``raw`` is the body as JSON has it. Raises :class:`CertificateRefused` for one that is none."""
        self.where, self.signature = where, signature
        try:
            self.signed = canonical(raw)
            self.body = Body.model_validate(raw)
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise CertificateRefused(f"is no certificate this program knows: body.{place}: {first['msg']}", where=where,
                                     mend=MEND) from None
        except (ValueError, RecursionError) as error:
            raise CertificateRefused(f"is no certificate: {error}", where=where, mend=MEND) from None
        self.id = digest(raw)[:16]
        self.raw = raw

    @property
    def text(self) -> str:
        """The file's text: one line a part, for people; readers take any."""
        import json

        rows = ",\n".join(f'  {json.dumps(k)}: {canonical(self.raw[k]).decode()}' for k in sorted(self.raw))
        return '{"body": {\n' + rows + '\n}, "signature": "' + self.signature + '"}\n'

    def check(self, trusted: Sequence[TrustedKey], now_s: float) -> TrustedKey:
        """The key that signed it. Raises :class:`CertificateRefused` for a signature that is not good or not by one of
        ``trusted``, and for a moment outside its time."""
        key = self.check_signature(trusted)
        if now_s < self.body.valid_from.timestamp():
            now = datetime.fromtimestamp(now_s, UTC)
            raise self.refuse(f"is good from {day(self.body.valid_from)} on, and by the clock here it is {day(now)}",
                              "is the clock right?")
        if now_s >= self.body.valid_until.timestamp():
            raise self.refuse(f"expired on {day(self.body.valid_until)}", MEND)
        return key

    def check_signature(self, trusted: Sequence[TrustedKey]) -> TrustedKey:
        """As :meth:`check`, at any time."""
        key = next((k for k in trusted if k.id == self.body.key_id), None)
        if key is None:
            raise self.refuse(f"is signed by key {self.body.key_id} ({self.body.engineer}), which is not trusted here",
                              "have it signed by a key that is, or trust that one")
        if not key.signed(self.signed, bytes.fromhex(self.signature)):
            raise self.refuse(f"its signature by {key.name} is wrong: it has been changed since it was signed", MEND)
        return key

    def refuse(self, what: str, mend: str) -> CertificateRefused:
        return CertificateRefused(what, where=self.where, mend=mend)


def parse(text: str, where: str) -> Certificate:
    """A certificate from its file's text. Raises :class:`CertificateRefused` for what is none."""
    def refuse(what: str) -> CertificateRefused:
        return CertificateRefused(what, where=where, mend=MEND)

    if len(text) > LARGEST:
        raise refuse("is too large for a certificate")
    try:
        said = parsed(text)
    except ValueError as error:
        raise refuse(f"is no certificate, or was cut short: {error}") from None
    if not isinstance(said, dict) or said.keys() != {"body", "signature"} or not isinstance(said["body"], dict):
        raise refuse("is no certificate: it must have a body, a signature and nothing else")
    if not isinstance(said["signature"], str) or not SIGNATURE.fullmatch(said["signature"]):
        raise refuse("its signature is not 128 hexadecimal digits")
    return Certificate(said["body"], said["signature"], where)


def read(path: Path) -> Certificate:
    """The certificate at ``path``. Raises :class:`CertificateRefused`."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise CertificateRefused("no such certificate", where=str(path), mend=MEND) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CertificateRefused(f"cannot be read: {error}", where=str(path), mend="it must be a UTF-8 text file") from None


def sign(body: Mapping[str, Any], key: Ed25519PrivateKey, where: str = "the new certificate") -> Certificate:
    """``body`` without ``key_id``, which is the key's."""
    from controller.validation.keys import key_id

    raw = dict(body) | {"key_id": key_id(key.public_key())}
    return Certificate(raw, key.sign(canonical(raw)).hex(), where)


def day(moment: datetime) -> str:
    """For people: UTC, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
