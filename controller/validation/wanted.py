"""What a post must have certificates for, and which certificate covers it: each junction with the strategy, and with every plan
that it runs or falls back to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from controller.network import Network
from controller.plans.book import PlanBook
from controller.strategy import Strategy
from controller.validation.canonical import digest
from controller.validation.certificate import Certificate
from controller.validation.criteria import Criteria
from controller.validation.enough import enough
from controller.validation.marks import NetworkMark, StrategyMark, plan_marks, strategy_mark
from signal_drivers.errors import CertificateRefused

if TYPE_CHECKING:
    from controller.validation.keys import TrustedKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """One junction under one strategy, with one plan where the strategy runs plans."""

    junction: str
    strategy: StrategyMark
    plan: str = ""
    plan_sha256: str = ""

    @property
    def what(self) -> str:
        return f"plan {self.plan} ({self.strategy.name})" if self.plan else f"strategy {self.strategy.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """The certificate that covers ``wanted``; None, and ``why`` not, where none does."""

    wanted: Wanted
    certificate: Certificate | None
    why: str = ""


def wanted_by(network: Network, strategies: Iterable[Strategy], book: PlanBook | None) -> list[Wanted]:
    """Of all junctions of ``network``. Strategies that run plans want a certificate for each plan that the book ever runs."""
    plans = plan_marks(book) if book is not None else {}
    found = []
    for strategy in strategies:
        mark = strategy_mark(strategy)
        for j in map(str, network.junctions):
            if not strategy.takes_plans:
                found.append(Wanted(j, mark))
            found += [Wanted(j, mark, name, rows[j]) for name, rows in plans.items() if strategy.takes_plans and j in rows]
    return list(dict.fromkeys(found))


class Shelf:
    """Certificates held against a post's ``network`` and the ``period_s`` of its ticks: which are good now, and why others are
    not."""

    def __init__(self, certificates: Sequence[Certificate], trusted: Sequence[TrustedKey], criteria: Criteria,
                 network: NetworkMark, period_s: float, now_s: float) -> None:
        self._network, self._period_s = network, period_s
        self._rows = [_Row(c, _not_good(c, trusted, criteria, now_s)) for c in certificates]

    def find(self, wanted: Wanted) -> Found:
        """The one that lasts longest of those that cover it; where none does, what is wrong with the nearest."""
        good: list[Certificate] = []
        nearest = (-1, f"there is no certificate for {wanted.what}")
        for row in self._rows:
            rank, why = self._fits(row, wanted)
            why = f"{row.certificate.where}: {why}" if why else row.refused
            if not why:
                good.append(row.certificate)
            elif rank > 0:
                nearest = max(nearest, (rank, why), key=lambda r: r[0])
        if good:
            return Found(wanted, max(good, key=lambda c: c.body.valid_until))
        return Found(wanted, None, nearest[1])

    def _fits(self, row: _Row, wanted: Wanted) -> tuple[int, str]:
        """How far it fits, and what does not; empty where all does."""
        body, mark = row.certificate.body, wanted.strategy
        plans = body.plans or {}
        other = "was made with another"
        checks = (
            (body.strategy.name == mark.name, f"is not for {wanted.what}"),
            (wanted.junction in body.network.junctions, f"is not of junction {wanted.junction}"),
            (not wanted.plan or wanted.junction in plans.get(wanted.plan, {}), f"{wanted.what} was not run in it"),
            (row.parameters == mark.parameters, f"{other} setting of {mark.name}"),
            ((body.strategy.model_sha256 or "") == mark.model, f"{other} model of {mark.name}"),
            (body.strategy.code_sha256 == mark.code, f"{other} version of the control program"),
            (body.network.junctions.get(wanted.junction) == self._network.junctions[wanted.junction],
             f"{other} configuration of junction {wanted.junction}"),
            (all(s.tick_s == self._period_s for s in body.scenarios),
             f"was made with decisions every {body.scenarios[0].tick_s:g} s, and the post decides every {self._period_s:g} s"),
            (self._network.beside[wanted.junction] <= row.ways, f"{other} set of roads or corridors at {wanted.junction}"),
            (plans.get(wanted.plan, {}).get(wanted.junction, "") == wanted.plan_sha256, f"{other} {wanted.what}"))
        return next(((i, what) for i, (same, what) in enumerate(checks) if not same), (len(checks), ""))


class _Row:
    """A certificate with what is the same for whatever is wanted of it. ``refused``: why it is not good, empty where it is."""

    __slots__ = ("certificate", "parameters", "refused", "ways")

    def __init__(self, certificate: Certificate, refused: str) -> None:
        self.certificate, self.refused = certificate, refused
        self.parameters = digest(certificate.body.strategy.parameters)
        self.ways = {*certificate.body.network.roads, *certificate.body.network.corridors}


def _not_good(certificate: Certificate, trusted: Sequence[TrustedKey], criteria: Criteria, now_s: float) -> str:
    try:
        certificate.check(trusted, now_s)
    except CertificateRefused as error:
        return f"{error.where}: {error.what}"
    short = enough(certificate.body, criteria)
    return f"{certificate.where}: {short}" if short else ""
