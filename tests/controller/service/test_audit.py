"""The log of commands: whatever is done to it afterwards is found, at its row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from controller.service.anchor import Anchor
from controller.service.audit import Actor, Audit, row_hash, seal_of
from controller.service.audit_check import Verdict, check_audit
from controller.service.store import Store
from controller.service.tables import audit, audit_seal

KEY = b"the key of the seal, thirty-two b"
ROWS = 8


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    for i in range(ROWS):
        with made.writing() as connection:
            Audit(KEY).add(connection, 1_000_000.0 + i, Actor("omar", "operator"), "junction.manual", f"J{i}", {"é": i})
    return made


def check(store: Store, *anchors: Anchor) -> Verdict:
    with store.snapshot() as connection:
        return check_audit(connection, KEY, anchors)


def tamper(store: Store, how: Callable[[Connection], object]) -> None:
    with store.writing() as connection:
        how(connection)


def test_a_log_that_nobody_touched_is_good_and_its_anchor_is_its_end(store: Store, tmp_path: Path) -> None:
    verdict = check(store)
    assert verdict.good and verdict.rows == ROWS and store.anchor.read() == Anchor(ROWS, verdict.hash)
    assert check(store, Anchor(verdict.rows, verdict.hash)).good
    empty = Store(tmp_path / "another")
    assert check(empty) == Verdict(0, "0" * 64)


@pytest.mark.parametrize("column", ["time_ms", "actor", "role", "action", "target", "detail", "hash", "before"])
def test_a_changed_row_is_named(store: Store, column: str) -> None:
    value: object = 5 if column == "time_ms" else "x"
    tamper(store, lambda c: c.execute(update(audit).where(audit.c.row == 4).values({column: value})))
    assert check(store).row == 4


def test_a_changed_row_with_its_hash_made_good_is_given_away_by_the_next(store: Store) -> None:
    def change(c: Connection) -> None:
        r = c.execute(select(audit).where(audit.c.row == 4)).one()
        again = row_hash(r.before, r.row, r.time_ms, "sara", r.role, r.action, r.target, r.detail)
        c.execute(update(audit).where(audit.c.row == 4).values(actor="sara", hash=again))

    tamper(store, change)
    verdict = check(store)
    assert verdict.row == 5 and "does not follow" in verdict.what


def test_a_missing_row_is_named(store: Store) -> None:
    tamper(store, lambda c: c.execute(delete(audit).where(audit.c.row.in_([3, 4]))))
    verdict = check(store)
    assert verdict.row == 3 and verdict.what == "rows 3 to 4 are missing"


def test_a_tail_cut_off_is_found(store: Store) -> None:
    tamper(store, lambda c: c.execute(delete(audit).where(audit.c.row > 6)))
    verdict = check(store)
    assert verdict.row == 7 and verdict.what == "2 rows at the end have been removed"
    # The next command goes on where the seal says, so that the hole stays.
    tamper(store, lambda c: Audit(KEY).add(c, 2_000_000.0, Actor("omar", "operator"), "login", "omar"))
    assert check(store).what == "rows 7 to 8 are missing"


def shorten(c: Connection, key: bytes) -> None:
    """Cut off the tail and make the seal fit, with a key."""
    c.execute(delete(audit).where(audit.c.row > 6))
    last = c.execute(select(audit.c.hash).where(audit.c.row == 6)).scalar_one()
    c.execute(update(audit_seal).values(rows=6, hash=last, seal=seal_of(key, 6, last)))


def test_a_tail_cut_off_with_a_seal_made_by_somebody_else(store: Store) -> None:
    tamper(store, lambda c: shorten(c, b"another key"))
    verdict = check(store)
    assert verdict.row == 6 and "not made with this secret" in verdict.what


def test_an_older_copy_of_everything_is_given_away_by_the_anchor(store: Store) -> None:
    noted = store.anchor.read()
    assert noted is not None
    tamper(store, lambda c: shorten(c, KEY))
    assert check(store).good, "the database alone cannot know"
    assert check(store, noted).what == "2 rows at the end have been removed"
    for i in range(3):
        tamper(store, lambda c, i=i: Audit(KEY).add(c, 3_000_000.0 + i, Actor("omar", "operator"), "login", "omar"))
    assert "anchor was noted" in check(store, noted).what


@pytest.mark.parametrize("how", [
    lambda c: c.execute(delete(audit_seal)),
    lambda c: c.execute(update(audit_seal).values(hash="0" * 64)),
    lambda c: c.execute(insert(audit).values(row=ROWS + 1, time_ms=0, actor="x", role="", action="x", target="x", detail="{}",
                                             before="0" * 64, hash="0" * 64)),
])
def test_a_seal_that_does_not_fit(store: Store, how: Callable[[Connection], object]) -> None:
    tamper(store, how)
    assert not check(store).good


def test_what_is_undone_leaves_neither_row_nor_anchor(store: Store) -> None:
    before = check(store)
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        Audit(KEY).add(connection, 4_000_000.0, Actor("omar", "operator"), "login", "omar")
        raise ZeroDivisionError
    assert check(store) == before and store.anchor.read() == Anchor(before.rows, before.hash)
