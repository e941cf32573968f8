"""By what right a post runs its junctions: certificates, an engineer's word, or nobody's asking. Looked at before anything is
connected and when plans change, never by the ladder."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from controller.daemon.chosen import chosen_strategy, fallback_plans
from controller.daemon.recording import Happening, Recorder
from controller.plans.book import PlanBook
from controller.site.read import Site
from controller.validation.at_post import PostStanding, Standing, look, require_word, until_text
from signal_drivers.errors import CertificateRefused
from signal_drivers.ids import JunctionId

if TYPE_CHECKING:
    from controller.daemon.metrics import Metrics

log = structlog.get_logger("mourour.certificates")
SOON_S = 14 * 86400.0
"""A certificate or override that ends within this time is an alarm."""
PARAMETER = {Standing.NOT_REQUIRED: 0, Standing.CERTIFIED: 1, Standing.OVERRIDDEN: 2, Standing.REFUSED: 3}
OVERRIDDEN_ALARM, ENDS_ALARM = "validation-overridden", "validation-ends"


class Proofs:
    """Of ``site`` as it would be run at ``now_s`` (since 1970). Raises as :func:`look` does."""

    def __init__(self, site: Site, now_s: float) -> None:
        self.site = site
        self.standing = self.look(site.plans, now_s)
        self._run = secrets.token_hex(8)

    def look(self, book: PlanBook | None, now_s: float) -> PostStanding:
        """How the junctions stand if ``book`` is what they run or fall back to. Raises as :func:`look` does."""
        planned = replace(self.site, plans=book)
        return look(planned, (chosen_strategy(planned, 0), fallback_plans(planned, 0)), book, now_s)

    def require(self) -> None:
        """Raise :class:`CertificateRefused` for what may not be run."""
        require_word(self.site)
        self.standing.require()

    def take(self, found: PostStanding, recorder: Recorder, metrics: Metrics, now_s: float) -> None:
        """Other plans are to be run. Raises :class:`CertificateRefused`, and everything stays as it was, where they may not."""
        try:
            found.require()
        except CertificateRefused as error:
            for j, row in found.junctions.items():
                if row.standing is Standing.REFUSED:
                    recorder.happened(j, Happening.VALIDATION, now_s, PARAMETER[row.standing], str(error))
            raise
        self.standing, self._run = found, secrets.token_hex(8)
        self.tell(recorder, metrics, now_s)

    def tell(self, recorder: Recorder, metrics: Metrics, now_s: float) -> None:
        """Log, archive and measure how the junctions stand."""
        rows = self.standing.junctions
        for j, row in rows.items():
            recorder.happened(j, Happening.VALIDATION, now_s, PARAMETER[row.standing], row.detail)
            metrics.validation.labels(j).set(PARAMETER[row.standing])
            if row.override is not None:
                log.warning("certificate.overridden", junction=j, engineer=row.override.engineer, reason=row.override.reason,
                            until=until_text(row.until_s), why=row.why)
        for bad in self.standing.unread:
            log.warning("certificate.unread", why=bad)
        ends = [row.until_s for row in rows.values() if row.until_s is not None]
        metrics.validated_until_s.set(min(ends, default=0.0))
        if self.standing.required:
            log.info("certificates.checked", **self._counts(), until=until_text(min(ends, default=None)))
        else:
            log.warning("certificates.not_required", **self._counts(), why="the site asks for none: not for a street")

    def _counts(self) -> dict[str, int]:
        rows = [row.standing for row in self.standing.junctions.values()]
        return {s.value.replace(" ", "_"): rows.count(s) for s in Standing if s in rows}

    def alarms(self, junction: JunctionId, calendar_s: float) -> list[dict[str, str]]:
        """What operators should know of a junction: run by an engineer's word, or not to be started again soon."""
        row = self.standing.junctions[junction]
        found = []
        if row.override is not None:
            found.append({"kind": OVERRIDDEN_ALARM, "detail": row.detail[:300]})
        if row.until_s is not None and self.standing.required and row.until_s - calendar_s < SOON_S:
            verb = "ended" if row.until_s <= calendar_s else "ends"
            found.append({"kind": ENDS_ALARM, "detail": f"{verb} on {until_text(row.until_s)}: no start is possible after that"})
        return found

    def notice(self) -> dict[str, Any] | None:
        """What the service is to be told of overrides; None where there are none."""
        rows = [{"junction": j, "engineer": o.engineer, "reason": o.reason, "until": o.until.isoformat(), "why": row.why[:300]}
                for j, row in self.standing.junctions.items() if (o := row.override) is not None]
        return {"run": self._run, "overrides": rows} if rows else None

    def state(self) -> dict[str, Any]:
        """For people and tools."""
        return {"required": self.standing.required, "unread": list(self.standing.unread), "junctions": {
            j: {"standing": row.standing.value, "detail": row.detail, "until": until_text(row.until_s)}
            for j, row in self.standing.junctions.items()}}

