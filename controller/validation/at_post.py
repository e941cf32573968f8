"""A post's junctions held against its certificates, at its start and at a change of plans. Nothing is asked later: a fallback in
the middle of the night runs what was looked at when the post was started."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from controller.plans.book import PlanBook
from controller.site.read import Site
from controller.site.site_model import CertificatesPart, OverridePart
from controller.strategy import Strategy
from controller.validation.certificate import Certificate, day, read
from controller.validation.criteria import USUAL, read_criteria
from controller.validation.marks import network_mark
from controller.validation.wanted import Found, Shelf, wanted_by
from signal_drivers.errors import CertificateRefused
from signal_drivers.ids import JunctionId

LONGEST_OVERRIDE_S = 31 * 86400.0
SAY = ("say certificates: {required: true, trusted: [...]} for a street, or certificates: {required: false} where nobody drives; "
       "docs/validation.md")
MEND = "mourour validate proves it; an engineer may override by name: docs/validation.md"


class Standing(StrEnum):
    """How a junction stands: covered by certificates, by an engineer's word, by neither, or not asked."""

    CERTIFIED = "certified"
    OVERRIDDEN = "overridden"
    REFUSED = "refused"
    NOT_REQUIRED = "not required"


@dataclass(frozen=True, slots=True)
class JunctionStanding:
    """``until_s`` (since 1970) is when the first of its certificates, or the override, ends; ``why`` it is not certified."""

    junction: JunctionId
    standing: Standing
    why: str = ""
    until_s: float | None = None
    certificates: tuple[str, ...] = ()
    override: OverridePart | None = None

    @property
    def detail(self) -> str:
        """In one line, for logs and the archive."""
        if self.override is not None:
            said = self.override
            return f"by {said.engineer} until {day(said.until)}: {said.reason} ({self.why})"
        return ", ".join(self.certificates) or self.why


@dataclass(frozen=True)
class PostStanding:
    """All junctions. ``unread``: files in the folder that are no certificates, and why."""

    required: bool
    junctions: Mapping[JunctionId, JunctionStanding]
    unread: tuple[str, ...] = ()

    def require(self) -> None:
        """Raise :class:`CertificateRefused` for the first junction that may not be run, with how many more there are."""
        refused = [row for row in self.junctions.values() if row.standing is Standing.REFUSED]
        if refused:
            raise _refusal(refused[0].why, refused)

    def refusals(self) -> list[CertificateRefused]:
        """Every reason for which junctions may not be run, once, with the junctions it stands for."""
        rows: dict[str, list[JunctionStanding]] = {}
        for row in self.junctions.values():
            if row.standing is Standing.REFUSED:
                rows.setdefault(row.why, []).append(row)
        return [_refusal(why, of) for why, of in rows.items()]


def _refusal(why: str, rows: Sequence[JunctionStanding]) -> CertificateRefused:
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return CertificateRefused(why, where=f"junction {rows[0].junction}{more}", mend=MEND)


def require_word(site: Site) -> None:
    """Raise :class:`CertificateRefused` where a post has cabinets on other machines and does not say whether it asks for
    certificates: on a street, silence must not count for no."""
    if site.said.certificates is None:
        far = next((c for c in site.said.cabinets if not is_here(c.host)), None)
        if far is not None:
            raise CertificateRefused(f"cabinet {far.junction} at {far.host} is on another machine, and the site does not say "
                                     "whether certificates are required", where="site file", mend=SAY)


def is_here(host: str) -> bool:
    """Whether ``host`` is this machine by a loopback address, where emulated cabinets are."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def look(site: Site, strategies: Sequence[Strategy], book: PlanBook | None, now_s: float) -> PostStanding:
    """How every junction stands under ``strategies`` (the chosen one and the fallback) and ``book``. Raises
    :class:`CertificateRefused` for keys or criteria that cannot be read and an override that lasts too long."""
    part = site.said.certificates
    network = site.network.only(site.cabinets)
    if part is None:
        rows = {j: JunctionStanding(j, Standing.NOT_REQUIRED, "the site asks for none") for j in network.junctions}
        return PostStanding(False, rows)
    from controller.validation.keys import read_public

    certificates, unread = _read_all(site, part)
    criteria = read_criteria(site.file(part.criteria)) if part.criteria is not None else USUAL
    shelf = Shelf(certificates, [read_public(site.file(k)) for k in part.trusted], criteria, network_mark(network),
                  site.said.period_s, now_s)
    found: dict[str, list[Found]] = {str(j): [] for j in network.junctions}
    for wanted in wanted_by(network, strategies, book):
        found[wanted.junction].append(shelf.find(wanted))
    overrides = _overrides(part, now_s)
    rows = {JunctionId(j): _standing(JunctionId(j), row, overrides.get(j), part, unread, now_s) for j, row in found.items()}
    return PostStanding(part.required, rows, unread)


def _standing(j: JunctionId, found: Sequence[Found], override: OverridePart | None, part: CertificatesPart,
              unread: Sequence[str], now_s: float) -> JunctionStanding:
    missing = next((f for f in found if f.certificate is None), None)
    if missing is None:
        kept = {f.certificate.id: f.certificate for f in found if f.certificate is not None}
        until_s = min((c.body.valid_until.timestamp() for c in kept.values()), default=None)
        return JunctionStanding(j, Standing.CERTIFIED, until_s=until_s, certificates=tuple(kept))
    why = "; ".join([missing.why, *unread[:1]])
    if override is not None:
        return JunctionStanding(j, Standing.OVERRIDDEN, why, override.until.timestamp(), override=override)
    ended = [o for o in part.overrides if j in o.junctions and o.until.timestamp() <= now_s]
    if ended:
        why += f"; {ended[-1].engineer}'s override ended on {day(ended[-1].until)}"
    return JunctionStanding(j, Standing.REFUSED if part.required else Standing.NOT_REQUIRED, why)


def _overrides(part: CertificatesPart, now_s: float) -> dict[str, OverridePart]:
    """Those that are in force, by junction."""
    found: dict[str, OverridePart] = {}
    for said in part.overrides:
        left_s = said.until.timestamp() - now_s
        if left_s > LONGEST_OVERRIDE_S:
            raise CertificateRefused(f"{said.engineer}'s override lasts until {day(said.until)}", where="certificates.overrides",
                                     mend=f"{LONGEST_OVERRIDE_S / 86400:.0f} days at most; validate meanwhile")
        if left_s > 0:
            found |= dict.fromkeys(said.junctions, said)
    return found


def _read_all(site: Site, part: CertificatesPart) -> tuple[list[Certificate], tuple[str, ...]]:
    """All certificates of the folder. One file that cannot be read takes nothing from the others."""
    good, bad = [], []
    for path in sorted(site.file(part.folder).glob("*.json")):
        try:
            good.append(read(path))
        except CertificateRefused as error:
            bad.append(str(error))
    return good, tuple(bad)


def until_text(until_s: float | None) -> str | None:
    return None if until_s is None else day(datetime.fromtimestamp(until_s, UTC))
