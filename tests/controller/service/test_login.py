"""Logging in: what is wrong is not told apart, too many wrong ones lock, and a lock outlives a restart."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from controller.service.accounts import add_account, change_password, enable
from controller.service.roles import Role
from controller.service.settings import ServiceSettings
from signal_drivers.errors import BadInput
from tests.controller.service.harness import PASSWORD, Clock, Served, served


def log_in(to: Served, name: str, password: str) -> httpx.Response:
    return to.http.post("/token", data={"username": name, "password": password})


def test_five_wrong_passwords_lock_the_name_and_a_restart_does_not_help(tmp_path: Path) -> None:
    clock = Clock()
    with served(tmp_path, clock=clock) as first:
        nobody, wrong = log_in(first, "nobody", PASSWORD), log_in(first, "samu", "wrong")
        assert nobody.status_code == wrong.status_code == 401 and nobody.json() == wrong.json()
        codes = [log_in(first, "samu", "wrong again").status_code for _ in range(5)]
        assert codes == [401, 401, 401, 401, 429]
        locked = log_in(first, "samu", PASSWORD)
        assert locked.status_code == 429 and 0 < int(locked.headers["retry-after"]) <= 901
        assert log_in(first, "vera", PASSWORD).status_code == 200, "another name is not locked"
    with served(tmp_path, accounts=False, clock=clock) as second:
        assert log_in(second, "samu", PASSWORD).status_code == 429
        clock.ahead_s += 901.0
        assert log_in(second, "samu", PASSWORD).status_code == 200


def test_too_many_names_from_one_address_lock_the_address(tmp_path: Path) -> None:
    with served(tmp_path, settings=ServiceSettings(failures_address=3)) as running:
        assert [log_in(running, f"n{i}", "x").status_code for i in range(4)] == [401, 401, 401, 429]
        assert log_in(running, "vera", PASSWORD).status_code == 429


def test_a_changed_password_or_a_disabled_account_ends_its_tokens(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        store, audit, now_s = running.service.store, running.service.audit, running.clock()
        token = {"Authorization": f"Bearer {log_in(running, 'vera', PASSWORD).json()['access_token']}"}
        assert running.http.get("/me", headers=token).json()["name"] == "vera"
        with store.writing() as connection:
            change_password(connection, audit, "vera", "another three words", now_s)
        running.service.callers._read_s = float("-inf")
        assert running.http.get("/me", headers=token).status_code == 401
        token = {"Authorization": f"Bearer {log_in(running, 'vera', 'another three words').json()['access_token']}"}
        assert running.http.get("/me", headers=token).status_code == 200
        with store.writing() as connection:
            enable(connection, audit, "vera", False, now_s)
        running.service.callers._read_s = float("-inf")
        assert running.http.get("/me", headers=token).status_code == 401
        assert log_in(running, "vera", "another three words").status_code == 401


@pytest.mark.parametrize(("name", "password", "what"), [
    ("samu", PASSWORD, "already"), ("SAMU", PASSWORD, "already"), ("a b", PASSWORD, "cannot be"), ("", PASSWORD, "cannot be"),
    ("new", "short", "5 characters"), ("new", "x" * 12, "too easy"), ("newcomer", "the newcomer's word", "too easy")])
def test_accounts_that_are_not_made(served: Served, name: str, password: str, what: str) -> None:
    with pytest.raises(BadInput, match=what), served.service.store.writing() as connection:
        add_account(connection, served.service.audit, name, Role.VIEWER, password, 0.0)


def test_the_last_admin_stays(served: Served) -> None:
    with pytest.raises(BadInput, match="last admin"), served.service.store.writing() as connection:
        enable(connection, served.service.audit, "sara", False, 0.0)
